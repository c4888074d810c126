using System.Text.Json;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Sweeping.Optuna;

/// <summary>A distribution of Optuna as a dimension of a search space.</summary>
/// <param name="Dimension">The dimension.</param>
/// <remarks>Source: <c>optuna/distributions.py</c> of Optuna 2 to 4, <c>distribution_to_json</c>.</remarks>
internal sealed record OptunaDistribution(SearchDimension Dimension)
{
    /// <summary>Reads a distribution.</summary>
    /// <param name="json">As Optuna stores it.</param>
    /// <returns>The distribution; null when Tenfold has no such dimension.</returns>
    public static OptunaDistribution? Read(string json)
    {
        try
        {
            var root = JsonElement.Parse(json);
            var attributes = root.GetProperty("attributes");
            return root.GetProperty("name").GetString() switch
            {
                "FloatDistribution" => Range(attributes, whole: false, IsLog(attributes), Number(attributes, "step")),
                "IntDistribution" => Range(attributes, whole: true, IsLog(attributes), Number(attributes, "step")),
                "UniformDistribution" => Range(attributes, whole: false, isLog: false, step: null),
                "LogUniformDistribution" => Range(attributes, whole: false, isLog: true, step: null),
                "DiscreteUniformDistribution" => Range(attributes, whole: false, isLog: false, Number(attributes, "q")),
                "IntUniformDistribution" => Range(attributes, whole: true, isLog: false, Number(attributes, "step")),
                "IntLogUniformDistribution" => Range(attributes, whole: true, isLog: true, step: null),
                "CategoricalDistribution" => Choice(attributes.GetProperty("choices")),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The value that Optuna's number stands for; null when the distribution has no such value.</summary>
    public ParameterValue? ValueOf(double number) => Dimension switch
    {
        ChoiceDimension choice => number >= 0 && number < choice.Values.Count && number == Math.Floor(number)
            ? choice.Values[(int)number] : null,
        RangeDimension { Whole: true } =>
            number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? new IntegerValue((long)number) : null,
        FixedDimension { Value: IntegerValue or NumberValue } fixedValue => fixedValue.Value,
        FixedDimension one => number == 0 ? one.Value : null,
        _ => double.IsFinite(number) ? new NumberValue(number) : null,
    };

    private static OptunaDistribution? Range(JsonElement attributes, bool whole, bool isLog, double? step)
    {
        if (Number(attributes, "low") is not { } low || Number(attributes, "high") is not { } high || high < low) return null;
        if (high == low) return new(new FixedDimension(whole ? new IntegerValue((long)low) : new NumberValue(low)));
        if (isLog && low <= 0) return null;
        return new(new RangeDimension
        {
            Min = low,
            Max = high,
            Whole = whole,
            Scale = isLog ? RangeScale.Log : RangeScale.Linear,
            Step = isLog || (whole && step == 1) ? null : step,
        });
    }

    private static OptunaDistribution? Choice(JsonElement choices)
    {
        var values = choices.EnumerateArray().Select(ParameterJson.Read).OfType<ParameterValue>().ToList();
        if (values.Count != choices.GetArrayLength() || values.Count == 0) return null;
        return new(values.Count == 1 ? new FixedDimension(values[0]) : new ChoiceDimension(values, Ordered: false));
    }

    private static bool IsLog(JsonElement attributes) => attributes.TryGetProperty("log", out var log) && log.GetBoolean();

    private static double? Number(JsonElement attributes, string name) =>
        attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
