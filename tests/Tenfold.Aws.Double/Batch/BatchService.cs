using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>AWS Batch. What tests do to it is in <see cref="BatchService"/>'s other part.</summary>
/// <remarks>Source: AWS Batch API Reference and User Guide.</remarks>
public sealed partial class BatchService : AwsService
{
    private const int MaxDescribed = 100;
    private readonly Account _account;
    private readonly BatchState _state;
    private readonly JobScheduler _scheduler;
    private readonly JobRunner _runner;
    private readonly JobViews _views;

    internal BatchService(Account account, LogsService logs) : base("batch")
    {
        _account = account;
        _state = new BatchState(account);
        _runner = new JobRunner(account, _state, logs);
        _scheduler = new JobScheduler(account, _state, _runner);
        _views = new JobViews(account);
        var listing = new JobListing(_state, _views);
        var submission = new JobSubmission(account, _state);
        OnLocked("SubmitJob", request => Submit(submission, request));
        OnLocked("DescribeJobs", request => Describe(request.Input));
        OnLocked("ListJobs", request => listing.List(request.Input));
        OnLocked("CancelJob", request => Stop(request.Input, _scheduler.Cancel));
        OnLocked("TerminateJob", request => Stop(request.Input, _scheduler.Terminate));
        OnLocked("RegisterJobDefinition", request => _state.Definitions.Register(request.Input));
        OnLocked("DeregisterJobDefinition", request => _state.Definitions.Deregister(request.Input));
        OnLocked("DescribeJobDefinitions", request => _state.Definitions.Describe(request.Input));
        OnLocked("DescribeJobQueues", request => Pages.Of(
            Named(request.Input.Texts("jobQueues"), _state.Queues, q => q.Name, q => q.Arn).Select(q => q.Describe()), "jobQueues",
            request.Input, MaxDescribed));
        OnLocked("DescribeComputeEnvironments", request => Pages.Of(
            Named(request.Input.Texts("computeEnvironments"), _state.Environments, e => e.Name, e => e.Arn).Select(e => e.Describe()),
            "computeEnvironments", request.Input, MaxDescribed));
        OnLocked("TagResource", request => Tag(request.Input));
        OnLocked("UntagResource", request => Untag(request.Input));
        OnLocked("ListTagsForResource", request => new JsonObject { ["tags"] = TagsOf(request.Input.Text("resourceArn")!).ToMap() });
    }

    private void OnLocked(string operation, Func<AwsRequest, JsonObject> answer) => On(operation, request =>
    {
        lock (_state.Gate)
        {
            _scheduler.Pump();
            return answer(request);
        }
    });

    private JsonObject Submit(JobSubmission submission, AwsRequest request)
    {
        var job = submission.Submit(request);
        _scheduler.Add(job);
        // The answer comes first: what happens to the job is seen by the next call.
        _account.Run(() =>
        {
            lock (_state.Gate) _scheduler.Pump();
            return Task.CompletedTask;
        });
        return new JsonObject { ["jobArn"] = _views.ArnOf(job), ["jobName"] = job.Name, ["jobId"] = job.Id };
    }

    private JsonObject Describe(JsonObject input)
    {
        var ids = input.Texts("jobs");
        if (ids.Count > MaxDescribed) throw new AwsErrorException(400, "ClientException", "Maximum number of jobs supported is 100");
        var found = ids.Distinct().Select(_state.Find).Where(job => job is not null && JobListing.IsShown(job.Parent ?? job));
        return new JsonObject { ["jobs"] = new JsonArray([.. found.Select(job => _views.Describe(job!))]) };
    }

    private JsonObject Stop(JsonObject input, Action<BatchJob, string> stop)
    {
        // Unknown jobs are no error.
        if (_state.Find(input.Text("jobId")!) is { } job) stop(job, input.Text("reason")!);
        return [];
    }

    private JsonObject Tag(JsonObject input)
    {
        var arn = input.Text("resourceArn")!;
        var tags = TagsOf(arn);
        foreach (var (name, value) in input.Map("tags"))
        {
            tags[name] = value;
            _state.Definitions.Tag(arn, name, value);
        }
        return [];
    }

    private JsonObject Untag(JsonObject input)
    {
        var arn = input.Text("resourceArn")!;
        var tags = TagsOf(arn);
        foreach (var name in input.Texts("tagKeys"))
        {
            tags.Remove(name);
            _state.Definitions.Tag(arn, name, null);
        }
        return [];
    }

    private Dictionary<string, string> TagsOf(string arn)
    {
        var resource = arn.Split(':', 6)[^1];
        if (resource.StartsWith("job/", StringComparison.Ordinal) && _state.Find(resource[4..]) is { } job) return job.Tags;
        if (_state.Definitions.ByArn(arn) is { } definition) return definition.Map("tags");
        if (_state.Queue(arn) is { } queue) return queue.Tags;
        if (_state.Environment(arn) is { } environment) return environment.Tags;
        throw new AwsErrorException(400, "ClientException", $"Resource {arn} not found");
    }

    private static IEnumerable<T> Named<T>(IReadOnlyList<string> names, List<T> all, Func<T, string> name, Func<T, string> arn) =>
        names.Count == 0 ? all : all.Where(one => names.Contains(name(one)) || names.Contains(arn(one)));
}
