using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Studies;

/// <summary>
/// How what is fixed of a study is written as JSON, as the ledger keeps it. Choices are lower-case words: <c>thompson</c>, <c>asha</c>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(WordConverter<SweepMethod>), typeof(WordConverter<PruningRule>), typeof(WordConverter<MetricGoal>)])]
[JsonSerializable(typeof(StudySpec))]
[JsonSerializable(typeof(double[]))]
public sealed partial class StudyJson : JsonSerializerContext;

/// <summary>A choice as its name in lower case.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(LowerCase.Policy, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Names in lower case.</summary>
internal sealed class LowerCase : JsonNamingPolicy
{
    /// <summary>The only one.</summary>
    public static LowerCase Policy { get; } = new();

    /// <inheritdoc/>
    public override string ConvertName(string name) => name.ToLowerInvariant();
}
