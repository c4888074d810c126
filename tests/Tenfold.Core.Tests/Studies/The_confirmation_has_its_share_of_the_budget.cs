using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

using static Tenfold.Core.Tests.Studies.Example;

namespace Tenfold.Core.Tests.Studies;

public sealed class The_confirmation_has_its_share_of_the_budget
{
    private static readonly Confirmation Confirm = new(Top: 2, Repeat: 3);

    [Fact]
    public void What_it_takes_is_kept_back()
    {
        // Six runs of ten minutes, two at once: half an hour of the hour.
        var (trials, runs) = Done(10);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(10)).ShouldBeNull();
        (trials, runs) = Done(10, 10, 10);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(30)).Words()
            .ShouldBe("the budget of 30 min is used up (confirming the best has its share)");
        Budget(60, null).WhyNotStart(trials, runs, Noon.AddMinutes(30)).ShouldBeNull();
    }

    [Fact]
    public void It_is_no_reason_to_stop_what_runs()
    {
        var (trials, runs) = Done(10, 10, 10, 10);
        Budget(60, Confirm).WhyOver(trials, runs, Noon.AddMinutes(40)).ShouldBeNull();
        (trials, runs) = Done(10, 50);
        Budget(60, Confirm).WhyOver(trials, runs, Noon.AddMinutes(60)).Words().ShouldBe("the budget of 60 min is used up");
    }

    [Fact]
    public void Without_a_completed_trial_it_is_not_known()
    {
        Budget(60, Confirm).WhyNotStart([], [], Noon).ShouldBeNull();
        Budget(60, Confirm, limit: TimeSpan.FromMinutes(20)).WhyNotStart([], [], Noon).Words()
            .ShouldBe("the budget of 0 s is used up (confirming the best has its share)");
        Budget(90, Confirm, limit: TimeSpan.FromMinutes(20)).WhyNotStart([], [], Noon).ShouldBeNull();
    }

    [Fact]
    public void A_share_beyond_the_budget_leaves_nothing_and_not_less()
    {
        var (trials, runs) = Done(40);
        Budget(60, Confirm).WhyNotStart(trials, runs, Noon.AddMinutes(40)).Words()
            .ShouldBe("the budget of 0 s is used up (confirming the best has its share)");
    }

    [Fact]
    public void Of_a_trial_of_several_runs_each_takes_its_part()
    {
        // Thirty minutes for three runs: ten for each fresh one, and six of them two at once.
        var (trials, runs) = Done(30);
        Budget(90, Confirm, repeat: 3).WhyNotStart(trials, runs, Noon.AddMinutes(30)).ShouldBeNull();
        Budget(89, Confirm, repeat: 3).WhyNotStart(trials, runs, Noon.AddMinutes(30)).Words().ShouldNotBeNull()
            .ShouldContain("the budget of 59 min has 29 min left, and a trial takes up to 30 min");
    }

    [Fact]
    public void Money_is_kept_back_too()
    {
        // $6 an hour: $1 for a trial, and $6 for the fresh runs.
        var (trials, runs) = Done(10, 10);
        Budget(null, Confirm, usd: 9).WhyNotStart(trials, runs, Noon.AddMinutes(20)).ShouldBeNull();
        Budget(null, Confirm, usd: 8.99m).WhyNotStart(trials, runs, Noon.AddMinutes(20)).Words().ShouldBe(
            "the budget of $2.99 has $0.99 left, and a trial costs up to $1 (confirming the best has its share)");
    }

    private static StudyBudget Budget(int? minutes, Confirmation? confirm, int repeat = 1, TimeSpan? limit = null, decimal? usd = null)
    {
        var study = Study(
            spec => spec with
            {
                Confirm = confirm,
                Parallel = 2,
                Repeat = repeat,
                Work = spec.Work! with { Resources = new ResourceSpec { MaxRuntime = limit } }
            });
        return new StudyBudget(study, new Budget(minutes is { } m ? TimeSpan.FromMinutes(m) : null, usd), usd is null ? null : 6);
    }

    // One trial after the other, each of so many minutes.
    private static (List<TrialRecord> Trials, List<RunRecord> Runs) Done(params int[] minutes)
    {
        var (trials, runs, now) = (new List<TrialRecord>(), new List<RunRecord>(), Noon);
        foreach (var took in minutes)
        {
            var number = trials.Count + 1;
            trials.Add(
                Trial(number, """{"lr":0.01,"optimizer":"adam"}""", TrialState.Completed, 0.5) with
                {
                    AskedAt = now,
                    EndedAt = now.AddMinutes(took)
                });
            runs.Add(Run(RunState.Succeeded, 0.5, group: RunNames.Trial(Name, number)).Run with
            {
                StartedAt = now,
                EndedAt = now.AddMinutes(took)
            });
            now = now.AddMinutes(took);
        }

        return (trials, runs);
    }
}
