using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Agent.Tests.Studies;

public sealed class A_driver_may_be_killed_at_any_call
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_study_continues_as_if_nothing_had_happened(bool after)
    {
        var confirm = new Confirmation(1, 2);
        var expected = await WholeAsync(null, confirm);
        expected.ShouldContain("t4 pruned");
        expected.ShouldContain("finished: trial 3 is confirmed as the best");
        var cutAt = new HashSet<string>();
        for (var call = 1; ; call++)
        {
            var cut = new Cut(call, after);
            var story = await WholeAsync(cut, confirm);
            if (cut.At is null) break;
            cutAt.Add(cut.At);
            story.ShouldBe(expected, $"killed {(after ? "after" : "before")} call {call}, {cut.At}");
        }

        cutAt.ShouldBe(
            [
                "ListLiveAttemptsAsync", "ListTrialsAsync", "FindStudyAsync", "AddTrialAsync", "ApplyAsync", "ListRunsAsync", "TellAsync",
                "ListRungsAsync", "AddRungsAsync", "RequestCancelAsync", "AddConfirmationsAsync", "ListConfirmationsAsync",
                "ChangeStudyAsync", "TryAcquireLeaseAsync", "ReadIdAsync", "ReleaseAsync",
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_winner_is_measured_once(bool after)
    {
        var confirm = new Confirmation(2, 5);
        var expected = await WholeAsync(null, confirm);
        expected.Split("started s7m2xqab-c").Length.ShouldBe(1 + 20);
        foreach (var call in new[] { "AddConfirmationsAsync", "AddMeasuringRunsAsync", "ListConfirmationsAsync", "ChangeStudyAsync" })
        {
            var cut = new Cut(call, after);
            (await WholeAsync(cut, confirm)).ShouldBe(expected, $"killed {(after ? "after" : "before")} {call}");
            cut.At.ShouldBe(call);
        }
    }

    [Fact]
    public async Task A_decision_to_prune_survives_the_driver_that_made_it()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 3, Parallel = 3, Prune = new Pruning(PruningRule.Asha, First: 2) });
        await lab.Driver().ReconcileAsync(CancellationToken.None);
        for (var i = 1; i <= 3; i++) await lab.PrintAsync($"s7m2xqab-t{i}-1", 0.1, 0.1 * i);
        var (ledger, studies) = new Cut("AddRungsAsync", after: true).Of(lab.Open());
        await Should.ThrowAsync<KilledException>(() => lab.Driver(ledger, studies).ReconcileAsync(CancellationToken.None));
        lab.Target.Stopped.ShouldBeEmpty();
        var rungs = await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None);
        rungs.Where(rung => rung.IsPruned).Select(rung => rung.Number).ShouldBe([1, 2]);
        // Since then they have become better; it was decided all the same.
        await lab.PrintAsync("s7m2xqab-t1-1", 0.1, 0.1, 0.9);
        await lab.Driver().ReconcileAsync(CancellationToken.None);
        await lab.Driver().ReconcileAsync(CancellationToken.None);
        lab.Target.Stopped.Distinct().ShouldBe(["s7m2xqab-t1-1-1", "s7m2xqab-t2-1-1"]);
        await lab.ObeyAsync();
        await lab.Driver().ReconcileAsync(CancellationToken.None);
        (await lab.StatesAsync()).ShouldBe("pruned pruned running");
        (await lab.TrialsAsync())[0].Why.Words().ShouldNotBeNull().ShouldStartWith("pruned at ");
        (await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None)).Count(rung => rung.Rung == 2).ShouldBe(3);
    }

    // A whole study, one trial at a time, whose driver is killed once; what is left in the end, in words.
    private static async Task<string> WholeAsync(Cut? cut, Confirmation confirm)
    {
        using var lab = new Laboratory(
            spec => spec with { Parallel = 1, Prune = new Pruning(PruningRule.Asha, First: 1), Confirm = confirm, Baseline = JsonElement.Parse("""{"x":0.3}""") });
        double[] values = [0.7, 0.8, 0.9, 0.1];
        var driver = lab.Driver();
        if (cut is not null)
        {
            var (ledger, studies) = cut.Of(lab.Open());
            driver = lab.Driver(ledger, studies);
        }

        for (var round = 0; round < 60 && (await lab.FindStudyAsync()).State != StudyState.Finished; round++)
        {
            try
            {
                await driver.ReconcileAsync(CancellationToken.None);
            }
            catch (KilledException)
            {
                driver = lab.Driver();
                continue;
            }

            await lab.ObeyAsync();
            foreach (var run in lab.Target.Has.Keys.Select(attempt => attempt[..^2]).ToList())
            {
                var value = RunNames.GroupOf(run) is var group && group.Contains("-t", StringComparison.Ordinal)
                    ? values[int.Parse(group[(group.IndexOf('t') + 1)..]) - 1] : 0.85;
                if (value > 0.5) await lab.EndRunAsync(run, value, value, value, value);
                else await lab.PrintAsync(run, value, value, value);
            }
        }

        var trials = await lab.TrialsAsync();
        List<string> lines =
        [
            .. trials.Select(
                trial => $"t{trial.Number} {trial.State.ToString().ToLowerInvariant()} {trial.Value} {trial.Parameters.GetRawText()} " +
                    $"{trial.Method} {trial.Seed} {trial.Why}"),
        ];
        var rungs = await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None);
        lines.AddRange(rungs.Select(rung => $"rung {rung.Number} {rung.Rung} {rung.Value} {rung.IsPruned}"));
        lines.AddRange(lab.Target.Started.Select(assignment => $"started {assignment.Attempt} {assignment.Seed}"));
        var study = await lab.FindStudyAsync();
        lines.Add($"{study.State.ToString().ToLowerInvariant()}: {study.Reason}");
        return string.Join('\n', lines);
    }
}
