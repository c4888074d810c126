using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

public sealed class An_observer_forgets_ended_attempts : IDisposable
{
    private static readonly BackendState Runs = new(BackendKind.Running), Gone = new(BackendKind.Gone);

    private readonly TemporaryFolder _folder = new();
    private readonly FrozenClock _time = new();
    private readonly FolderStore _store;
    private readonly AttemptObserver _observer;

    public An_observer_forgets_ended_attempts()
    {
        _store = new FolderStore(_folder["store"]);
        _observer = new AttemptObserver(_store, _time, reportsLive: true);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_attempt_whose_report_was_recorded_is_forgotten()
    {
        foreach (var attempt in new[] { "aaaaaaaa-1-1", "aaaaaaaa-2-1" })
            await new AttemptReports(_store).WriteAsync(
                attempt, new AttemptReport { State = AttemptState.Running, Process = 7 }, CancellationToken.None);
        (await ObserveAsync(Runs, 1, 2)).ShouldBe(2);
        (await ObserveAsync(Runs, 1, 2)).ShouldBe(0);
        (await ObserveAsync(Runs, 2)).ShouldBe(0);
        // It no longer knows that the report of the first was recorded, and returns it again.
        (await ObserveAsync(Runs, 1, 2)).ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_whose_last_report_was_awaited_is_forgotten()
    {
        await ClaimAsync("aaaaaaaa-1-1");
        (await ObserveAsync(Gone, 1)).ShouldBe(0);
        _time.Pass(2);
        (await ObserveAsync(Runs, 2)).ShouldBe(0);
        // The minute of waiting begins anew.
        (await ObserveAsync(Gone, 1)).ShouldBe(0);
        _time.Pass(2);
        (await ObserveAsync(Gone, 1)).ShouldBe(1);
    }

    private async Task<int> ObserveAsync(BackendState state, params int[] repeats)
    {
        var changes = await _observer.ObserveAsync([.. repeats.Select(repeat => (Live(repeat), state))], CancellationToken.None);
        _observer.Confirm();
        return changes.Count;
    }

    private Task ClaimAsync(string attempt) => _store.WriteAsync(
        AttemptKeys.Claim(attempt),
        JsonSerializer.SerializeToUtf8Bytes(
            new AttemptClaim { Token = "t", Host = "n1", Process = 7, At = _time.Now }, AttemptJson.Default.AttemptClaim),
        CancellationToken.None);

    private LiveAttempt Live(int repeat)
    {
        var spec = new WorkSpec
        {
            Project = "test",
            Snapshot = "0",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonElement.Parse("{}"),
        };
        var group = new GroupRecord
        {
            Id = "aaaaaaaa",
            Root = "/",
            Target = "fake",
            CreatedAt = _time.Now,
            Host = "here",
            Version = "1",
            BaseSeed = 1,
            Repeat = 2,
            Spec = spec,
        };
        var run = RunRecord.New(group, repeat, repeat);
        var attempt = new AttemptRecord
        {
            Id = RunNames.Attempt(run.Id, 1),
            Run = run.Id,
            Number = 1,
            State = AttemptState.Queued,
            CreatedAt = _time.Now,
        };
        return new LiveAttempt(attempt, run, group, LostBefore: 0) { Own = new(() => true) };
    }
}
