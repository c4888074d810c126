using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Double.Model;
using Tenfold.Aws.Ecr;
using Tenfold.Aws.Ecs;
using Tenfold.Aws.Iam;
using Tenfold.Aws.Logs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Scaling;
using Tenfold.Aws.ServiceQuotas;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

/// <summary>Holds every record to the service models that Debian's <c>python3-botocore</c> installs.</summary>
public sealed class Requests_fit_AWSs_models
{
    private static readonly Dictionary<string, JsonSerializerContext> Contexts = new()
    {
        ["batch"] = BatchJson.Default,
        ["sagemaker"] = SageMakerJson.Default,
        ["ecr"] = EcrJson.Default,
        ["logs"] = LogsJson.Default,
        ["ssm"] = ParametersJson.Default,
        ["service-quotas"] = QuotasJson.Default,
        ["iam"] = IamJson.Default,
        ["ecs"] = EcsJson.Default,
        ["application-autoscaling"] = ScalingJson.Default,
        ["cloudformation"] = StacksJson.Default,
    };

    // Operation, and the names of its records where they differ from OPERATIONRequest and OPERATIONAnswer.
    private static readonly Dictionary<string, string[]> Operations = new()
    {
        ["batch"] =
        [
            "SubmitJob", "DescribeJobs", "ListJobs", "TerminateJob Nothing", "CancelJob Nothing", "DescribeJobDefinitions",
            "RegisterJobDefinition", "DeregisterJobDefinition Nothing", "DescribeJobQueues", "DescribeComputeEnvironments",
        ],
        ["sagemaker"] =
        [
            "CreateTrainingJob", "DescribeTrainingJob TrainingJobName TrainingJob", "StopTrainingJob TrainingJobName WireNothing",
            "ListTrainingJobs", "AddTags", "ListTags",
        ],
        ["ecr"] =
        [
            "GetAuthorizationToken", "DescribeRepositories", "DescribeImages", "ListImages", "BatchDeleteImage", "DeleteRepository Nothing",
        ],
        ["logs"] = ["GetLogEvents", "DescribeLogGroups", "DescribeLogStreams", "DeleteLogGroup Nothing", "ListTagsLogGroup"],
        ["ssm"] = ["PutParameter", "GetParameters", "GetParametersByPath", "DeleteParameters"],
        ["service-quotas"] =
            ["GetServiceQuota", "GetAWSDefaultServiceQuota GetServiceQuotaRequest GetServiceQuotaAnswer", "ListServiceQuotas"],
        ["ecs"] =
        [
            "RegisterTaskDefinition RegisterTaskDefinitionRequest TaskDefinitionAnswer",
            "DeregisterTaskDefinition DeregisterTaskDefinitionRequest TaskDefinitionAnswer", "ListTaskDefinitions",
            "CreateService CreateServiceRequest EcsServiceAnswer", "UpdateService UpdateServiceRequest EcsServiceAnswer",
            "DeleteService DeleteServiceRequest EcsServiceAnswer", "DescribeServices", "ListServices", "ListTasks", "DescribeTasks",
        ],
        ["application-autoscaling"] =
        [
            "RegisterScalableTarget Nothing", "DeregisterScalableTarget ScalableTargetRequest WireNothing", "PutScalingPolicy Nothing",
        ],
        ["iam"] = ["SimulatePrincipalPolicy", "GetRole", "CreateServiceLinkedRole"],
        ["cloudformation"] =
        [
            "UpdateStack Nothing", "CreateChangeSet", "DescribeChangeSet ChangeSetRequest ChangeSet", "ExecuteChangeSet Nothing",
            "ListChangeSets StackRequest ListChangeSetsAnswer", "ListStacks",
            "DescribeStacks StackRequest DescribeStacksAnswer", "DescribeStackEvents StackRequest DescribeStackEventsAnswer",
            "ListStackResources StackRequest ListStackResourcesAnswer", "DeleteStack Nothing", "ContinueUpdateRollback Nothing",
            "DescribeStackDriftDetectionStatus DriftDetectionRequest DriftDetection", "DescribeStackResourceDrifts", "ValidateTemplate",
        ],
    };

