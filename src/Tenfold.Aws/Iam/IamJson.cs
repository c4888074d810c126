using System.Text.Json.Serialization;

namespace Tenfold.Aws.Iam;

/// <summary>The JSON names of IAM's requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SimulatePrincipalPolicyRequest))]
[JsonSerializable(typeof(SimulatePrincipalPolicyAnswer))]
[JsonSerializable(typeof(GetRoleRequest))]
[JsonSerializable(typeof(GetRoleAnswer))]
[JsonSerializable(typeof(CreateServiceLinkedRoleRequest))]
[JsonSerializable(typeof(CreateServiceLinkedRoleAnswer))]
internal sealed partial class IamJson : JsonSerializerContext;
