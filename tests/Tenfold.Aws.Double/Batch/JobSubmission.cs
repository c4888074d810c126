using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Checks a submission, and makes the job.</summary>
internal sealed class JobSubmission(Account account, BatchState state)
{
    private const int MaxBytes = 30 << 10;
    private const int MinTimeout = 60;

    public BatchJob Submit(AwsRequest request)
    {
        var input = request.Input;
        if (request.Bytes > MaxBytes) throw Invalid("Job size must be less than 30 KiB. Reduce the size of the job");
        var name = input.Text("jobName")!;
        if (!JobNames.IsValid(name))
            throw Invalid($"Error executing request, Exception : Job name should match valid pattern, RequestId: {name}");
        var queue = state.Queue(input.Text("jobQueue")!) ?? throw Invalid($"JobQueue {input.Text("jobQueue")} not found.");
        if (queue.State != "ENABLED") throw Invalid($"Job queue {queue.Name} is not in ENABLED state");
        CheckShare(input, queue);
        RetryRules.Check(input["retryStrategy"]);
        if (input["timeout"].Number("attemptDurationSeconds") is < MinTimeout) throw Invalid("Timeout must be at least 60 seconds");
        var size = input["arrayProperties"].Number("size");
        if (size is < 2 or > 10_000) throw Invalid("Array job size must be between 2 and 10000");
        foreach (var variable in input["containerOverrides"].Items("environment"))
            if (variable.Text("name")!.StartsWith("AWS_BATCH", StringComparison.Ordinal))
                throw Invalid("Environment variables cannot start with 'AWS_BATCH'");
        var tags = input.Map("tags");
        if (tags.Count > 50) throw Invalid("A job can have at most 50 tags");
        var job = Make(input, name, queue, Specify(input), size, tags);
        state.Add(job);
        return job;
    }

    private static void CheckShare(JsonObject input, BatchQueue queue)
    {
        var share = input.Text("shareIdentifier");
        if (queue.SchedulingPolicyArn is null && share is not null)
            throw Invalid("shareIdentifier can't be specified for a job queue without a scheduling policy");
        if (queue.SchedulingPolicyArn is not null && share is null)
            throw Invalid("shareIdentifier must be specified for a fairshare job queue");
    }

    private BatchJob Make(JsonObject input, string name, BatchQueue queue, JobSpec spec, int? size, Dictionary<string, string> tags)
    {
        var id = Guid.NewGuid().ToString();
        var now = account.Time.GetUtcNow();
        var job = new BatchJob
        {
            Id = id,
            Name = name,
            Queue = queue,
            Spec = spec,
            CreatedAt = now,
            Number = state.NextNumber(),
            Tags = tags,
            HiddenCalls = account.Options.HiddenCalls,
            DependsOn = Dependencies(input),
        };
        if (size is not { } count) return job;
        job.Children =
        [
            .. Enumerable.Range(0, count).Select(index => new BatchJob
            {
                Id = $"{id}:{index}",
                Name = name,
                Queue = queue,
                Spec = spec,
                CreatedAt = now,
                Number = state.NextNumber(),
                Parent = job,
                Index = index,
                HiddenCalls = account.Options.HiddenCalls,
                Tags = [],
            }),
        ];
        return job;
    }

    private IReadOnlyList<Dependency> Dependencies(JsonObject input) =>
    [
        .. input.Items("dependsOn").Where(d => d.Text("jobId") is not null).Select(d => new Dependency(
            state.Find(d.Text("jobId")!) ?? throw Invalid($"Job dependency {d.Text("jobId")} not found"), d.Text("type"))),
    ];

    private JobSpec Specify(JsonObject input)
    {
        var definition = state.Definitions.Find(input.Text("jobDefinition")!);
        var container = (JsonObject)(definition["containerProperties"]?.DeepClone() ?? new JsonObject());
        var overrides = input["containerOverrides"] as JsonObject;
        var parameters = definition.Map("parameters");
        foreach (var (name, value) in input.Map("parameters")) parameters[name] = value;
        var environment = Pairs(container, "environment", "name");
        foreach (var (name, value) in Pairs(overrides, "environment", "name")) environment[name] = value;
        var resources = new Dictionary<string, string>();
        if (container.Text("vcpus") is { } vcpus) resources["VCPU"] = vcpus;
        if (container.Text("memory") is { } memory) resources["MEMORY"] = memory;
        // The old members of the overrides don't beat the definition's resourceRequirements.
        if (overrides.Text("vcpus") is { } v) resources["VCPU"] = v;
        if (overrides.Text("memory") is { } m) resources["MEMORY"] = m;
        foreach (var (type, value) in Pairs(container, "resourceRequirements", "type")) resources[type] = value;
        foreach (var (type, value) in Pairs(overrides, "resourceRequirements", "type")) resources[type] = value;
        var command = overrides.Texts("command") is { Count: > 0 } given ? given : container.Texts("command");
        return new JobSpec
        {
            DefinitionArn = definition.Text("jobDefinitionArn")!,
            DefinitionName = definition.Text("jobDefinitionName")!,
            Container = container,
            Command = [.. command.Select(word => Replace(word, parameters))],
            Environment = environment,
            Resources = resources,
            Overrides = overrides,
            Parameters = parameters,
            RetryStrategy = (input["retryStrategy"] ?? definition["retryStrategy"]) as JsonObject,
            TimeoutSeconds = (input["timeout"] ?? definition["timeout"]).Number("attemptDurationSeconds"),
            PropagateTags = input["propagateTags"] is null ? definition.Flag("propagateTags") : input.Flag("propagateTags"),
            DefinitionTags = definition.Map("tags"),
            Platforms = definition.Texts("platformCapabilities") is { Count: > 0 } platforms ? platforms : ["EC2"],
            ShareIdentifier = input.Text("shareIdentifier"),
            SchedulingPriority = input.Number("schedulingPriorityOverride"),
        };
    }

    private static string Replace(string word, Dictionary<string, string> parameters) =>
        word.StartsWith("Ref::", StringComparison.Ordinal) && parameters.TryGetValue(word[5..], out var value) ? value : word;

    private static Dictionary<string, string> Pairs(JsonNode? node, string list, string key) =>
        node.Items(list).Where(item => item.Text(key) is not null).ToDictionary(item => item.Text(key)!, item => item.Text("value") ?? "");

    private static AwsErrorException Invalid(string message) => new(400, "ClientException", message);
}