    public static TheoryData<string, string> All() =>
        [.. Operations.SelectMany(service => service.Value.Select(operation => (service.Key, operation)))];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_member_of_a_record_exists_with_its_type(string service, string names)
    {
        var parts = names.Split(' ');
        var (operation, request, answer) = parts switch
        {
            [var name] => (name, name + "Request", name + "Answer"),
            [var name, _] => (name, name + "Request", nameof(WireNothing)),
            _ => (parts[0], parts[1], parts[2]),
        };
        var model = ServiceModel.Of(service);
        var faults = new List<string>();
        Compare(service, Type(service, request), model.ShapeOf(operation, "input")!, operation, isInput: true, faults);
        if (model.ShapeOf(operation, "output") is { } output)
            Compare(service, Type(service, answer), output, $"{operation} answer", isInput: false, faults);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void The_list_of_members_that_the_models_lack_is_not_longer_than_needed() => NewerMembers.Obsolete().ShouldBeEmpty();

    [Theory]
    [InlineData("batch", "rest-json")]
    [InlineData("sagemaker", "json")]
    [InlineData("ecr", "json")]
    [InlineData("logs", "json")]
    [InlineData("ssm", "json")]
    [InlineData("service-quotas", "json")]
    [InlineData("iam", "query")]
    [InlineData("cloudformation", "query")]
    public void Names_and_versions_are_AWSs(string folder, string protocol)
    {
        var service = new[]
        {
            BatchClient.Service, SageMakerClient.Service, EcrClient.Service, LogsClient.Service, QuotasClient.Service, IamClient.Service,
            StacksClient.Service, ParametersClient.Service,
        }.Single(s => s.SigningName.Replace("servicequotas", "service-quotas") == folder);
        var metadata = ServiceModel.Of(folder).Metadata;
        string? Text(string name) => metadata.TryGetProperty(name, out var found) ? found.GetString() : null;
        service.Id.ShouldBe(Text("serviceId"));
        service.Version.ShouldBe(Text("apiVersion"));
        service.Host.ShouldBe(Text("endpointPrefix"));
        service.SigningName.ShouldBe(Text("signingName") ?? Text("endpointPrefix"));
        service.Target.ShouldBe(Text("targetPrefix"));
        service.Protocol.ShouldBe(protocol switch
        {
            "json" => WireProtocol.Json11,
            "query" => WireProtocol.Query,
            _ => WireProtocol.RestJson,
        });
        Text("protocol").ShouldBe(protocol);
    }

    private static JsonTypeInfo Type(string service, string record)
    {
        var context = Contexts[service];
        var type = context.GetType().Assembly.GetTypes()
            .Single(t => t.Name == record && (t.Namespace == context.GetType().Namespace || t == typeof(WireNothing)));
        return context.GetTypeInfo(type) ?? throw new InvalidOperationException($"{record} has no JSON names");
    }

    private static void Compare(string service, JsonTypeInfo type, string shapeName, string path, bool isInput, List<string> faults)
    {
        var shape = ServiceModel.Of(service).Shape(shapeName);
        var kind = shape.GetProperty("type").GetString()!;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when kind == "structure":
                CompareMembers(service, type, shape, shapeName, path, isInput, faults);
                return;
            case JsonTypeInfoKind.Enumerable when kind == "list":
                Compare(
                    service, type.Options.GetTypeInfo(type.ElementType!), Named(shape, "member"), $"{path}[]", isInput, faults);
                return;
            case JsonTypeInfoKind.Dictionary when kind == "map":
                Compare(service, type.Options.GetTypeInfo(type.ElementType!), Named(shape, "value"), $"{path}{{}}", isInput, faults);
                return;
        }
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        var fits = kind switch
        {
            "string" => plain == typeof(string),
            "integer" => plain == typeof(int),
            "long" => plain == typeof(long) || plain == typeof(DateTimeOffset),
            "float" or "double" => plain == typeof(double),
            "boolean" => plain == typeof(bool),
            "timestamp" => plain == typeof(DateTimeOffset),
            _ => false,
        };
        if (!fits) faults.Add($"{path}: {plain.Name} is no {kind}");
    }

    private static void CompareMembers(
        string service, JsonTypeInfo type, JsonElement shape, string shapeName, string path, bool isInput, List<string> faults)
    {
        var members = shape.GetProperty("members").EnumerateObject()
            .ToDictionary(ServiceModel.WireName, member => member.Value.GetProperty("shape").GetString()!);
        // A property without a getter is one that JSON ignores.
        var properties = type.Properties.Where(property => property.Get is not null).ToDictionary(property => property.Name);
        foreach (var (name, property) in properties)
        {
            if (members.TryGetValue(name, out var of))
                Compare(service, type.Options.GetTypeInfo(property.PropertyType), of, $"{path}.{name}", isInput, faults);
            else if (!NewerMembers.Contains(service, shapeName, name))
                faults.Add($"{path}: {shapeName} has no member {name}");
        }
        if (!isInput || !shape.TryGetProperty("required", out var required)) return;
        foreach (var name in required.EnumerateArray())
            if (!properties.ContainsKey(name.GetString()!)) faults.Add($"{path}: {name} is required, and {type.Type.Name} lacks it");
    }

    private static string Named(JsonElement shape, string part) => shape.GetProperty(part).GetProperty("shape").GetString()!;
}
