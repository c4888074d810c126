using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Queueing;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Studies;

/// <summary>
/// How a study's specification is written as JSON in the ledger. Enum values are lower-case words: <c>thompson</c>, <c>asha</c>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(LowerCaseEnumConverter<SweepMethod>), typeof(LowerCaseEnumConverter<PruningRule>),
        typeof(LowerCaseEnumConverter<MetricGoal>), typeof(LowerCaseEnumConverter<RunPriority>),
    ])]
[JsonSerializable(typeof(StudySpec))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(double[][]))]
public sealed partial class StudyJson : JsonSerializerContext;

/// <summary>Writes an enum value as its name in lower case.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(LowerCasePolicy.Instance, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Converts names to lower case.</summary>
internal sealed class LowerCasePolicy : JsonNamingPolicy
{
    /// <summary>The shared instance.</summary>
    public static LowerCasePolicy Instance { get; } = new();

    /// <inheritdoc/>
    public override string ConvertName(string name) => name.ToLowerInvariant();
}
