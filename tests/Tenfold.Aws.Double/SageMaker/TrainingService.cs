using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Quotas;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>Amazon SageMaker's training jobs. What tests do to them is in the other part.</summary>
/// <remarks>Source: Amazon SageMaker API Reference, CreateTrainingJob and DescribeTrainingJob.</remarks>
public sealed partial class TrainingService : AwsService, IDisposable
{
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly List<TrainingJob> _jobs = [];
    private readonly S3Files _files;
    private readonly TrainingRunner _runner;
    private readonly TrainingChecks _checks;

    internal TrainingService(Account account, LogsService logs, QuotasService quotas) : base("sagemaker")
    {
        _account = account;
        _files = new S3Files(account);
        _runner = new TrainingRunner(account, _gate, logs, _files);
        _checks = new TrainingChecks(quotas);
        OnLocked("CreateTrainingJob", Create);
        OnLocked("DescribeTrainingJob", input => Describe(Find(input)));
        OnLocked("StopTrainingJob", Stop);
        OnLocked("DeleteTrainingJob", Delete);
        OnLocked("ListTrainingJobs", List);
        OnLocked("AddTags", input =>
        {
            var tags = Tagged(input).Tags;
            foreach (var tag in input.Items("Tags")) tags[tag.Text("Key")!] = tag.Text("Value") ?? "";
            return new JsonObject { ["Tags"] = TagsOf(tags) };
        });
        OnLocked("ListTags", input => new JsonObject { ["Tags"] = TagsOf(Tagged(input).Tags) });
    }

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });

    private JsonObject Create(JsonObject input)
    {
        _checks.Check(input, _jobs);
        var name = input.Text("TrainingJobName")!;
        var now = _account.Time.GetUtcNow();
        var job = new TrainingJob
        {
            Name = name,
            Arn = _account.Arn("sagemaker", $"training-job/{name.ToLowerInvariant()}"),
            Request = (JsonObject)input.DeepClone(),
            CreatedAt = now,
            ModifiedAt = now,
            HiddenCalls = _account.Options.HiddenCalls,
            Tags = input.Items("Tags").ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value") ?? ""),
        };
        job.Transitions.Add(("Starting", now, null, "Starting the training job"));
        _jobs.Add(job);
        _runner.Start(job);
        return new JsonObject { ["TrainingJobArn"] = job.Arn };
    }

    private JsonObject Stop(JsonObject input)
    {
        var job = Find(input);
        if (job.HasEnded || job.Status == "Stopping")
            throw new AwsErrorException(400, "ValidationException",
                $"The request was rejected because the training job is in status {job.Status}.");
        _runner.Stop(job, TrainingEnd.Stopped);
        return [];
    }

    private JsonObject Delete(JsonObject input)
    {
        var job = Find(input);
        if (!job.HasEnded) throw new AwsErrorException(400, "ResourceInUse", $"Training job {job.Name} is in status {job.Status}.");
        _jobs.Remove(job);
        return [];
    }

    // The status filters a page that is cut already: a page can be short or empty, and not the last.
    private JsonObject List(JsonObject input)
    {
        var part = input.Text("NameContains");
        IEnumerable<TrainingJob> found = _jobs.Where(IsShown)
            .Where(job => part is null || job.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
            .Where(job => After(input, "CreationTimeAfter", job.CreatedAt) && Before(input, "CreationTimeBefore", job.CreatedAt)).ToArray();
        found = input.Text("SortBy") == "Name" ? found.OrderBy(job => job.Name, StringComparer.Ordinal) : found;
        if (input.Text("SortOrder") != "Ascending") found = found.Reverse();
        var page = Pages.Of(found.Select(job => new JsonObject
        {
            ["TrainingJobName"] = job.Name,
            ["TrainingJobArn"] = job.Arn,
            ["CreationTime"] = job.CreatedAt.Seconds(),
            ["TrainingEndTime"] = job.EndedAt?.Seconds(),
            ["LastModifiedTime"] = job.ModifiedAt.Seconds(),
            ["TrainingJobStatus"] = job.Status,
        }), "TrainingJobSummaries", input, input.Number("MaxResults") ?? 10, "NextToken", "MaxResults");
        if (input.Text("StatusEquals") is { } status)
            page["TrainingJobSummaries"] = new JsonArray(
                [.. page.Items("TrainingJobSummaries").Where(job => job.Text("TrainingJobStatus") == status)
                    .Select(job => job.DeepClone())]);
        return page;
    }

    private static bool After(JsonObject input, string name, DateTimeOffset time) =>
        input.Text(name) is not { } limit || time.Seconds() > double.Parse(limit);

    private static bool Before(JsonObject input, string name, DateTimeOffset time) =>
        input.Text(name) is not { } limit || time.Seconds() < double.Parse(limit);

    private static bool IsShown(TrainingJob job) => job.HiddenCalls == 0 || job.HiddenCalls-- == 0;

    private TrainingJob Find(JsonObject input) =>
        _jobs.Find(job => job.Name == input.Text("TrainingJobName")) is { } found && IsShown(found) ? found
        : throw new AwsErrorException(400, "ValidationException", "Requested resource not found.");

    private TrainingJob Tagged(JsonObject input) => _jobs.Find(job => job.Arn == input.Text("ResourceArn"))
        ?? throw new AwsErrorException(400, "ValidationException", "Requested resource not found.");

    private static JsonArray TagsOf(Dictionary<string, string> tags) =>
        [.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })];

    private JsonObject Describe(TrainingJob job)
    {
        var answer = new JsonObject
        {
            ["TrainingJobName"] = job.Name,
            ["TrainingJobArn"] = job.Arn,
            ["ModelArtifacts"] = job.ModelArtifacts is { } model ? new JsonObject { ["S3ModelArtifacts"] = model } : null,
            ["TrainingJobStatus"] = job.Status,
            ["SecondaryStatus"] = job.Secondary,
            ["FailureReason"] = job.FailureReason,
            ["CreationTime"] = job.CreatedAt.Seconds(),
            ["TrainingStartTime"] = job.TrainingStartedAt?.Seconds(),
            ["TrainingEndTime"] = job.EndedAt?.Seconds(),
            ["LastModifiedTime"] = job.ModifiedAt.Seconds(),
            ["SecondaryStatusTransitions"] = new JsonArray([.. job.Transitions.Select(t => new JsonObject
            {
                ["Status"] = t.Status, ["StartTime"] = t.Start.Seconds(), ["EndTime"] = t.End?.Seconds(), ["StatusMessage"] = t.Message,
            }.WithoutNulls())]),
        };
        if (job is { EndedAt: { } end, TrainingStartedAt: { } start })
        {
            var seconds = (int)Math.Ceiling((end - start).TotalSeconds);
            answer["TrainingTimeInSeconds"] = seconds;
            answer["BillableTimeInSeconds"] = seconds;
        }
        foreach (var member in (string[])["HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig",
            "ResourceConfig",
            "VpcConfig", "StoppingCondition", "EnableNetworkIsolation", "EnableManagedSpotTraining", "CheckpointConfig", "RetryStrategy",
            "Environment"])
            answer[member] = job.Request[member]?.DeepClone();
        return answer.WithoutNulls();
    }
}
