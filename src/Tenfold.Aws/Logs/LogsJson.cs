using System.Text.Json.Serialization;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Logs;

/// <summary>The JSON names of CloudWatch Logs' requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochMilliseconds)])]
[JsonSerializable(typeof(GetLogEventsRequest))]
[JsonSerializable(typeof(GetLogEventsAnswer))]
[JsonSerializable(typeof(DescribeLogGroupsRequest))]
[JsonSerializable(typeof(DescribeLogGroupsAnswer))]
[JsonSerializable(typeof(DescribeLogStreamsRequest))]
[JsonSerializable(typeof(DescribeLogStreamsAnswer))]
[JsonSerializable(typeof(DeleteLogGroupRequest))]
[JsonSerializable(typeof(ListTagsLogGroupRequest))]
[JsonSerializable(typeof(ListTagsLogGroupAnswer))]
[JsonSerializable(typeof(WireNothing))]
internal sealed partial class LogsJson : JsonSerializerContext;
