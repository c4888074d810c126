using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.Agent.Tests.Studies;

public sealed class A_driver_suggests_and_records_trials
{
    [Fact]
    public async Task A_new_trial_starts_for_each_trial_that_ends()
    {
        using var lab = new Laboratory();
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("running running");
        lab.Target.Started.Select(assignment => assignment.Attempt).ShouldBe(["s7m2xqab-t1-1-1", "s7m2xqab-t2-1-1"]);
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("running running");

        await lab.EndAsync(2, 0.7);
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("running completed running");
        await lab.EndAsync(3, 0.9);
        await lab.EndAsync(1, 0.8);
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("completed completed completed running");
        await lab.EndAsync(4, 0.6);
        var look = await ReconcileAsync(driver);
        (look.Study.State, look.Study.Reason.Words(), look.Why.Words()).ShouldBe(
            (StudyState.Finished, "all 4 trials have been asked", "all 4 trials have been asked"));
        (await lab.TrialsAsync()).Select(trial => trial.Value).ShouldBe([0.8, 0.7, 0.9, 0.6]);
        lab.Target.Started.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_batch_begins_when_all_trials_of_the_last_one_have_ended()
    {
        using var lab = new Laboratory(spec => spec with { Synchronous = true, Parallel = 3, Trials = 5 });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("running running running");
        await lab.EndAsync(1, 0.5);
        await lab.EndAsync(3, 0.5);
        await ReconcileAsync(driver);
        await ReconcileAsync(lab.Driver());
        (await lab.StatesAsync()).ShouldBe("completed running completed");
        await lab.EndAsync(2, 0.5);
        await ReconcileAsync(driver);
        (await lab.StatesAsync()).ShouldBe("completed completed completed running running");
    }

    [Fact]
    public async Task An_interrupted_batch_is_completed()
    {
        using var lab = new Laboratory(spec => spec with { Synchronous = true, Parallel = 3, Trials = 6 });
        var cut = new Cut("AddTrialAsync", after: true);
        var (ledger, studies) = cut.Of(lab.Open());
        await Should.ThrowAsync<KilledException>(() => ReconcileAsync(lab.Driver(ledger, studies)));
        (await lab.StatesAsync()).ShouldBe("running");
        await ReconcileAsync(lab.Driver());
        (await lab.StatesAsync()).ShouldBe("running running running");
    }

    [Fact]
    public async Task The_best_trials_are_confirmed_with_fresh_seeds_and_the_winner_is_named()
    {
        using var lab = new Laboratory(spec => spec with { Confirm = new Confirmation(2, 2) });
        var driver = lab.Driver();
        double[] values = [0.7, 0.9, 0.8, 0.6];
        await ReconcileAsync(driver);
        for (var i = 1; i <= 4; i++)
        {
            await lab.EndAsync(i, values[i - 1]);
            await ReconcileAsync(driver);
        }

        (await lab.FindStudyAsync()).State.ShouldBe(StudyState.Confirming);
        lab.Target.Started.Skip(4).Select(assignment => assignment.Attempt).ShouldBe(
            ["s7m2xqab-c2-1-1", "s7m2xqab-c2-2-1", "s7m2xqab-c3-1-1", "s7m2xqab-c3-2-1"], ignoreOrder: true);
        lab.Target.Started.Skip(4).Select(assignment => assignment.Seed).Distinct().Count().ShouldBe(2, "finalists share their seeds");
        foreach (var (run, value) in new[] { ("c2-1", 0.75), ("c2-2", 0.77), ("c3-1", 0.91) }) await lab.EndRunAsync(
            $"s7m2xqab-{run}", value);
        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Confirming);
        await lab.EndRunAsync("s7m2xqab-c3-2", 0.931);
        var look = await ReconcileAsync(driver);
        (look.Study.State, look.Study.Reason.Words()).ShouldBe((StudyState.Finished, "trial 3 is confirmed as the best"));
        look.Confirmations.Keys.ShouldBe([2, 3], ignoreOrder: true);
        (await ReconcileAsync(lab.Driver())).Study.Reason.Words().ShouldBe("trial 3 is confirmed as the best");
        lab.Target.Started.Count.ShouldBe(8);
    }

