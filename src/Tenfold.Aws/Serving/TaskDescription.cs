using System.Globalization;
using Tenfold.Aws.Ecs;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Scaling;

namespace Tenfold.Aws.Serving;

/// <summary>Describes a version's service in the words of AWS.</summary>
/// <param name="place">The stack of serving.</param>
/// <param name="stack">Its name.</param>
/// <param name="region">Its region.</param>
internal sealed class TaskDescription(ServingOutputs place, string stack, string region)
{
    /// <summary>The port on which the tasks of versions listen.</summary>
    public const int Port = 8080;

    /// <summary>The variables with the key and the SHA-256 of a version's record.</summary>
    public const string RecordKey = "TENFOLD_VERSION_KEY", RecordSha256 = "TENFOLD_VERSION_SHA256";

    /// <summary>The variable with the seconds for which a task that is to end still accepts requests.</summary>
    public const string DrainSeconds = "TENFOLD_DRAIN_SECONDS";

    /// <summary>The namespace and the name of the metric of requests for each task.</summary>
    public const string MetricNamespace = "Tenfold", Metric = "RequestsPerTask";

    /// <summary>The name of the container.</summary>
    public const string Container = "version";

    /// <summary>The tags with the model and the version.</summary>
    public const string ModelTag = "tenfold:model", VersionTag = "tenfold:version";

    // The drain of a service (25 s) and the delay before it must fit.
    private const int StopSeconds = 60;
    private const double CpuTarget = 70;

    // Sources: ECS API, HealthCheck: at most 300 s and ten retries. Preparing an environment takes about two minutes more.
    private const int StartSeconds = 300, HealthRetries = 10, PrepareSeconds = 120;
    private const int CpuUnits = 1024;

    // Shrinking waits for five minutes, so that a pause in traffic ends no task; growing does not.
    private const int ScaleOutSeconds = 60, ScaleInSeconds = 300;

    /// <summary>The task definition.</summary>
    public RegisterTaskDefinitionRequest DefinitionOf(string name, VersionServiceRequest request) => new(FamilyOf(name))
    {
        RequiresCompatibilities = ["FARGATE"],
        NetworkMode = "awsvpc",
        Cpu = ((int)(request.Size.Cpus * CpuUnits)).ToString(CultureInfo.InvariantCulture),
        Memory = request.Size.MemoryMiB.ToString(CultureInfo.InvariantCulture),
        ExecutionRoleArn = place.VersionExecutionRole,
        TaskRoleArn = place.VersionRole,
        RuntimePlatform = new("X86_64", "LINUX"),
        Tags = Tags(request),
        ContainerDefinitions =
        [
            new(Container)
            {
                Image = request.Image ?? place.Image,
                Essential = true,
                EntryPoint = ["/bin/sh", "-c"],
                Command = [StartScript.ForVersion],
                Environment = [.. Variables(request).Select(variable => new TaskVariable(variable.Key, variable.Value))],
                Secrets = request.Secrets.Count == 0 ? null
                    : [.. request.Secrets.Keys.Order(StringComparer.Ordinal)
                        .Select(secret => new TaskSecret(secret, SecretOf(name, secret)))],
                PortMappings = [new(Port, "tcp")],
                StopTimeout = StopSeconds,
                // The task's program makes the file once the service is ready, and removes it when it is not.
                HealthCheck = new(["CMD-SHELL", "test -e \"${TMPDIR:-/tmp}/tenfold-ready\""])
                {
                    Interval = IntervalFor(request.StartTimeout),
                    Timeout = 5,
                    Retries = HealthRetries,
                    StartPeriod = StartSeconds,
                },
                LogConfiguration = new("awslogs", new Dictionary<string, string>
                {
                    ["awslogs-group"] = place.ServingLogGroup,
                    ["awslogs-region"] = region,
                    ["awslogs-stream-prefix"] = name,
                }),
            },
        ],
    };

