using System.Text.Json.Serialization;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Attempts;

/// <summary>
/// How the records that controllers and agents share are written as JSON. NaN and infinities are the strings "NaN", "Infinity",
/// "-Infinity". A record without something that it needs, or with null instead, is damaged.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(AttemptReport))]
[JsonSerializable(typeof(WorkSpec))]
[JsonSerializable(typeof(List<MetricSummary>))]
[JsonSerializable(typeof(List<MetricPoint>))]
[JsonSerializable(typeof(SecretDelivery))]
[JsonSerializable(typeof(AttemptClaim))]
public sealed partial class AttemptJson : JsonSerializerContext;