    [Fact]
    public async Task The_winner_of_several_finalists_runs_again_beside_the_baseline()
    {
        using var lab = new Laboratory(
            spec => spec with { Confirm = new Confirmation(2, 5), Baseline = JsonElement.Parse("""{"x":0.25}"""), Trials = 2 });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        await lab.EndAsync(1, 0.7);
        await lab.EndAsync(2, 0.9);
        await ReconcileAsync(driver);
        foreach (var repeat in Enumerable.Range(1, 5))
        {
            await lab.EndRunAsync($"s7m2xqab-c1-{repeat}", 0.8 + (repeat * 0.01));
            await lab.EndRunAsync($"s7m2xqab-c2-{repeat}", 0.7);
        }

        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Confirming);
        var further = lab.Target.Started.Skip(12).ToList();
        further.Select(assignment => assignment.Group).Distinct().ShouldBe(["s7m2xqab-c1", "s7m2xqab-c0"], ignoreOrder: true);
        further.Select(assignment => assignment.Seed).Distinct().Count().ShouldBe(5, "the baseline has the winner's seeds");
        lab.Target.Started.Take(12).Select(assignment => assignment.Seed).ShouldNotContain(seed => further.Exists(one => one.Seed == seed));
        (await ReconcileAsync(lab.Driver())).Study.State.ShouldBe(StudyState.Confirming);
        foreach (var run in lab.Target.Has.Keys.Select(attempt => attempt[..^2]).ToList()) await lab.EndRunAsync(run, 0.8);
        var look = await ReconcileAsync(driver);
        (look.Study.State, look.Study.Reason.Words()).ShouldBe((StudyState.Finished, "trial 1 is confirmed as the best"));
        lab.Target.Started.Count.ShouldBe(22);
        look.Confirmations.ToDictionary(group => group.Key, group => group.Value.Count).ShouldBe(
            new Dictionary<int, int> { [1] = 10, [2] = 5, [0] = 5 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_single_finalist_runs_beside_the_baseline()
    {
        using var lab = new Laboratory(
            spec => spec with { Confirm = new Confirmation(1, 5), Baseline = JsonElement.Parse("""{"x":0.25}"""), Trials = 1 });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        await lab.EndAsync(1, 0.7);
        await ReconcileAsync(driver);
        lab.Target.Started.Skip(1).GroupBy(assignment => assignment.Seed).Select(seed => seed.Count()).ShouldBe([2, 2, 2, 2, 2]);
        foreach (var run in lab.Target.Has.Keys.Select(attempt => attempt[..^2]).ToList()) await lab.EndRunAsync(run, 0.8);
        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Finished);
        lab.Target.Started.Count.ShouldBe(11);
    }

    [Fact]
    public async Task A_trial_that_is_lost_for_good_is_repeated_at_the_same_point()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 2, Parallel = 1 });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        // Each run is tried four times.
        for (var attempt = 0; attempt < 4; attempt++)
        {
            (await lab.StatesAsync()).ShouldBe("running");
            lab.Lose(1);
            await ReconcileAsync(driver);
            await ReconcileAsync(driver);
        }

        var trials = await lab.TrialsAsync();
        trials.Select(trial => (trial.State, trial.Again)).ShouldBe([(TrialState.Lost, null), (TrialState.Running, 1)]);
        trials[1].Parameters.GetRawText().ShouldBe(trials[0].Parameters.GetRawText());
        trials[0].Why.Words().ShouldNotBeNull();
        await lab.EndAsync(2, 0.5);
        await ReconcileAsync(driver);
        await lab.EndAsync(3, 0.6);
        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Finished);
        (await lab.StatesAsync()).ShouldBe("lost completed completed");
    }

    [Fact]
    public async Task A_cancelled_study_suggests_no_trial_and_records_the_running_ones()
    {
        using var lab = new Laboratory();
        await ReconcileAsync(lab.Driver());
        await lab.EndAsync(1, 0.5);
        await lab.Ledger.ChangeStudyAsync(
            Laboratory.Name, StudyState.Cancelled, new Reason.Note("cancelled"), lab.Time.Now, CancellationToken.None);
        await ReconcileAsync(lab.Driver());
        (await lab.StatesAsync()).ShouldBe("completed running");
        (await lab.FindStudyAsync()).State.ShouldBe(StudyState.Cancelled);
    }

    [Fact]
    public async Task Concurrent_drivers_use_each_number_once_and_respect_the_limit()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 12, Parallel = 3, Confirm = new Confirmation(1, 2) });
        List<StudyDriver> drivers = [.. Enumerable.Range(0, 4).Select(_ => lab.Driver())];
        for (var round = 0; round < 60 && (await lab.FindStudyAsync()).State != StudyState.Finished; round++)
        {
            await Task.WhenAll(drivers.Select(driver => Task.Run(() => driver.ReconcileAsync(CancellationToken.None))));
            var trials = await lab.TrialsAsync();
            trials.Select(trial => trial.Number).ShouldBe(Enumerable.Range(1, trials.Count));
            trials.Count(trial => trial.State == TrialState.Running).ShouldBeLessThanOrEqualTo(3);
            foreach (var run in lab.Target.Has.Keys.Select(attempt => attempt[..^2]).Order().Take(2).ToList())
                await lab.EndRunAsync(run, 0.5 + (round / 100.0));
        }

        (await lab.StatesAsync()).Split(' ').ShouldBe(Enumerable.Repeat("completed", 12));
        (await lab.FindStudyAsync()).State.ShouldBe(StudyState.Finished);
        (await lab.TrialsAsync()).Select(trial => trial.Parameters.GetRawText()).ShouldBeUnique();
        lab.Target.Started.Select(assignment => assignment.Attempt).ShouldBeUnique();
        lab.Target.Started.Count.ShouldBe(14);
    }

    private static Task<StudyRoundResult> ReconcileAsync(StudyDriver driver) => driver.ReconcileAsync(CancellationToken.None);
}
