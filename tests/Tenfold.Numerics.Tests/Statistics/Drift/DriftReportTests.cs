using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.Numerics.Tests.Statistics.Drift;

public sealed class DriftReportTests
{
    private readonly NormalSource _random = new(11);

    [Fact]
    public void A_shifted_number_is_a_shift()
    {
        var drift = Only(Numbers(1000, 0), Numbers(300, 1));
        drift.Verdict.ShouldBe(DriftVerdict.Shift);
        drift.IsCategorical.ShouldBeFalse();
        drift.Distance!.Value.ShouldBeInRange(0.3, 0.5);
        drift.Stability!.Index.ShouldBeGreaterThan(0.5);
        drift.AdjustedPValue!.Value.ShouldBeLessThan(1e-6);
        (drift.Reference, drift.Window).ShouldBe((1000, 300));
    }

    [Fact]
    public void A_trifle_in_many_requests_is_a_small_shift() =>
        Only(Numbers(20_000, 0), Numbers(20_000, 0.1)).Verdict.ShouldBe(DriftVerdict.SmallShift);

    [Fact]
    public void Equal_distributions_show_nothing() => Only(Numbers(2000, 5), Numbers(400, 5)).Verdict.ShouldBe(DriftVerdict.NotShown);

    [Fact]
    public void New_categories_are_a_shift()
    {
        var drift = Only(Texts(("red", 500), ("blue", 500)), Texts(("red", 100), ("blue", 100), ("green", 60)));
        drift.Verdict.ShouldBe(DriftVerdict.Shift);
        drift.IsCategorical.ShouldBeTrue();
        drift.Distance!.Value.ShouldBe(60 / 260.0, 1e-9);
    }

    [Fact]
    public void A_number_with_few_values_is_categorical()
    {
        double[] Ratings(params int[] counts) => [.. counts.SelectMany((count, value) => Enumerable.Repeat((double)value, count))];
        var drift = Only(new(Ratings(200, 100, 100), []), new(Ratings(20, 40, 140), []));
        drift.IsCategorical.ShouldBeTrue();
        drift.Verdict.ShouldBe(DriftVerdict.Shift);
    }

    [Fact]
    public void Missing_values_are_a_shift()
    {
        var drift = Only(Numbers(1000, 0), Numbers(300, 0) with { Missing = 100 });
        drift.Verdict.ShouldBe(DriftVerdict.Shift);
        drift.WindowMissing.ShouldBe(0.25);
        Only(new([], [], 500), new([], [], 500)).Verdict.ShouldBe(DriftVerdict.NotShown);
        Only(Numbers(500, 0), new([], [], 500)).Verdict.ShouldBe(DriftVerdict.Shift);
    }

    [Fact]
    public void A_number_that_became_a_text_is_a_shift() => Only(Numbers(500, 0), Texts(("n/a", 500))).Verdict.ShouldBe(DriftVerdict.Shift);

    [Fact]
    public void Few_requests_and_free_text_are_not_tested()
    {
        Only(Numbers(1000, 0), Numbers(29, 3)).Verdict.ShouldBe(DriftVerdict.NotTested);
        FeatureSample Names(string prefix) => new([], [.. Enumerable.Range(0, 400).Select(i => $"{prefix}{i}")]);
        Only(Names("a"), Names("b")).PValue.ShouldBeNull();
    }

    [Fact]
    public void P_values_are_corrected_for_the_number_of_features()
    {
        var one = new FeaturePair("a", Numbers(300, 0), Numbers(300, 0.25));
        var alone = DriftReport.Of([one]).Features[0];
        var others = Enumerable.Range(0, 9).Select(i => new FeaturePair($"b{i}", Numbers(300, 0), Numbers(300, 0)));
        var among = DriftReport.Of([one, .. others]);
        alone.AdjustedPValue.ShouldBe(alone.PValue);
        among.Features[0].AdjustedPValue!.Value.ShouldBe(Math.Min(1, 10 * alone.PValue!.Value), 1e-9);
        among.Features.Select(feature => feature.Name).ShouldBe(["a", .. Enumerable.Range(0, 9).Select(i => $"b{i}")]);
    }

    [Fact]
    public void Unchanged_features_get_a_verdict_at_most_at_rate_alpha()
    {
        var random = new NormalSource(12);
        FeatureSample Draw(int n, int kind) => kind switch
        {
            0 => new(random.Values(n, 0, 1), []),
            1 => new([.. random.Values(n, 0, 1).Select(value => Math.Round(value * 4))], []), // ties
            _ => new([], [.. random.Values(n, 0, 1).Select(value => value < -1 ? "low" : value < 1.5 ? "middle" : "high")]),
        };
        Simulation.Share(400, () => DriftReport.Of(
                [.. Enumerable.Range(0, 6).Select(i => new FeaturePair($"{i}", Draw(300, i % 3), Draw(100, i % 3)))],
                new() { Alpha = 0.05 })
            .Features.Any(feature => feature.Verdict != DriftVerdict.NotShown)).ShouldBeLessThanOrEqualTo(0.06);
    }

    [Fact]
    public void The_customary_limit_of_stability_is_exceeded_without_a_change()
    {
        var random = new NormalSource(13);
        Simulation.Share(500, () =>
        {
            var reference = random.Values(100, 0, 1);
            var bins = QuantileBins.Of(reference);
            var stability = PopulationStability.Of(bins.CountsOf(reference), bins.CountsOf(random.Values(100, 0, 1)));
            return stability.Index > 0.1;
        }).ShouldBeGreaterThan(0.3);
    }

    private static FeatureDrift Only(FeatureSample reference, FeatureSample window) =>
        DriftReport.Of([new("x", reference, window)]).Features.ShouldHaveSingleItem();

    private FeatureSample Numbers(int n, double mean) => new(_random.Values(n, mean, 1), []);

    private static FeatureSample Texts(params (string Text, int Count)[] texts) =>
        new([], [.. texts.SelectMany(text => Enumerable.Repeat(text.Text, text.Count))]);
}
