using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;

namespace Tenfold.Targets.Tests.Pool;

public sealed class Many_runs_cost_one_read_for_each_machine : IDisposable
{
    private static readonly List<string> All = [.. Enumerable.Range(1, RunningRecords.Many + 1).Select(i => $"aaaaaaaa-{i}-1")];

    private readonly LaboratoryPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task Attempts_that_a_machine_names_run()
    {
        await _pool.BeatAsync("ws1-a", All);
        await _pool.BeatAsync("ws2-a");
        (await ObserveAsync()).ShouldAllBe(state => state.Kind == BackendKind.Running);
        _pool.Store.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task The_end_of_an_attempt_is_noticed_with_the_next_record()
    {
        await _pool.BeatAsync("ws1-a", All);
        await ObserveAsync();
        var report = new AttemptReport { State = AttemptState.Succeeded };
        await new AttemptReports(_pool.Store).WriteAsync(All[0], report, CancellationToken.None);
        await _pool.ClaimAsync(All[0], "ws1-a");
        await _pool.BeatAsync("ws1-a", All[1..]);
        _pool.Time.Pass(TimeSpan.FromSeconds(11));
        var states = await ObserveAsync();
        states[0].Kind.ShouldBe(BackendKind.Gone);
        states.Skip(1).ShouldAllBe(state => state.Kind == BackendKind.Running);
    }

    [Fact]
    public async Task A_machine_that_is_offline_runs_nothing()
    {
        await _pool.BeatAsync("ws1-a", All);
        foreach (var attempt in All) await _pool.ClaimAsync(attempt, "ws1-a");
        _pool.Silence("ws1-a");
        (await ObserveAsync()).ShouldAllBe(state => state.Kind == BackendKind.Running);
        _pool.Time.Pass(AgentWatch.Confirmation);
        (await ObserveAsync()).ShouldAllBe(state => state.Kind == BackendKind.Gone && state.End == Ending.Lost);
    }

    private Task<IReadOnlyList<BackendState>> ObserveAsync() => _pool.Target.ObserveAsync(All, CancellationToken.None);
}
