using System.Text.Json.Serialization;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ssm;

/// <summary>The JSON names of Parameter Store's requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(PutParameterRequest))]
[JsonSerializable(typeof(PutParameterAnswer))]
[JsonSerializable(typeof(GetParametersRequest))]
[JsonSerializable(typeof(GetParametersAnswer))]
[JsonSerializable(typeof(GetParametersByPathRequest))]
[JsonSerializable(typeof(GetParametersByPathAnswer))]
[JsonSerializable(typeof(DeleteParametersRequest))]
[JsonSerializable(typeof(DeleteParametersAnswer))]
internal sealed partial class ParametersJson : JsonSerializerContext;
