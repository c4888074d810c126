using System.Text.Json.Serialization;

namespace Tenfold.Core.Versions;

/// <summary>How versions, routes and experiments are written as JSON in the ledger.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelVersion))]
[JsonSerializable(typeof(Route))]
[JsonSerializable(typeof(Experiment))]
[JsonSerializable(typeof(ServingState))]
public sealed partial class VersionJson : JsonSerializerContext;
