using System.Globalization;
using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;

namespace Tenfold.Aws.SageMaker.InJob;

/// <summary>The training job that this process runs in. The agent learns everything about SageMaker from this class.</summary>
/// <remarks>
/// Source: SageMaker Developer Guide, "How Amazon SageMaker Runs Your Training Image", and sagemaker-training-toolkit,
/// ENVIRONMENT_VARIABLES.md. The toolkit does not run in Tenfold's jobs, so the variables that it makes from SageMaker's files come from
/// here.
/// </remarks>
public sealed class SageMakerHost : IAgentHost
{
    /// <summary>The word with which the job begins that a claim names.</summary>
    internal const string Service = "SageMaker";

    // Set by SageMaker, and by the job's request.
    private const string JobName = "TRAINING_JOB_NAME", Ml = "TENFOLD_ML";

    private const string TimeLimit = "TENFOLD_JOB_SECONDS", Gpus = "TENFOLD_JOB_GPUS", Spot = "TENFOLD_JOB_SPOT";

    // SageMaker counts from the container's start, and this process from its own.
    private static readonly TimeSpan NearTimeLimit = TimeSpan.FromMinutes(3);

    // SageMaker sends SIGKILL 120 s after SIGTERM. The rest is for the agent's uploads.
    private static readonly TimeSpan CommandGrace = TimeSpan.FromSeconds(80);

    private readonly string _name, _ml;
    private readonly TimeProvider _time;
    private readonly long _since;

    private SageMakerHost(string name, string ml, HostContext context)
    {
        (_name, _ml, _time, _since) = (name, ml, context.Time, context.Time.GetTimestamp());
        Environment = WithScriptMode(context.Environment);
        Job = ClaimedJobs.Name(Service, name);
        Traits = new HostTraits
        {
            ModelFolder = $"{ml}/model",
            OutputFolder = $"{ml}/output/data",
            ShowsOutput = true,
            StopGrace = CommandGrace,
            RestartReason = SageMakerReason.Of(
                SageMakerFact.SpotInterrupted, $"AWS took the spot machine of the training job {name} back", name, "Interrupted"),
        };
    }

    /// <inheritdoc/>
    /// <remarks>With the variables that scripts for SageMaker read, and that don't follow from the run.</remarks>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <inheritdoc/>
    public string? Job { get; }

    /// <inheritdoc/>
    /// <remarks>SageMaker tells no number. <see cref="HostTraits.RestartReason"/> says what a restart means.</remarks>
    public int Restarts => 0;

    /// <inheritdoc/>
    public HostTraits Traits { get; }

    /// <inheritdoc/>
    /// <remarks>The whole machine.</remarks>
    public HostResources Resources
    {
        get
        {
            var variables = Environment.ToDictionary();
            if (GraphicsProcessors.Ids() is { Count: > 0 } devices) variables.TryAdd("CUDA_VISIBLE_DEVICES", string.Join(',', devices));
            return HostResources.From(System.Environment.ProcessorCount, memoryBytes: null, variables, Number(Gpus) ?? 0);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Siblings => [];

    /// <summary>The host of this process.</summary>
    /// <returns>Null when no training job of Tenfold's started it.</returns>
    public static SageMakerHost? Detect(HostContext context) =>
        context.Environment.GetValueOrDefault(JobName) is { Length: > 0 } name
        && context.Environment.GetValueOrDefault(Ml) is { Length: > 0 } ml ? new SageMakerHost(name, ml, context) : null;

    /// <summary>The variables by which the job tells its host what was requested.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Describe(TrainingPlan plan)
    {
        yield return new(TimeLimit, plan.MaxRuntime.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        if (plan.Gpus > 0) yield return new(Gpus, plan.Gpus.ToString(CultureInfo.InvariantCulture));
        if (plan.IsSpot) yield return new(Spot, "1");
    }

    /// <inheritdoc/>
    public async Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken)
    {
        if (Number(TimeLimit) is { } seconds && _time.GetElapsedTime(_since) > TimeSpan.FromSeconds(seconds) - NearTimeLimit)
        {
            return new StopCause(Ending.TimeLimit, SageMakerReason.Of(
                SageMakerFact.TimeLimit, "SageMaker ended it at the job's time limit; raise `max_runtime`", _name, "MaxRuntimeExceeded"));
        }

        // Machines on demand stay until someone stops the job. With spot machines, SageMaker knows.
        var isStopped = Environment.GetValueOrDefault(Spot) is null || await ReadStatusAsync(cancellationToken) is "Stopping" or "Stopped";
        return isStopped
            ? new StopCause(Ending.Cancelled, SageMakerReason.Of(
                SageMakerFact.StoppedOutside, "its training job was stopped outside Tenfold", _name, "Stopping"))
            : new StopCause(Ending.Lost, Traits.RestartReason!);
    }

    /// <inheritdoc/>
    public Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        JobSecrets.ReadAsync(Environment, group, names, _time, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;

    // A job's role need not allow it. Then the machine counts as lost, since a cancelled attempt has a stop mark.
    private async Task<string?> ReadStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var jobs = new SageMakerClient(new AwsOptions { MaxAttempts = 3, Patience = TimeSpan.FromSeconds(5) }, _time);
            return (await jobs.DescribeTrainingJobAsync(new(_name), cancellationToken)).TrainingJobStatus;
        }
        catch (Exception e) when (e is AwsException or OperationCanceledException)
        {
            return null;
        }
    }

    private Dictionary<string, string> WithScriptMode(IReadOnlyDictionary<string, string> environment)
    {
        var variables = environment.ToDictionary();
        variables["SM_INPUT_DIR"] = $"{_ml}/input";
        variables["SM_INPUT_CONFIG_DIR"] = $"{_ml}/input/config";
        variables["SM_OUTPUT_INTERMEDIATE_DIR"] = $"{_ml}/output/intermediate";
        if (ReadConfiguration("resourceconfig") is { } resources)
        {
            variables["SM_RESOURCE_CONFIG"] = resources.GetRawText();
            AddText("SM_NETWORK_INTERFACE_NAME", resources, "network_interface_name");
            AddText("SM_CURRENT_INSTANCE_TYPE", resources, "current_instance_type");
        }

        return variables;

        void AddText(string name, JsonElement from, string member)
        {
            if (from.TryGetProperty(member, out var value) && value.GetString() is { Length: > 0 } text) variables[name] = text;
        }
    }

    private JsonElement? ReadConfiguration(string name)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes($"{_ml}/input/config/{name}.json"));
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private int? Number(string name) =>
        int.TryParse(Environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
