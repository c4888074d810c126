using Tenfold.Bench.Experiments;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

/// <summary>
/// How often a test that is watched after every unit is wrong, and how soon it finds a fault. These are the quick half of the simulations;
/// bench/experiments runs the others. The seeds are fixed.
/// </summary>
public sealed class Watching_is_safe
{
    [Theory]
    [InlineData(0.1, 0.5)]
    [InlineData(0.1, 0.1)]
    [InlineData(0.5, 0.1)]
    public void Equal_arms_get_a_verdict_at_most_at_rate_alpha(double rate, double share) =>
        new SimulatedExperiment { Share = share, Value = SimulatedExperiment.Events(rate, rate), Units = 3000, LookEvery = 3 }
            .ShareWithVerdict(150, seed: 1).ShouldBeLessThanOrEqualTo(0.05);

    [Fact]
    public void Rare_events_in_a_small_arm_get_a_verdict_at_most_at_rate_alpha() =>
        // The small arm has no event for long, and few after that.
        new SimulatedExperiment { Share = 0.05, Value = SimulatedExperiment.Events(0.05, 0.05), Units = 15_000, LookEvery = 20 }
            .ShareWithVerdict(100, seed: 2).ShouldBeLessThanOrEqualTo(0.05);

    [Fact]
    public void Equal_arms_with_a_changing_share_get_a_verdict_at_most_at_rate_alpha() =>
        // The level rises with the share, so that pooled arms would differ.
        new SimulatedExperiment
        {
            Share = 0.1,
            LaterShare = 0.5,
            ChangeAt = 2000,
            Units = 4000,
            LookEvery = 5,
            Value = (random, unit, _) => random.NextDouble() < (unit < 2000 ? 0.1 : 0.3) ? 1 : 0,
        }.ShareWithVerdict(150, seed: 4).ShouldBeLessThanOrEqualTo(0.05);

    [Fact]
    public void A_real_difference_is_found()
    {
        var found = new SimulatedExperiment { Value = SimulatedExperiment.Events(0.2, 0.3), Units = 4000, LookEvery = 20 };
        found.ShareWithVerdict(50, seed: 5).ShouldBeGreaterThan(0.95);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void A_healthy_version_is_rolled_back_in_at_most_half_a_percent(double share) =>
        // The rate drifts in both arms together; two such tests share one percent.
        new SimulatedRollout { Share = _ => share, Rate = request => request % 20_000 < 2000 ? 0.05 : 0.005, Requests = 30_000 }
            .Alarms(400, seed: 6).Count(alarm => alarm is not null).ShouldBeLessThanOrEqualTo(2);

    [Fact]
    public void A_fault_is_found_within_some_hundred_requests()
    {
        var alarms = new SimulatedRollout { Share = _ => 0.1, Rate = _ => 0.005, Ratio = 5 }.Alarms(100, seed: 7);
        alarms.ShouldAllBe(alarm => alarm != null);
        alarms.Order().ElementAt(50)!.Value.ShouldBeInRange(100, 800);
    }

    [Fact]
    public void Right_shares_are_rejected_at_most_at_rate_alpha()
    {
        var mismatches = Simulation.Share(200, RunsIntoMismatch(new SplitMix64(8), alpha: 0.05));
        mismatches.ShouldBeLessThanOrEqualTo(0.05);
    }

    private static Func<bool> RunsIntoMismatch(SplitMix64 random, double alpha) => () =>
    {
        var test = new SampleRatioTest([0.9, 0.1], alpha);
        for (var unit = 0; unit < 1000 && !test.IsMismatch; unit++)
        {
            if (unit == 500) test = test.ChangeShares([0.7, 0.3]);
            test = random.NextDouble() < test.Shares[1] ? test.Add(0, 1) : test.Add(1, 0);
        }

        return test.IsMismatch;
    };
}
