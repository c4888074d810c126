using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.Core.Tests.Studies;

public sealed class Budget_usage_is_computed_from_trials
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Budget TwoHours = new(TimeSpan.FromHours(2));
    private static readonly Budget TwentyDollars = new(Usd: 20);

    [Fact]
    public void The_time_of_overlapping_trials_is_counted_once()
    {
        // 0–10, 5–20 and 8–9 make 20 minutes; 30–40 adds 10; and 38 to now (45) adds 5.
        TrialUsage[] trials = [Done(0, 10), Done(5, 20), Done(8, 9), Done(30, 40), Runs(38)];
        At(45, TwoHours, trials).Time.ShouldBe(TimeSpan.FromMinutes(35));
        At(45, TwoHours, [.. trials.Reverse()]).Time.ShouldBe(TimeSpan.FromMinutes(35));
    }

    [Fact]
    public void Time_without_a_running_trial_is_free() => At(3000, TwoHours, [Done(0, 10), Done(2000, 2010)]).WhyNotStart().ShouldBeNull();

    [Fact]
    public void A_clock_set_back_doesnt_reduce_the_time_used()
    {
        At(0, TwoHours, [Runs(30)]).Time.ShouldBe(TimeSpan.Zero);
        At(60, TwoHours, [Done(0, 20), Done(50, 30)]).Time.ShouldBe(TimeSpan.FromMinutes(20));
        At(10, new Budget(Usd: 1), [Done(0, 20), Runs(50)], Terms(rate: 3)).Usd.ShouldBe(1);
    }

    [Fact]
    public void Without_trials_nothing_is_spent()
    {
        var usage = At(0, TwoHours);
        (usage.Time, usage.Usd, usage.WhyOver()).ShouldBe((TimeSpan.Zero, 0, null));
    }

    [Fact]
    public void A_trial_may_start_while_the_longest_duration_so_far_fits()
    {
        At(111, TwoHours, [Done(0, 5), Done(5, 14), Done(14, 111, completed: false)]).WhyNotStart().ShouldBeNull();
        At(114, TwoHours, [Done(0, 5), Done(5, 14), Done(14, 114, completed: false)]).WhyNotStart().Words()
            .ShouldBe("the budget of 2 h has 6 min left, and a trial takes up to 9 min");
    }

    [Fact]
    public void The_longest_duration_includes_running_trials() =>
        At(100, TwoHours, [Done(0, 5), Runs(50)]).WhyNotStart().ShouldBeNull(); // 55 minutes used, 50 needed, 65 left

    [Fact]
    public void No_trial_starts_once_a_running_one_has_taken_longer_than_what_is_left() =>
        At(75, TwoHours, [Done(0, 5), Runs(5)]).WhyNotStart().Words()
            .ShouldBe("the budget of 2 h has 45 min left, and a trial takes up to 70 min");

    [Fact]
    public void A_failed_trial_doesnt_count_towards_the_longest_duration() =>
        At(70, TwoHours, [Done(0, 5), Done(5, 70, completed: false)]).WhyNotStart().ShouldBeNull();

    [Fact]
    public void With_a_time_limit_a_trial_is_expected_to_take_all_of_it()
    {
        At(60, TwoHours, [Done(0, 60)], Terms(limit: 60)).WhyNotStart().ShouldBeNull();
        At(61, TwoHours, [Done(0, 1), Done(1, 61)], Terms(limit: 60)).WhyNotStart().Words()
            .ShouldBe("the budget of 2 h has 59 min left, and a trial takes up to 60 min");
    }

    [Fact]
    public void Before_the_first_completion_only_one_round_of_parallel_trials_starts()
    {
        At(1, TwoHours, [Runs(0), Runs(0)], Terms(parallel: 3)).WhyNotStart().ShouldBeNull();
        At(1, TwoHours, [Runs(0), Runs(0), Runs(0)], Terms(parallel: 3)).WhyNotStart().Words()
            .ShouldBe("no trial has completed yet, so the cost of a trial is unknown: no more start before one has completed");
        At(1, TwoHours, [Runs(0), Runs(0), Done(0, 1, completed: false)], Terms(parallel: 3)).WhyNotStart().ShouldBeNull();
    }

    [Fact]
    public void Running_trials_are_stopped_when_the_time_is_used_up()
    {
        At(119, TwoHours, [Runs(0)]).WhyOver().ShouldBeNull();
        At(120, TwoHours, [Runs(0)]).WhyOver().Words().ShouldBe("the budget of 2 h is used up");
        At(120, TwoHours, [Runs(0)]).WhyNotStart().Words().ShouldBe("the budget of 2 h is used up");
    }

    [Fact]
    public void The_cost_includes_every_run_of_a_trial()
    {
        var trial = new TrialUsage(Minutes(0, 30), [Minutes(0, 30), Minutes(0, 15), Minutes(15, null)], IsCompleted: false);
        At(30, TwentyDollars, [trial], Terms(rate: 6)).Usd.ShouldBe(6); // one hour of machine time, over three runs
    }

    [Fact]
    public void A_trial_may_start_while_its_cost_and_the_commitments_to_running_trials_fit()
    {
        // $10 are spent on ended trials. A trial costs $5, of which the running one has spent $2.
        TrialUsage[] trials = [Done(0, 50), Done(50, 100), Runs(100)];
        At(120, new Budget(Usd: 20), trials, Terms(rate: 6)).WhyNotStart().ShouldBeNull();
        At(120, new Budget(Usd: 19.99m), trials, Terms(rate: 6)).WhyNotStart().Words()
            .ShouldBe("the budget of $19.99 has $7.99 left, and a trial costs up to $5, beside $3 for the running trials");
    }

    [Fact]
    public void With_a_time_limit_each_run_is_expected_to_cost_all_of_it()
    {
        At(0, TwentyDollars, [], Terms(limit: 60, repeat: 4, rate: 5)).WhyNotStart().ShouldBeNull();
        At(0, TwentyDollars, [], Terms(limit: 60, repeat: 5, rate: 5)).WhyNotStart().Words()
            .ShouldBe("the budget of $20 has $20 left, and a trial costs up to $25");
    }

    [Fact]
    public void Running_trials_are_stopped_when_the_money_is_used_up()
    {
        At(119, TwentyDollars, [Runs(0)], Terms(rate: 10)).WhyOver().ShouldBeNull();
        At(120, TwentyDollars, [Runs(0)], Terms(rate: 10)).WhyOver().Words().ShouldBe("the budget of $20 is used up");
    }

    [Fact]
    public void Free_machines_use_up_no_money() =>
        At(100_000, TwentyDollars, [Done(0, 90_000), Runs(90_000)], Terms(rate: 0)).WhyNotStart().ShouldBeNull();

    [Fact]
    public void Nothing_starts_under_a_money_budget_if_the_price_is_unknown()
    {
        var terms = new TrialTerms(Parallel: 8);
        At(0, TwentyDollars, [], terms).WhyNotStart().Words().ShouldBe("the budget is $20, but what the target costs is not known");
        At(0, TwoHours, [], terms).WhyNotStart().ShouldBeNull();
        At(0, TwentyDollars, [Runs(0)], terms).WhyOver().ShouldBeNull();
    }

    [Theory]
    [InlineData(90, "90 s")]
    [InlineData(5400, "90 min")]
    [InlineData(10_800, "3 h")]
    [InlineData(12_600, "3 h 30 min")]
    [InlineData(172_800, "2 d")]
    [InlineData(187_200, "2 d 4 h")]
    public void A_budget_is_shown_in_fitting_units(int seconds, string words) =>
        At(10_000, new Budget(TimeSpan.FromSeconds(seconds)), [Runs(0)]).WhyOver().Words().ShouldBe($"the budget of {words} is used up");

    [Fact]
    public void The_remaining_time_is_rounded_down_and_the_needed_time_up() =>
        At(120 - 8.5, TwoHours, [Done(0, 8.7), Done(8.7, 120 - 8.5)]).WhyNotStart().Words()
            .ShouldBe("the budget of 2 h has 8 min left, and a trial takes up to 103 min");

    private static BudgetUsage At(double minute, Budget budget, TrialUsage[]? trials = null, TrialTerms? terms = null) =>
        new(budget, trials ?? [], terms ?? Terms(), Noon.AddMinutes(minute));

    private static TrialTerms Terms(int parallel = 8, int repeat = 1, int? limit = null, decimal rate = 0) =>
        new(parallel, repeat, limit is { } minutes ? TimeSpan.FromMinutes(minutes) : null, rate);

    private static TrialUsage Done(double begin, double end, bool completed = true) =>
        new(Minutes(begin, end), [Minutes(begin, end)], completed);

    private static TrialUsage Runs(double begin) => new(Minutes(begin, null), [Minutes(begin, null)], IsCompleted: false);

    private static TimeInterval Minutes(double begin, double? end) =>
        new(Noon.AddMinutes(begin), end is { } minutes ? Noon.AddMinutes(minutes) : null);
}
