using System.Text.Json.Serialization;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>The JSON names of CloudFormation's requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpdateStackRequest))]
[JsonSerializable(typeof(CreateChangeSetRequest))]
[JsonSerializable(typeof(CreateChangeSetAnswer))]
[JsonSerializable(typeof(ChangeSetRequest))]
[JsonSerializable(typeof(ChangeSet))]
[JsonSerializable(typeof(ExecuteChangeSetRequest))]
[JsonSerializable(typeof(StackRequest))]
[JsonSerializable(typeof(ListChangeSetsAnswer))]
[JsonSerializable(typeof(ListStacksRequest))]
[JsonSerializable(typeof(ListStacksAnswer))]
[JsonSerializable(typeof(DescribeStacksAnswer))]
[JsonSerializable(typeof(DescribeStackEventsAnswer))]
[JsonSerializable(typeof(ListStackResourcesAnswer))]
[JsonSerializable(typeof(DeleteStackRequest))]
[JsonSerializable(typeof(ContinueUpdateRollbackRequest))]
[JsonSerializable(typeof(DetectStackDriftAnswer))]
[JsonSerializable(typeof(DriftDetectionRequest))]
[JsonSerializable(typeof(DriftDetection))]
[JsonSerializable(typeof(DescribeStackResourceDriftsRequest))]
[JsonSerializable(typeof(DescribeStackResourceDriftsAnswer))]
[JsonSerializable(typeof(ValidateTemplateRequest))]
[JsonSerializable(typeof(ValidateTemplateAnswer))]
[JsonSerializable(typeof(WireNothing))]
internal sealed partial class StacksJson : JsonSerializerContext;
