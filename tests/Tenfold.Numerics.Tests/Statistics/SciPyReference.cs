using System.Text.Json;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>The numbers from SciPy, which the scripts in tests/reference compute.</summary>
internal static class SciPyReference
{
    private static readonly JsonElement Document = Read("statistics.json");
    private static readonly JsonElement Sequential = Read("sequential.json");

    private static readonly JsonElement Robust = Read("robust.json");

    private static readonly JsonElement Variance = Read("variance.json");

    public static IEnumerable<JsonElement> Cases(string name) => Cases(Document, name);

    /// <summary>The cases of sequential.py, which is about looking again and again, and about drift.</summary>
    public static IEnumerable<JsonElement> SequentialCases(string name) => Cases(Sequential, name);

    /// <summary>The cases of robust.py, which is about statistics other than the mean.</summary>
    public static IEnumerable<JsonElement> RobustCases(string name) => Cases(Robust, name);

    /// <summary>The cases of variance.py, which is about where the variance comes from.</summary>
    public static IEnumerable<JsonElement> VarianceCases(string name) => Cases(Variance, name);

    private static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "reference", file))).RootElement;

    private static JsonElement[] Cases(JsonElement document, string name)
    {
        var cases = document.GetProperty(name).EnumerateArray().ToArray();
        cases.ShouldNotBeEmpty();
        return cases;
    }

    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(one => one.GetDouble())];

    /// <summary>Asserts that the value matches to 1e-9 of the expected value, or of the given scale.</summary>
    public static void ShouldMatch(this double? actual, double expected, double scale = 0)
    {
        actual.ShouldNotBeNull();
        actual.Value.ShouldBe(expected, 1e-9 * Math.Max(Math.Abs(expected), scale));
    }

    public static void ShouldMatch(this double actual, double expected, double scale = 0) => ((double?)actual).ShouldMatch(expected, scale);

    /// <summary>Repeats with consecutive seeds, from 1 or from another number.</summary>
    public static SeedValue[] Repeats(IEnumerable<double> values, int firstSeed = 1) =>
        [.. values.Select((value, i) => new SeedValue(firstSeed + i, value))];

    public static SeedValue[] Repeats(params double[] values) => Repeats(values, 1);
}
