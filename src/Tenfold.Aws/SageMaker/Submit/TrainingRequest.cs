using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>Makes the request for an attempt's training job.</summary>
/// <remarks>Source: SageMaker API, CreateTrainingJob. The limits are the smallest of all regions.</remarks>
internal static partial class TrainingRequest
{
    private const int MaxParameters = 100, MaxParameterText = 256, MaxMetrics = 40, MaxMetricName = 255, MaxMetricPattern = 500;

    /// <summary>Makes the request.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="plan">Its job.</param>
    /// <param name="place">The place.</param>
    /// <param name="store">The URL of the store, <c>s3://BUCKET/PREFIX</c>.</param>
    /// <param name="agent">The agent in the store.</param>
    /// <param name="start">How the job begins.</param>
    public static CreateTrainingJobRequest Of(
        Assignment assignment, TrainingPlan plan, SageMakerPlace place, string store, AgentArchive agent, TrainingStart start)
    {
        var options = SageMakerOptions.Of(assignment);
        var root = store.TrimEnd('/');
        return new CreateTrainingJobRequest
        {
            TrainingJobName = TrainingName.Of(assignment.Ledger, assignment.Attempt).ToString(),
            RoleArn = place.Role,
            AlgorithmSpecification = new AlgorithmSpecification("File")
            {
                TrainingImage = plan.Image,
                ContainerEntrypoint = TrainingStart.Entrypoint,
                MetricDefinitions = Metrics(assignment.Spec) is { Count: > 0 } metrics ? metrics : null,
            },
            HyperParameters = Parameters(assignment) is { Count: > 0 } parameters ? parameters : null,
            InputDataConfig =
            [
                Channel(TrainingStart.ScriptChannel, $"{root}/{start.Key}"), Channel(TrainingStart.AgentChannel, $"{root}/{agent.Key}"),
            ],
            // SageMaker adds NAME/output/model.tar.gz.
            OutputDataConfig = new OutputDataConfig($"{root}/{FolderOf(assignment.Attempt)}/sagemaker"),
            // For scripts that know /opt/ml/checkpoints. All attempts of a run share the folder.
            CheckpointConfig = new CheckpointConfig(
                $"{root}/{FolderOf(RunNames.Attempt(assignment.Run, 1))}/sagemaker/checkpoints"),
            ResourceConfig = new ResourceConfig
            {
                InstanceType = plan.InstanceType,
                InstanceCount = 1,
                VolumeSizeInGB = options.Disk,
                KeepAlivePeriodInSeconds = plan.IsSpot ? null : Seconds(options.KeepAlive),
            },
            StoppingCondition = new StoppingCondition
            {
                MaxRuntimeInSeconds = Seconds(plan.MaxRuntime),
                MaxWaitTimeInSeconds = Seconds(plan.MaxWait(options)),
            },
            EnableManagedSpotTraining = plan.IsSpot ? true : null,
            Environment = start.Environment,
            Tags = [.. ResourceTags.Of([assignment], place.Stack).Select(tag => new Tag(tag.Key, tag.Value))],
        };
    }

    /// <summary>
    /// The parameters that SageMaker shows. It refuses long values, and more than a hundred; the agent gives all of them to the script.
    /// </summary>
    private static Dictionary<string, string> Parameters(Assignment assignment)
    {
        var shown = new Dictionary<string, string>();
        foreach (var parameter in assignment.Spec.Parameters.EnumerateObject())
        {
            if (shown.Count == MaxParameters - 1) break;
            if (parameter.Value.ValueKind == JsonValueKind.Null) continue;
            var text = ScriptArguments.Text(parameter.Value);
            if (parameter.Name.Length <= MaxParameterText && text.Length <= MaxParameterText) shown[parameter.Name] = text;
        }

        shown.TryAdd("tenfold_seed", assignment.Seed.ToString(CultureInfo.InvariantCulture));
        return shown;
    }

    // A pattern with named groups is one of .NET, which SageMaker can't read.
    private static List<MetricDefinition> Metrics(WorkSpec spec) =>
    [
        .. spec.MetricPatterns
            .Where(pattern => pattern.Key.Length <= MaxMetricName && pattern.Value.Length <= MaxMetricPattern
                && !NamedGroup().IsMatch(pattern.Value))
            .Take(MaxMetrics).Select(pattern => new MetricDefinition(pattern.Key, pattern.Value)),
    ];

    private static Channel Channel(string name, string uri) =>
        new(name, new DataSource(new S3DataSource("S3Prefix", uri) { S3DataDistributionType = "FullyReplicated" })) { InputMode = "File" };

    private static string FolderOf(string attempt) => Path.GetDirectoryName(AttemptKeys.Assignment(attempt))!;

    private static int? Seconds(TimeSpan? time) => time is { } known ? (int)Math.Ceiling(known.TotalSeconds) : null;

    [GeneratedRegex(@"\(\?<[A-Za-z_]|\(\?'")]
    private static partial Regex NamedGroup();
}
