using System.Text.Json;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

public sealed class Reports_of_many_attempts_take_turns
{
    private const int Many = 6000;

    private static readonly BackendState Runs = new(BackendKind.Running), Gone = new(BackendKind.Gone);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly FrozenClock _time = new();
    private readonly ReadingTurns _turns;

    public Reports_of_many_attempts_take_turns() => _turns = new ReadingTurns(_time);

    [Fact]
    public void Each_of_few_attempts_is_read_in_each_round()
    {
        for (var i = 0; i < 3; i++) Choose(ReadingTurns.Few).Count.ShouldBe(ReadingTurns.Few);
    }

    [Fact]
    public void Each_of_many_attempts_has_its_turn_and_no_round_reads_many()
    {
        var read = new HashSet<string>();
        Choose(Many).ShouldBeEmpty();
        for (var passed = TimeSpan.Zero; passed < ReadingTurns.Longest; passed += Pause)
        {
            _time.Pass(Pause);
            var chosen = Choose(Many);
            chosen.Count.ShouldBeLessThanOrEqualTo((int)Math.Ceiling(Many * (Pause / ReadingTurns.Longest)));
            read.UnionWith(chosen);
        }

        read.Count.ShouldBe(Many);
    }

    [Fact]
    public void An_attempt_with_news_needs_no_turn()
    {
        List<(LiveAttempt, BackendState)> all = [.. Enumerable.Range(1, Many).Select(i => (Live(i), Runs))];
        all.Add((Live(Many + 1), Gone));
        all.Add((Live(Many + 2, AttemptState.Queued), Runs));
        var live = Live(Many + 3);
        all.Add((live with { Run = live.Run with { CancelRequestedAt = _time.Now } }, Runs));
        for (var i = 0; i < 3; i++)
        {
            _turns.Choose(all).Select(pair => pair.Attempt.Run.Repeat).Where(repeat => repeat > Many)
                .ShouldBe([Many + 1, Many + 2, Many + 3], ignoreOrder: true);
            _time.Pass(Pause);
        }
    }

    private List<string> Choose(int count) =>
        [.. _turns.Choose([.. Enumerable.Range(1, count).Select(i => (Live(i), Runs))]).Select(pair => pair.Attempt.Attempt.Id)];

    private LiveAttempt Live(int repeat, AttemptState state = AttemptState.Running)
    {
        var group = new GroupRecord
        {
            Id = "aaaaaaaa",
            Root = "/",
            Target = "lab",
            CreatedAt = _time.Now,
            Host = "here",
            Version = "1",
            BaseSeed = 1,
            Repeat = 2,
            Spec = new WorkSpec
            {
                Project = "test",
                Snapshot = "0",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("{}"),
            },
        };
        var run = RunRecord.New(group, repeat, repeat);
        var attempt = new AttemptRecord
        {
            Id = RunNames.Attempt(run.Id, 1),
            Run = run.Id,
            Number = 1,
            State = state,
            CreatedAt = _time.Now,
        };
        return new LiveAttempt(attempt, run, group, LostBefore: 0) { Own = new(() => true) };
    }
}
