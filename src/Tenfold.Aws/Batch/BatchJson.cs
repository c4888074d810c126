using System.Text.Json.Serialization;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>The JSON names of Batch's requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochMilliseconds)])]
[JsonSerializable(typeof(SubmitJobRequest))]
[JsonSerializable(typeof(ContainerOverrides))]
[JsonSerializable(typeof(SubmitJobAnswer))]
[JsonSerializable(typeof(DescribeJobsRequest))]
[JsonSerializable(typeof(DescribeJobsAnswer))]
[JsonSerializable(typeof(ListJobsRequest))]
[JsonSerializable(typeof(ListJobsAnswer))]
[JsonSerializable(typeof(TerminateJobRequest))]
[JsonSerializable(typeof(CancelJobRequest))]
[JsonSerializable(typeof(DescribeJobDefinitionsRequest))]
[JsonSerializable(typeof(DescribeJobDefinitionsAnswer))]
[JsonSerializable(typeof(DeregisterJobDefinitionRequest))]
[JsonSerializable(typeof(RegisterJobDefinitionRequest))]
[JsonSerializable(typeof(RegisterJobDefinitionAnswer))]
[JsonSerializable(typeof(DescribeJobQueuesRequest))]
[JsonSerializable(typeof(DescribeJobQueuesAnswer))]
[JsonSerializable(typeof(DescribeComputeEnvironmentsRequest))]
[JsonSerializable(typeof(DescribeComputeEnvironmentsAnswer))]
[JsonSerializable(typeof(WireNothing))]
internal sealed partial class BatchJson : JsonSerializerContext;
