using System.Text.Json;
using Tenfold.Numerics.Statistics.Variance;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class The_variance_is_told_by_its_sources
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, SciPyReference.VarianceCases("components").Count())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Components_and_intervals_agree_with_SciPy(int index)
    {
        var expected = SciPyReference.VarianceCases("components").ElementAt(index);
        var hardware = expected.GetProperty("hardware") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : (int?)null;
        var (blocks, names) = Read(expected);
        var made = VarianceComponents.Of(names, blocks, hardware, expected.Number("confidence"));
        foreach (var (i, source) in made.Sources.Index())
        {
            source.Variance.ShouldMatch(expected.Numbers("variances")[i], scale: 1e-3 * expected.Number("together"));
            source.Share.ShouldMatch(expected.Numbers("shares")[i], scale: 1e-3);
            if (source.Variance == 0) source.Interval.ShouldBeNull();
            else Match(source, expected.GetProperty("intervals")[i], expected.Number("df"));
        }

        made.Together.Variance.ShouldMatch(expected.Number("together"));
        Match(made.Together, expected.GetProperty("together_interval"), expected.Number("together_df"));
        made.SumStandardDeviation.ShouldMatch(expected.Number("sum"));
        made.SumPValue.ShouldMatch(expected.Number("sum_p"));
    }

    [Fact]
    public void A_source_that_never_changes_a_value_has_no_effect_and_no_interval()
    {
        var made = VarianceComponents.Of(["seed", "split"], [new(1, [2, 1]), new(3, [1, 3]), new(2, [4, 2])]);
        made.Sources[0].Finding.ShouldBe(SourceFinding.Varies);
        made.Sources[1].Finding.ShouldBe(SourceFinding.NoEffect);
        made.Sources[1].Interval.ShouldBeNull();
        made.Sources[1].Share.ShouldBe(0);
        made.Sources[0].Share.ShouldBe(1);
    }

    [Fact]
    public void Pairs_without_a_value_are_left_out_and_one_pair_is_too_few()
    {
        var made = VarianceComponents.Of(["seed", "split"], [new(1, [2, null]), new(null, [1, 3]), new(2, [4, 3])]);
        made.Sources[0].Count.ShouldBe(2);
        made.Sources[0].Variance.ShouldBe((1 + 4) / 4.0);
        made.Sources[1].Finding.ShouldBe(SourceFinding.TooFew);
        made.Sources[1].Variance.ShouldBeNull();
        made.Sources.ShouldAllBe(source => source.Share == null);
        made.SumPValue.ShouldBeNull();
        made.Together.Count.ShouldBe(2);
    }

    [Fact]
    public void The_hardware_is_not_counted_for_other_sources()
    {
        var random = new NormalSource(5100);
        // The split is ignored by the script, which isn't deterministic.
        var made = Enumerable.Range(0, 300).Select(_ => Simulate(random, 20, [2, 0, 0], noise: 1, hardware: 2)).ToArray();
        made.Average(one => one.Sources[0].Share!.Value).ShouldBeInRange(0.72, 0.82);
        made.Average(one => one.Sources[1].Share!.Value).ShouldBeLessThan(0.1);
        Rate(made, one => one.Sources[1].Finding == SourceFinding.NotAboveHardware).ShouldBeGreaterThan(0.94);
        Rate(made, one => one.Sources[0].Finding == SourceFinding.Varies).ShouldBeGreaterThan(0.9);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Intervals_of_normal_sources_cover_and_the_checks_are_seldom_wrong(int blocks)
    {
        var random = new NormalSource(5000 + blocks);
        var made = Enumerable.Range(0, 3_000).Select(_ => Simulate(random, blocks, [1, 0.7])).ToArray();
        Rate(made, one => one.Sources[0].Interval!.Contains(1)).ShouldBeInRange(0.945, 0.975);
        Rate(made, one => one.Sources[1].Interval!.Contains(0.7)).ShouldBeInRange(0.945, 0.975);
        Rate(made, one => one.Together.Interval!.Contains(Math.Sqrt(1.49))).ShouldBeInRange(0.945, 0.975);
        Rate(made, one => one.IsSumTooLarge).ShouldBeLessThan(0.05);
        var equal = Enumerable.Range(0, 2_000).Select(_ => Simulate(random, blocks, [1, 1, 1])).ToArray();
        Rate(equal, one => one.Largest is not null).ShouldBeLessThan(0.06);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    public void Intervals_of_skewed_sources_and_of_sources_that_act_jointly_cover_in_93_percent(int blocks)
    {
        var random = new NormalSource(5300 + blocks);
        // Half the sum of two squares is exponential, with variance 1.
        var made = Enumerable.Range(0, 4_000).Select(_ => Simulate(blocks, [1, 0.7], 0, () => random.Values(2, 0, 1).Sum(x => x * x) / 2))
            .ToArray();
        Rate(made, one => one.Sources[0].Interval!.Contains(1)).ShouldBeInRange(0.93, 0.98);
        Rate(made, one => one.Sources[1].Interval!.Contains(0.7)).ShouldBeInRange(0.93, 0.98);
        Rate(made, one => one.Together.Interval!.Contains(Math.Sqrt(1.49))).ShouldBeInRange(0.93, 0.98);
        made = [.. Enumerable.Range(0, 4_000).Select(_ => Simulate(blocks, [1, 0.7], 0.4, () => random.Values(1, 0, 1)[0]))];
        Rate(made, one => one.Sources[0].Interval!.Contains(Math.Sqrt(1.16))).ShouldBeInRange(0.93, 0.98);
    }

    [Fact]
    public void A_source_that_varies_much_more_is_named_and_joint_effects_are_found_by_many_runs()
    {
        var random = new NormalSource(5200);
        var made = Enumerable.Range(0, 200).Select(_ => Simulate(random, 10, [1, 5])).ToArray();
        Rate(made, one => one.Largest == "source 1").ShouldBeGreaterThan(0.9);
        Rate(made, one => one.Largest == "source 0").ShouldBe(0);
        // Each pair of a seed and a split gives a value of its own: drawing one of them anew changes as much as drawing both.
        made = [.. Enumerable.Range(0, 200).Select(_ => Simulate(random, 60, [0, 0], noise: 1))];
        Rate(made, one => one.IsSumTooLarge).ShouldBeGreaterThan(0.7);
    }

    private static double Rate(VarianceComponents[] made, Func<VarianceComponents, bool> holds) => made.Count(holds) / (double)made.Length;

    private static VarianceComponents Simulate(
        NormalSource random, int blocks, double[] spreads, double noise = 0, int? hardware = null)
    {
        return VarianceComponents.Of([.. spreads.Select((_, i) => $"source {i}")],
            [
                .. Enumerable.Range(0, blocks).Select(_ =>
                {
                    var drawn = random.Values(spreads.Length, 0, 1);
                    return new VarianceBlock(Value(drawn), [.. drawn.Select((_, source) =>
                    {
                        double[] again = [.. drawn];
                        again[source] = random.Values(1, 0, 1)[0];
                        return (double?)Value(again);
                    })]);
                }),
            ], hardware);

        double Value(double[] drawn) => drawn.Zip(spreads, (one, spread) => one * spread).Sum()
            + (noise > 0 ? random.Values(1, 0, noise)[0] : 0);
    }

    private static VarianceComponents Simulate(int blocks, double[] spreads, double joint, Func<double> draw)
    {
        return VarianceComponents.Of(["first", "second"],
        [
            .. Enumerable.Range(0, blocks).Select(_ =>
            {
                var (a, b) = (draw(), draw());
                return new VarianceBlock(Value(a, b), [Value(draw(), b), Value(a, draw())]);
            }),
        ]);

        double Value(double a, double b) => spreads[0] * a + spreads[1] * b + joint * a * b;
    }

    private static void Match(SourceVariance source, JsonElement interval, double degrees)
    {
        source.DegreesOfFreedom.ShouldMatch(degrees);
        source.Interval!.Low.ShouldMatch(interval[0].GetDouble());
        source.Interval.High.ShouldMatch(interval[1].GetDouble());
    }

    private static (VarianceBlock[] Blocks, string[] Names) Read(JsonElement one)
    {
        var redrawn = one.GetProperty("redrawn").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray()).ToArray();
        return (
            [.. one.Numbers("base").Select((value, block) => new VarianceBlock(value, [.. redrawn.Select(row => (double?)row[block])]))],
            [.. redrawn.Select((_, i) => $"source {i}")]);
    }
}
