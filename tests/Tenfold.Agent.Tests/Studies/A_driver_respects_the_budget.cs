using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.Agent.Tests.Studies;

public sealed class A_driver_respects_the_budget
{
    private static readonly Budget Hour = new(TimeSpan.FromHours(1));

    [Fact]
    public async Task No_trial_starts_when_too_little_time_is_left()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 100, Budget = Hour });
        var driver = lab.Driver();
        // Two at once, 25 minutes each: two pairs, and ten minutes are left over.
        for (var pair = 0; pair < 2; pair++)
        {
            await ReconcileAsync(driver);
            await lab.BeginAsync();
            lab.Time.Pass(25);
            await lab.EndAsync(1 + (2 * pair), 0.5);
            await lab.EndAsync(2 + (2 * pair), 0.6);
        }

        var look = await ReconcileAsync(driver);
        (look.Study.State, look.Study.Reason.Words()).ShouldBe(
            (StudyState.Finished, "the budget of 60 min has 10 min left, and a trial takes up to 25 min"));
        (await lab.StatesAsync()).ShouldBe("completed completed completed completed");
    }

    [Fact]
    public async Task Running_trials_are_ended_when_the_time_is_up()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 100, Budget = Hour, Confirm = new Confirmation(1, 2) });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        await lab.BeginAsync();
        lab.Time.Pass(59);
        await ReconcileAsync(driver);
        lab.Target.Stopped.ShouldBeEmpty();
        lab.Time.Pass(1);
        await ReconcileAsync(driver);
        await ReconcileAsync(driver);
        lab.Target.Stopped.Distinct().ShouldBe(["s7m2xqab-t1-1-1", "s7m2xqab-t2-1-1"]);
        (await lab.FindStudyAsync()).State.ShouldBe(StudyState.Running, "they have not ended yet");
        await lab.ObeyAsync();
        var look = await ReconcileAsync(driver);
        (look.Study.State, look.Study.Reason.Words()).ShouldBe((StudyState.Finished, "the budget of 60 min is used up"));
        look.Trials.ShouldAllBe(trial => trial.State == TrialState.Cancelled && trial.Why.Words() == "the budget of 60 min is used up");
    }

    [Fact]
    public async Task The_confirmation_respects_the_budget_too()
    {
        // The fresh runs take longer than the trials did: nobody could know.
        using var lab = new Laboratory(spec => spec with { Trials = 2, Budget = Hour, Confirm = new Confirmation(1, 2) });
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        await lab.BeginAsync();
        lab.Time.Pass(10);
        await lab.EndAsync(1, 0.5);
        await lab.EndAsync(2, 0.6);
        await ReconcileAsync(driver);
        (await lab.FindStudyAsync()).State.ShouldBe(StudyState.Confirming);
        await lab.BeginAsync();
        lab.Time.Pass(49);
        await ReconcileAsync(driver);
        lab.Target.Stopped.ShouldBeEmpty();
        lab.Time.Pass(2);
        await ReconcileAsync(driver);
        await ReconcileAsync(driver);
        lab.Target.Stopped.Distinct().ShouldBe(["s7m2xqab-c2-1-1", "s7m2xqab-c2-2-1"], ignoreOrder: true);
        await lab.ObeyAsync();
        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Finished);
    }

    [Fact]
    public async Task Time_without_a_driver_and_without_a_running_trial_is_free()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 4, Budget = Hour });
        await ReconcileAsync(lab.Driver());
        await lab.BeginAsync();
        lab.Time.Pass(20);
        await lab.EndAsync(1, 0.5);
        await lab.EndAsync(2, 0.5);
        lab.Time.Pass(600);
        await ReconcileAsync(lab.Driver());
        (await lab.StatesAsync()).ShouldBe("completed completed running running");
    }

    [Fact]
    public async Task No_trial_starts_that_the_budget_cannot_pay_for()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 100, Parallel = 1, Budget = new Budget(Usd: 5) }, usdPerHour: 4);
        var driver = lab.Driver();
        for (var i = 1; i <= 2; i++)
        {
            await ReconcileAsync(driver);
            await lab.BeginAsync();
            lab.Time.Pass(30);
            await lab.EndAsync(i, 0.5);
        }

        var look = await ReconcileAsync(driver); // $4 are spent, and a trial costs $2
        (look.Study.State, look.Study.Reason.Words()).ShouldBe(
            (StudyState.Finished, "the budget of $5 has $1 left, and a trial costs up to $2"));
    }

    [Fact]
    public async Task Running_trials_are_ended_when_the_money_is_spent()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 100, Parallel = 2, Budget = new Budget(Usd: 4) }, usdPerHour: 4);
        var driver = lab.Driver();
        await ReconcileAsync(driver);
        await lab.BeginAsync();
        lab.Time.Pass(30);
        await ReconcileAsync(driver);
        await ReconcileAsync(driver);
        await lab.ObeyAsync();
        (await ReconcileAsync(driver)).Study.Reason.Words().ShouldBe("the budget of $4 is used up");
    }

    [Fact]
    public async Task The_confirmation_has_its_share_of_the_budget()
    {
        using var lab = new Laboratory(spec => spec with { Trials = 100, Budget = Hour, Confirm = new Confirmation(1, 2) });
        var driver = lab.Driver();
        // Two fresh runs at once take twenty minutes of the sixty: there are two rounds of trials, and not three.
        for (var pair = 0; pair < 2; pair++)
        {
            await ReconcileAsync(driver);
            await lab.BeginAsync();
            lab.Time.Pass(20);
            await lab.EndAsync(1 + (2 * pair), 0.5);
            await lab.EndAsync(2 + (2 * pair), 0.6);
        }

        (await ReconcileAsync(driver)).Study.State.ShouldBe(StudyState.Confirming);
        lab.Target.Started.Skip(4).Select(assignment => assignment.Group).ShouldBe(["s7m2xqab-c2", "s7m2xqab-c2"]);
    }

    private static Task<StudyRoundResult> ReconcileAsync(StudyDriver driver) => driver.ReconcileAsync(CancellationToken.None);
}
