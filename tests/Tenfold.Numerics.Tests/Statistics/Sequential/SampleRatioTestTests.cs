using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

public sealed class SampleRatioTestTests
{
    [Fact]
    public void Evidence_is_the_product_over_single_units()
    {
        foreach (var one in SciPyReference.SequentialCases("ratios"))
        {
            SampleRatioTest? test = null;
            foreach (var stage in one.GetProperty("stages").EnumerateArray())
            {
                var shares = stage.Numbers("shares");
                test = test?.ChangeShares(shares) ?? new SampleRatioTest(shares, concentration: one.Number("k"));
                test = test.Add([.. stage.Numbers("counts").Select(count => (long)count)]);
            }

            test!.LnEvidence.ShouldBe(one.Number("evidence"), 1e-8);
        }
    }

    [Fact]
    public void Looking_more_often_changes_no_evidence()
    {
        var (once, often) = (new SampleRatioTest([9, 1]).Add(900, 60), new SampleRatioTest([0.9, 0.1]));
        for (var i = 0; i < 60; i++) often = often.Add(15, 1);
        often.LnEvidence.ShouldBe(once.LnEvidence, 1e-9);
        often.PValue.ShouldBeLessThanOrEqualTo(once.PValue + 1e-12);
        often.Units.ShouldBe(960);
    }

    [Theory]
    [InlineData(0.5, 120)] // all units in one arm
    [InlineData(0.1, 110)]
    public void A_gross_mismatch_shows_soon(double share, int units)
    {
        var test = new SampleRatioTest([1 - share, share]);
        for (var i = 0; i < units; i++) test = test.Add(0, 1);
        test.IsMismatch.ShouldBeTrue();
    }

    [Fact]
    public void A_mismatch_stays_one()
    {
        var test = new SampleRatioTest([1, 1]).Add(300, 700);
        test.IsMismatch.ShouldBeTrue();
        test.Add(400, 0).IsMismatch.ShouldBeTrue();
        test.ChangeShares([9, 1]).Add(900, 100).IsMismatch.ShouldBeTrue();
    }

    [Fact]
    public void Units_of_changed_shares_are_held_to_their_own_shares()
    {
        var test = new SampleRatioTest([99, 1]).Add(9900, 100).ChangeShares([1, 1]).Add(5000, 5000);
        test.IsMismatch.ShouldBeFalse();
        new SampleRatioTest([99, 1]).Add(14_900, 5100).IsMismatch.ShouldBeTrue();
    }

    [Fact]
    public void Equal_shares_are_no_change()
    {
        var test = new SampleRatioTest([9, 1]).Add(90, 10);
        test.ChangeShares([90, 10]).ShouldBeSameAs(test);
    }

    [Fact]
    public void Wrong_arguments_are_rejected()
    {
        Should.Throw<ArgumentException>(() => new SampleRatioTest([1]));
        Should.Throw<ArgumentException>(() => new SampleRatioTest([1, 0]));
        Should.Throw<ArgumentException>(() => new SampleRatioTest([1, 1]).Add(1));
        Should.Throw<ArgumentException>(() => new SampleRatioTest([1, 1]).Add(1, -1));
        Should.Throw<ArgumentException>(() => new SampleRatioTest([1, 1]).ChangeShares([1, 1, 1]));
    }
}
