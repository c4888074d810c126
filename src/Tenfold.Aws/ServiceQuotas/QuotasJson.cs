using System.Text.Json.Serialization;

namespace Tenfold.Aws.ServiceQuotas;

/// <summary>The JSON names of Service Quotas' requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GetServiceQuotaRequest))]
[JsonSerializable(typeof(GetServiceQuotaAnswer))]
[JsonSerializable(typeof(ListServiceQuotasRequest))]
[JsonSerializable(typeof(ListServiceQuotasAnswer))]
internal sealed partial class QuotasJson : JsonSerializerContext;
