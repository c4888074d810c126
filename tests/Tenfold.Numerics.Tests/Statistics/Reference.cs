using System.Text.Json;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>The numbers SciPy gave: tests/reference/statistics.py makes them.</summary>
internal static class Reference
{
    private static readonly JsonElement Document =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "reference", "statistics.json"))).RootElement;

    public static IEnumerable<JsonElement> Cases(string name)
    {
        var cases = Document.GetProperty(name).EnumerateArray().ToArray();
        cases.ShouldNotBeEmpty();
        return cases;
    }

    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(one => one.GetDouble())];

    /// <summary>Holds to 1e-9 of the expected value, or of what is given as its scale.</summary>
    public static void ShouldMatch(this double? actual, double expected, double scale = 0)
    {
        actual.ShouldNotBeNull();
        actual.Value.ShouldBe(expected, 1e-9 * Math.Max(Math.Abs(expected), scale));
    }

    public static void ShouldMatch(this double actual, double expected, double scale = 0) => ((double?)actual).ShouldMatch(expected, scale);

    /// <summary>Repeats with seeds from 1 on, or from another number.</summary>
    public static SeedValue[] Repeats(IEnumerable<double> values, int firstSeed = 1) =>
        [.. values.Select((value, i) => new SeedValue(firstSeed + i, value))];

    public static SeedValue[] Repeats(params double[] values) => Repeats(values, 1);
}