    /// <summary>The service.</summary>
    public CreateServiceRequest ServiceOf(string name, string definition, string token, VersionServiceRequest request) => new(name)
    {
        Cluster = place.Cluster,
        TaskDefinition = definition,
        DesiredCount = request.Tasks,
        ClientToken = token,
        LaunchType = "FARGATE",
        // There is no earlier deployment to go back to, and a failed one is removed.
        DeploymentConfiguration = new()
        {
            DeploymentCircuitBreaker = new(Enable: true, Rollback: false),
            MinimumHealthyPercent = 100,
            MaximumPercent = 200,
        },
        NetworkConfiguration = new(new(place.ServingSubnets)
        {
            SecurityGroups = [place.VersionGroup],
            // The way to S3, ECR and CloudWatch; the security group lets only gateways in.
            AssignPublicIp = "ENABLED",
        }),
        Tags = Tags(request),
        PropagateTags = "SERVICE",
    };

    /// <summary>The policies by which the service grows and shrinks: processors, and requests.</summary>
    public IEnumerable<PutScalingPolicyRequest> PoliciesOf(string name, VersionServiceRequest request)
    {
        var target = ScalableTargetRequest.Of(place.Cluster, name);
        PutScalingPolicyRequest Policy(string kind, TargetTracking tracking) =>
            new($"{name}-{kind}", target.ServiceNamespace, target.ResourceId, target.ScalableDimension)
            {
                PolicyType = "TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration =
                    tracking with { ScaleOutCooldown = ScaleOutSeconds, ScaleInCooldown = ScaleInSeconds },
            };
        yield return Policy("cpu", new(CpuTarget) { PredefinedMetricSpecification = new("ECSServiceAverageCPUUtilization") });
        // Each gateway reports what it has sent, so the sum counts.
        yield return Policy("requests", new(request.RequestsPerTask)
        {
            CustomizedMetricSpecification = new(Metric, MetricNamespace, "Sum")
            {
                Dimensions = [new("Cluster", place.Cluster), new("Service", name)],
            },
        });
    }

    // Failed checks don't count for five minutes, the most that ECS allows. A service that loads for longer must not be ended before its
    // own start timeout, so its checks are further apart.
    private static int IntervalFor(TimeSpan startTimeout) =>
        Math.Clamp((int)Math.Ceiling((startTimeout.TotalSeconds + PrepareSeconds - StartSeconds) / HealthRetries), 5, StartSeconds);

    /// <summary>The name of the task definitions of a service, which are the account's and not the cluster's.</summary>
    public string FamilyOf(string name) => $"{place.Cluster}-{name}";

    /// <summary>The path of a version's secrets in Parameter Store.</summary>
    public string SecretsOf(string name) => $"/tenfold/{stack}/{name}";

    /// <summary>The name of a version's secret in Parameter Store.</summary>
    public string SecretOf(string name, string secret) => $"{SecretsOf(name)}/{secret}";

    /// <summary>The log stream of a task.</summary>
    public static string StreamOf(string name, string taskArn) => $"{name}/{Container}/{taskArn[(taskArn.LastIndexOf('/') + 1)..]}";

    private ServiceTag[] Tags(VersionServiceRequest request) =>
    [
        new(ResourceTags.Stack, stack), new(ModelTag, request.Model), new(VersionTag, request.Version),
    ];

    private Dictionary<string, string> Variables(VersionServiceRequest request)
    {
        var variables = new Dictionary<string, string>
        {
            ["TENFOLD_STORE"] = place.Store,
            ["TENFOLD_OBJECTS"] = StartVariables.ObjectsUrl(place.Store, region, request.Session),
            ["TENFOLD_AGENT_KEY"] = request.Program.Key,
            ["TENFOLD_AGENT_SHA256"] = request.Program.Sha256,
            [RecordKey] = request.RecordKey,
            [RecordSha256] = request.RecordSha256,
            [DrainSeconds] = ((int)request.DrainDelay.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["AWS_REGION"] = region,
        };
        foreach (var name in (string[])["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
            if (request.Session.GetValueOrDefault(name) is { Length: > 0 } endpoint) variables[name] = endpoint;
        return variables;
    }
}
