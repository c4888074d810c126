using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Conformance;

/// <summary>What every target must do. A new kind of target derives a class that provides a harness.</summary>
public abstract class TargetConformance : IAsyncLifetime
{
    private const string Forever = "sleep 600 & wait $!";

    private readonly TemporaryFolder _folder = new();
    private ITargetHarness? _harness;

    private ITargetHarness Harness => _harness!;

    private ITarget Target => Harness.Target;

    // Each start of the command appends a line.
    private string Trace => _folder["trace"];

    public async ValueTask InitializeAsync()
    {
        _harness = await OpenAsync();
        File.WriteAllText(Trace, "");
    }

    public async ValueTask DisposeAsync()
    {
        await _harness!.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the backend.</summary>
    private protected abstract Task<ITargetHarness> OpenAsync();

    [Fact]
    public async Task Submitted_attempts_run_to_their_end()
    {
        var assignments = await AssignAsync("true", 3);
        await StartAsync(assignments);
        await ReportedAsync(assignments, AttemptState.Succeeded);
        Started().ShouldBe(assignments.Select(assignment => assignment.Run), ignoreOrder: true);
        (await EventuallyGoneAsync(assignments)).ShouldAllBe(state => state.End == null || state.End == Ending.Lost);
    }

    [Fact]
    public async Task An_attempt_that_is_submitted_again_runs_once()
    {
        var assignments = await AssignAsync("sleep 0.5", 4);
        await StartAsync(assignments);
        await StartAsync(assignments);
        // Another process doesn't know the calls of the first.
        await StartAsync(Harness.Reopen(), assignments);
        await ReportedAsync(assignments, AttemptState.Succeeded);
        await StartAsync(assignments);
        await EventuallyGoneAsync(assignments);
        Started().Count.ShouldBe(4);
    }

    [Fact]
    public async Task Attempts_that_were_submitted_before_are_not_started_again_with_the_rest()
    {
        var assignments = await AssignAsync("sleep 0.2", 5);
        await StartAsync([assignments[3], assignments[1]]);
        await StartAsync(assignments);
        await ReportedAsync(assignments, AttemptState.Succeeded);
        Started().ShouldBe(assignments.Select(assignment => assignment.Run), ignoreOrder: true);
    }

    [Fact]
    public async Task A_waiting_attempt_says_why()
    {
        Harness.Hold(true);
        var assignments = await AssignAsync("true", 2);
        await StartAsync(assignments);
        var states = await ObserveAsync(assignments);
        states.ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        states.ShouldAllBe(state => !string.IsNullOrWhiteSpace(state.Reason.Words()));
        // The reason must not change by itself, since each change is recorded.
        await EventuallyAsync(
            async () => (await ObserveAsync(assignments)).SequenceEqual(await ObserveAsync(assignments)), "the reason stays the same");
        Harness.Hold(false);
        await ReportedAsync(assignments, AttemptState.Succeeded);
    }

    [Fact]
    public async Task A_waiting_attempt_that_is_stopped_never_starts()
    {
        Harness.Hold(true);
        var assignments = await AssignAsync("true", 5);
        await StartAsync(assignments);
        await StopAsync(assignments[1], assignments[3]);
        await EventuallyGoneAsync([assignments[1], assignments[3]]);
        // Only those two were stopped.
        (await ObserveAsync([assignments[0], assignments[2], assignments[4]])).ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        Harness.Hold(false);
        await ReportedAsync([assignments[0], assignments[2], assignments[4]], AttemptState.Succeeded);
        Started().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_running_attempt_can_be_stopped()
    {
        var assignments = await AssignAsync(Forever, 2);
        await StartAsync(assignments);
        await RunningAsync(assignments);
        await StopAsync(assignments[0]);
        await ReportedAsync([assignments[0]], AttemptState.Cancelled);
        (await ObserveAsync([assignments[1]]))[0].Kind.ShouldBe(BackendKind.Running);
        await StopAsync(assignments[0], assignments[1]);
        await ReportedAsync(assignments, AttemptState.Cancelled);
        await EventuallyGoneAsync(assignments);
    }

    [Fact]
    public async Task Stopping_an_unknown_attempt_does_nothing()
    {
        var running = await AssignAsync(Forever);
        await StartAsync(running);
        await RunningAsync(running);
        await Target.StopAsync(["n0suchxx-1-1", "n0suchxx-t2-3-4"], Cancel);
        await Target.StopAsync([], Cancel);
        (await ObserveAsync(running))[0].Kind.ShouldBe(BackendKind.Running);
        await StopAsync(running[0]);
        await ReportedAsync(running, AttemptState.Cancelled);
        await StopAsync(running[0]);
    }

    [Fact]
    public async Task A_killed_attempt_is_lost()
    {
        var assignments = await AssignAsync(Forever);
        await StartAsync(assignments);
        await RunningAsync(assignments);
        Harness.Kill(assignments[0].Attempt);
        var state = (await EventuallyGoneAsync(assignments))[0];
        // Either a report in the store says so with a reason, or the backend does.
        var report = await new AttemptReports(Harness.Store).ReadAsync(assignments[0].Attempt, Cancel);
        if (report is { State: AttemptState.Lost, Reason: var reason })
        {
            reason.Words().ShouldNotBeNullOrWhiteSpace();
            return;
        }

        state.End.ShouldBe(Ending.Lost);
        state.Reason.Words().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_listing_has_exactly_the_attempts_that_have_not_ended()
    {
        Harness.Hold(true);
        var assignments = await AssignAsync("true", 3);
        (await Target.ListAsync(assignments[0].Ledger, Cancel)).ShouldBeEmpty();
        await StartAsync(assignments);
        (await Target.ListAsync(assignments[0].Ledger, Cancel))
            .ShouldBe(assignments.Select(assignment => assignment.Attempt), ignoreOrder: true);
        (await Target.ListAsync("another", Cancel)).ShouldBeEmpty("another ledger has nothing there");
        await StopAsync(assignments[0]);
        await EventuallyAsync(
            async () => (await Target.ListAsync(assignments[0].Ledger, Cancel)).Count == 2, "a stopped attempt is no longer listed");
        Harness.Hold(false);
        await ReportedAsync([.. assignments.Skip(1)], AttemptState.Succeeded);
        await EventuallyAsync(
            async () => (await Target.ListAsync(assignments[0].Ledger, Cancel)).Count == 0, "an ended attempt is no longer listed");
    }

    [Fact]
    public async Task States_come_in_the_order_of_the_attempts()
    {
        Harness.Hold(true);
        var assignments = await AssignAsync("true", 6);
        await StartAsync([assignments[0], assignments[2], assignments[4]]);
        var states = await ObserveAsync([.. assignments.Reverse()]);
        states.Select(state => state.Kind == BackendKind.Waiting).ShouldBe([false, true, false, true, false, true]);
        states.Where((_, i) => i % 2 == 0).ShouldAllBe(state => state.Kind == BackendKind.Gone);
        Harness.Hold(false);
        await ReportedAsync([assignments[0], assignments[2], assignments[4]], AttemptState.Succeeded);
    }

    [Fact]
    public async Task A_hundred_attempts_cost_no_more_calls_than_the_target_states()
    {
        Harness.Hold(true);
        var assignments = await AssignAsync("true", 100);
        var before = Harness.Calls;
        await StartAsync(assignments);
        var limit = Target.Capabilities.Calls;
        if (Harness.Calls - before is { } starts) starts.ShouldBeLessThanOrEqualTo(limit.Start);
        before = Harness.Calls;
        (await ObserveAsync(assignments)).ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        if (Harness.Calls - before is { } observations) observations.ShouldBeLessThanOrEqualTo(limit.Observe);
        before = Harness.Calls;
        await StopAsync([.. assignments]);
        if (Harness.Calls - before is { } stops) stops.ShouldBeLessThanOrEqualTo(limit.Stop);
        await EventuallyGoneAsync(assignments);
        Harness.Hold(false);
        Started().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempt_that_can_never_run_is_refused_with_a_reason()
    {
        if (await Harness.ImpossibleAsync() is not var (assignment, word)) return;
        var outcome = (await Target.StartAsync([assignment], Cancel)).ShouldHaveSingleItem();
        outcome.Kind.ShouldBeOneOf(StartKind.Invalid, StartKind.Denied);
        outcome.Reason.Words().ShouldNotBeNull().ShouldContain(word);
        (await EventuallyGoneAsync([assignment]))[0].Kind.ShouldBe(BackendKind.Gone);
    }

    [Fact]
    public async Task A_failing_command_is_reported()
    {
        var assignments = await AssignAsync("exit 3");
        await StartAsync(assignments);
        await ReportedAsync(assignments, AttemptState.Failed);
        await EventuallyGoneAsync(assignments);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) =>
        Harness.AssignAsync($"echo $TENFOLD_RUN >> {Trace}; {command}", repeat);

    private Task StartAsync(IReadOnlyList<Assignment> assignments) => StartAsync(Target, assignments);

    private static async Task StartAsync(ITarget target, IReadOnlyList<Assignment> assignments)
    {
        var outcomes = await target.StartAsync(assignments, Cancel);
        outcomes.Count.ShouldBe(assignments.Count);
        outcomes.ShouldAllBe(outcome => outcome == StartOutcome.Started);
    }

    // The control loop also writes the stop marks first.
    private async Task StopAsync(params Assignment[] assignments)
    {
        List<string> attempts = [.. assignments.Select(assignment => assignment.Attempt)];
        await StopMarks.WriteAsync(Harness.Store, attempts, TimeProvider.System, Cancel);
        await Target.StopAsync(attempts, Cancel);
    }

    private Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<Assignment> assignments) =>
        Target.ObserveAsync([.. assignments.Select(assignment => assignment.Attempt)], Cancel);

    private List<string> Started() => [.. File.ReadAllLines(Trace)];

    private Task RunningAsync(IReadOnlyList<Assignment> assignments) =>
        EventuallyAsync(() => Task.FromResult(assignments.All(assignment => Started().Contains(assignment.Run))), "all run");

    private async Task<IReadOnlyList<BackendState>> EventuallyGoneAsync(IReadOnlyList<Assignment> assignments)
    {
        IReadOnlyList<BackendState> states = [];
        await EventuallyAsync(
            async () => (states = await ObserveAsync(assignments)).All(state => state.Kind == BackendKind.Gone), "all are gone");
        return states;
    }

    private Task ReportedAsync(IReadOnlyList<Assignment> assignments, AttemptState state) => EventuallyAsync(async () =>
    {
        // Some targets notice only when they are observed that an agent was killed.
        await ObserveAsync(assignments);
        var reports = await Task.WhenAll(
            assignments.Select(assignment => new AttemptReports(Harness.Store).ReadAsync(assignment.Attempt, Cancel)));
        foreach (var report in reports)
            if (report is { State: var reported } && reported.IsFinal()) reported.ShouldBe(state, report.Reason.Words());
        return reports.All(report => report?.State == state);
    }, $"all are reported as {state}");

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Eventually.Deadline)
                throw new TimeoutException($"timed out before {what}");
            await Task.Delay(50, Cancel);
        }
    }
}
