using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

public sealed class EventRateTestTests
{
    [Fact]
    public void Evidence_is_the_likelihood_over_larger_shares()
    {
        foreach (var one in SciPyReference.SequentialCases("above"))
        {
            var test = new EventRateTest(one.Number("share")).Add((long)one.Number("first"), (long)one.Number("second"));
            test.LnEvidence.ShouldBe(one.Number("evidence"), 1e-7 * Math.Max(1, Math.Abs(one.Number("evidence"))));
        }
    }

    [Fact]
    public void A_candidate_with_fewer_events_is_never_rejected()
    {
        var test = new EventRateTest(0.5);
        for (var i = 0; i < 2000; i++) test = test.Add(2, 1);
        test.IsTooHigh.ShouldBeFalse();
        test.PValue.ShouldBeGreaterThan(0.05);
        test.LnEvidence.ShouldBeLessThan(-5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(3, 2)]
    public void Few_events_reject_nothing(int baseline, int candidate) =>
        new EventRateTest(0.1).Add(baseline, candidate).IsTooHigh.ShouldBeFalse();

    // The mass above the share is then too small for a double.
    [Theory]
    [InlineData(0.9, 20_000, 0)]
    [InlineData(0.5, 20_000, 3)]
    [InlineData(0.1, 200_000, 0)]
    public void Evidence_is_finite_however_many_events_the_baseline_has(double share, int baseline, int candidate)
    {
        var test = new EventRateTest(share).Add(baseline, candidate);
        test.LnEvidence.ShouldBeInRange(-1e7, 0);
        var evidence = test.LnEvidence;
        var fewer = new EventRateTest(share).Add(baseline - 1, candidate).LnEvidence;
        evidence.ShouldBeLessThan(fewer, "one more event of the baseline speaks against the candidate's fault");
        test.ChangeShare(0.3).EarlierLnEvidence.ShouldBe(evidence);
    }

    // The replacement continues the exact values: around the count where the mass becomes too small, evidence falls smoothly.
    [Fact]
    public void Evidence_does_not_jump_where_the_mass_becomes_too_small()
    {
        var steps = Enumerable.Range(900, 400)
            .Select(n => new EventRateTest(0.5).Add(n + 1, 0).LnEvidence - new EventRateTest(0.5).Add(n, 0).LnEvidence);
        steps.ShouldAllBe(step => step > -1 && step < 0);
    }

    [Fact]
    public void Evidence_is_kept_when_the_share_changes()
    {
        var before = new EventRateTest(0.1).Add(2, 4);
        var after = before.ChangeShare(0.5);
        after.LnEvidence.ShouldBe(before.LnEvidence, 1e-12);
        after.Add(1, 1).LnEvidence.ShouldBe(before.LnEvidence + new EventRateTest(0.5).Add(1, 1).LnEvidence, 1e-12);
        before.ChangeShare(0.1).ShouldBeSameAs(before);
    }

    [Fact]
    public void A_test_continues_in_another_process()
    {
        var before = new EventRateTest(0.1, 0.003).Add(2, 4).ChangeShare(0.2).Add(5, 1);
        var restored = new EventRateTest(before.Share, before.Alpha)
            .Restore(before.Baseline, before.Candidate, before.EarlierLnEvidence, before.PeakLnEvidence);
        restored.ShouldBe(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_share_lies_between_0_and_1(double share)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new EventRateTest(share));
        Should.Throw<ArgumentOutOfRangeException>(() => new EventRateTest(0.5).ChangeShare(share));
    }
}
