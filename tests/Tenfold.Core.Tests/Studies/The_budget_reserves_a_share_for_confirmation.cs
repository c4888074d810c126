using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class The_budget_reserves_a_share_for_confirmation
{
    private static readonly Confirmation Confirm = new(Top: 2, Repeat: 3);

    [Fact]
    public void The_time_of_the_confirmation_is_reserved()
    {
        // Six runs of ten minutes, two at once, take half of the hour.
        var (trials, runs) = Done(10);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(10)).ShouldBeNull();
        (trials, runs) = Done(10, 10, 10);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(30)).Words()
            .ShouldBe("the budget of 30 min is used up (the rest is reserved for confirming the best)");
        Budget(60, null).WhyNotStart(trials, runs, Noon.AddMinutes(30)).ShouldBeNull();
    }

    [Fact]
    public void The_reserve_is_no_reason_to_stop_running_trials()
    {
        var (trials, runs) = Done(10, 10, 10, 10);
        Budget(60, Confirm).WhyOver(trials, runs, Noon.AddMinutes(40)).ShouldBeNull();
        (trials, runs) = Done(10, 50);
        Budget(60, Confirm).WhyOver(trials, runs, Noon.AddMinutes(60)).Words().ShouldBe("the budget of 60 min is used up");
    }

    [Fact]
    public void Without_a_completed_trial_the_reserve_comes_from_the_time_limit()
    {
        Budget(60, Confirm).WhyNotStart([], [], Noon).ShouldBeNull();
        Budget(60, Confirm, limit: TimeSpan.FromMinutes(20)).WhyNotStart([], [], Noon).Words()
            .ShouldBe("the budget of 0 s is used up (the rest is reserved for confirming the best)");
        Budget(90, Confirm, limit: TimeSpan.FromMinutes(20)).WhyNotStart([], [], Noon).ShouldBeNull();
    }

    [Fact]
    public void A_reserve_larger_than_the_budget_leaves_zero()
    {
        var (trials, runs) = Done(40);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(40)).Words()
            .ShouldBe("the budget of 0 s is used up (the rest is reserved for confirming the best)");
    }

    [Fact]
    public void The_duration_of_a_trial_is_divided_by_its_repeats()
    {
        // Three runs took thirty minutes, so each fresh run takes ten; six of them run, two at once.
        var (trials, runs) = Done(30);
        Budget(90, Confirm, repeat: 3).WhyNotStart(trials, runs, Noon.AddMinutes(30)).ShouldBeNull();
        Budget(89, Confirm, repeat: 3).WhyNotStart(trials, runs, Noon.AddMinutes(30)).Words().ShouldNotBeNull()
            .ShouldContain("the budget of 59 min has 29 min left, and a trial takes up to 30 min");
    }

    [Fact]
    public void The_money_of_the_confirmation_is_reserved()
    {
        // At $6 an hour, a trial costs $1 and the fresh runs cost $6.
        var (trials, runs) = Done(10, 10);
        Budget(null, Confirm, usd: 9).WhyNotStart(trials, runs, Noon.AddMinutes(20)).ShouldBeNull();
        Budget(null, Confirm, usd: 8.99m).WhyNotStart(trials, runs, Noon.AddMinutes(20)).Words().ShouldBe(
            "the budget of $2.99 has $0.99 left, and a trial costs up to $1 (the rest is reserved for confirming the best)");
    }

    private static StudyBudget Budget(int? minutes, Confirmation? confirm, int repeat = 1, TimeSpan? limit = null, decimal? usd = null)
    {
        var study = Study(spec => spec with
        {
            Confirm = confirm,
            Parallel = 2,
            Repeat = repeat,
            Work = spec.Work! with { Resources = new ResourceSpec { MaxRuntime = limit } },
        });
        return new StudyBudget(study, new Budget(minutes is { } m ? TimeSpan.FromMinutes(m) : null, usd), usd is null ? null : 6);
    }

    // Completed trials, one after the other, with the given durations.
    private static (List<TrialRecord> Trials, List<RunRecord> Runs) Done(params int[] minutes)
    {
        var (trials, runs, now) = (new List<TrialRecord>(), new List<RunRecord>(), Noon);
        foreach (var took in minutes)
        {
            var number = trials.Count + 1;
            var trial = Trial(number, """{"lr":0.01,"optimizer":"adam"}""", TrialState.Completed, 0.5);
            var run = Run(RunState.Succeeded, 0.5, group: RunNames.Trial(Name, number)).Run;
            trials.Add(trial with { AskedAt = now, EndedAt = now.AddMinutes(took) });
            runs.Add(run with { StartedAt = now, EndedAt = now.AddMinutes(took) });
            now = now.AddMinutes(took);
        }

        return (trials, runs);
    }
}
