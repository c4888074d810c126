using Tenfold.Core.Experiments;
using Tenfold.Core.Requests;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Experiments;

public sealed class Experiments_are_judged
{
    [Theory]
    [InlineData(250, ExperimentVerdict.Better)]
    [InlineData(60, ExperimentVerdict.Worse)]
    [InlineData(153, ExperimentVerdict.KeepGoing)]
    public void The_verdict_follows_the_outcomes(int ones, ExperimentVerdict expected)
    {
        var status = new Arrivals().WithShare(50).Add(1000, 150, 1000, ones).Judge();
        status.Verdict.ShouldBe(expected);
        (status.Baseline.Keys, status.Candidate.Keys, status.Candidate.Mean).ShouldBe((1000, 1000, ones / 1000.0));
        status.Remaining.ShouldBe(expected == ExperimentVerdict.KeepGoing ? status.Remaining : TimeSpan.Zero);
        status.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_metric_to_minimise_is_better_when_lower()
    {
        var arrivals = new Arrivals();
        var errors = new Arrivals { Experiment = arrivals.Experiment with { Metric = "errors", Goal = ExperimentMetric.GoalOf("errors") } };
        errors.WithShare(50).Add(1000, 250, 1000, 60).Judge().Verdict.ShouldBe(ExperimentVerdict.Better);
        ExperimentMetric.GoalOf("reward").ShouldBe(MetricGoal.Maximize);
        ExperimentMetric.MeasureOf("latency").ShouldBe(Measure.LatencyMilliseconds);
    }

    [Theory]
    [InlineData(50, 1000, 700)]
    [InlineData(10, 900, 200)]
    [InlineData(50, 400, 0)]
    public void A_sample_ratio_mismatch_blocks_every_verdict(int percent, int baseline, int candidate)
    {
        // The outcomes alone would be a clear verdict.
        var status = new Arrivals().WithShare(percent).Add(baseline, baseline / 10, candidate, candidate).Judge();
        status.Verdict.ShouldBe(ExperimentVerdict.Blocked);
        var note = status.Notes[0].ShouldBeOfType<ExperimentNote.SampleRatioMismatch>();
        (note.Of, note.Baseline, note.Candidate).ShouldBe((CountedKeys.All, baseline, candidate));
        note.Expected.ShouldBe((baseline + candidate) * percent / 100.0, 1e-6);
        status.SampleRatioPValue!.Value.ShouldBeLessThan(0.001);
        status.Remaining.ShouldBeNull();
    }

    [Fact]
    public void Outcomes_that_one_arm_lacks_block_every_verdict()
    {
        // The candidate reports its good outcomes only.
        var arrivals = new Arrivals().WithShare(50).Add(500, 250, 500, 500);
        for (var i = 0; i < 500; i++) arrivals.AddKey($"a{i}", isCandidate: false, i % 2).AddKey($"b{i}", isCandidate: true, null);
        var status = arrivals.Judge();
        status.Verdict.ShouldBe(ExperimentVerdict.Blocked);
        status.Notes.OfType<ExperimentNote.SampleRatioMismatch>().ShouldHaveSingleItem().Of.ShouldBe(CountedKeys.WithOutcome);
        status.Notes.ShouldContain(new ExperimentNote.OutcomesMissing(500, 2000));
    }

    [Fact]
    public void A_growing_share_is_no_mismatch_and_no_effect()
    {
        // The level rises together with the candidate's share.
        var status = new Arrivals().WithShare(10).Add(1800, 180, 200, 20).WithShare(50).Add(1000, 400, 1000, 400).Judge();
        status.Verdict.ShouldBe(ExperimentVerdict.KeepGoing);
        status.Comparison.Difference!.Value.ShouldBe(0, 1e-9);
        status.SampleRatioPValue!.Value.ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void A_user_counts_once_whatever_the_number_of_requests()
    {
        // One user in the candidate sends more requests than all others.
        var status = new Arrivals().WithShare(50).Add(200, 20, 200, 20).AddKey("robot", isCandidate: true, 1, requests: 100_000).Judge();
        status.Candidate.Mean!.Value.ShouldBe(21 / 201.0, 1e-9);
        (status.Candidate.Keys, status.Candidate.Requests).ShouldBe((201, 100_200));
        status.Verdict.ShouldBe(ExperimentVerdict.KeepGoing);
    }

    [Fact]
    public void A_moved_user_stays_in_the_first_arm()
    {
        var arrivals = new Arrivals().WithShare(10).Add(900, 90, 100, 10).AddKey("ann", isCandidate: false, 0).WithShare(50);
        var status = arrivals.AddKey("ann", isCandidate: true, 1).Judge();
        (status.Baseline.Keys, status.Candidate.Keys).ShouldBe((901, 100));
        status.Candidate.Mean.ShouldBe(0.1);
        status.Notes.ShouldContain(new ExperimentNote.KeysMoved(1));
    }

    [Fact]
    public void Requests_without_a_key_are_units_of_their_own()
    {
        var arrivals = new Arrivals().WithShare(50).Add(100, 10, 100, 10);
        arrivals.AddKey("id-1", isCandidate: true, 1, isKeyed: false).AddKey("id-1", isCandidate: false, 1);
        var status = arrivals.Judge();
        status.Notes.ShouldContain(new ExperimentNote.WithoutKey(1, 202));
        status.Baseline.Keys.ShouldBe(101);
    }

    [Fact]
    public void Keys_of_a_time_without_the_other_arm_do_not_count()
    {
        var status = new Arrivals().WithShare(0).Add(500, 500, 0, 0).WithShare(50).Add(100, 10, 100, 10).WithShare(100)
            .Add(0, 0, 50, 50).Judge();
        (status.Baseline.Keys, status.Candidate.Keys).ShouldBe((100, 100));
        status.Notes.ShouldContain(new ExperimentNote.KeysOutside(550));
        status.Notes.ShouldContain(new ExperimentNote.NoTraffic("1.0.0"));
        status.Remaining.ShouldBeNull();
    }

    [Fact]
    public void Too_few_keys_are_told()
    {
        new Arrivals().WithShare(50).Judge().Notes.ShouldBe([new ExperimentNote.NoOutcomes("reward")]);
        var few = new Arrivals().WithShare(50).Add(12, 3, 12, 4).Judge();
        few.Notes.ShouldContain(new ExperimentNote.TooFewKeys(12, 12, 26));
        few.Comparison.Interval.ShouldBeNull();
        new Arrivals().WithShare(50).Add(100, 0, 100, 0).Judge().Notes.ShouldContain(new ExperimentNote.EqualOutcomes(0));
    }

    [Fact]
    public void The_remaining_time_follows_the_traffic()
    {
        var slow = new Arrivals().WithShare(50).Add(1000, 150, 1000, 180).Judge();
        var remaining = slow.Remaining.ShouldNotBeNull();
        // A key arrives each second, so units are seconds.
        remaining.TotalSeconds.ShouldBe(slow.Comparison.MoreUnits!.Value, 0.01 * remaining.TotalSeconds);
        slow.KeysPerHour!.Value.ShouldBe(3600, 40);
        new Arrivals().WithShare(50).Add(1000, 150, 1000, 150).Judge().Remaining.ShouldBeNull();
    }

    [Fact]
    public void The_history_ends_with_what_is_known_now()
    {
        var arrivals = new Arrivals().WithShare(50).Add(1000, 150, 1000, 250);
        var history = arrivals.History(20);
        history.Count.ShouldBe(20);
        history[^1].Keys.ShouldBe(2000);
        history[^1].Comparison.Interval.ShouldBe(arrivals.Judge().Comparison.Interval);
        history[0].Keys.ShouldBeInRange(99, 101);
        history.Select(point => point.At).ShouldBeInOrder();
    }
}
