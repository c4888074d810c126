using Microsoft.Extensions.Logging;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>The control loop logs its events.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    [Fact]
    public async Task Each_event_is_logged_with_its_stable_id()
    {
        var log = new EventList();
        var resolver = new FakeTargetResolver(_target, _store);
        var controller = new Controller(_ledger, resolver, _ => null, TimeProvider.System, holder: null, log);
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        log.Events.ShouldBe(
            ["1010 Acquired the lease start fake", $"1002 Submitted {First} to fake", "1001 Reconciled 1 live attempts with 0 faults"]);
        log.Events.Clear();
        _target.Has.Remove(First);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        await controller.ReconcileAsync(CancellationToken.None);
        log.Events.ShouldBe([$"1004 Observed that {First} is Succeeded", "1001 Reconciled 1 live attempts with 0 faults"]);
        log.Events.Clear();
        await AddAsync(group: Other);
        resolver.Fails = new TargetException("the cluster does not answer");
        await controller.ReconcileAsync(CancellationToken.None);
        log.Events.ShouldBe([$"1020 Could not resolve the target of {Other}", "1001 Reconciled 1 live attempts with 1 faults"]);
    }

    private sealed class EventList : ILogger<Controller>
    {
        public List<string> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add($"{eventId.Id} {formatter(state, exception)}");
    }
}
