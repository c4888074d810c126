using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Lists jobs, with every surprise that ListJobs has.</summary>
/// <remarks>Source: AWS Batch API Reference, ListJobs.</remarks>
internal sealed class JobListing(BatchState state, JobViews views)
{
    private const int MaxPage = 1000;
    private const int MaxFilteredPage = 100;

    public JsonObject List(JsonObject input)
    {
        var jobs = Scope(input);
        var filters = input.Items("filters");
        if (filters.Count > 1) throw Invalid("Only one filter is supported");
        IEnumerable<BatchJob> found;
        var most = MaxPage;
        if (filters is [var filter])
        {
            // A filter voids the status, skips the jobs of arrays, and lists the newest first.
            found = jobs.Where(job => job.Index is null && Fits(filter, job)).OrderByDescending(job => job.Number);
            most = MaxFilteredPage;
            if (input.Number("maxResults") > MaxFilteredPage) throw Invalid("maxResults must be at most 100 with a filter");
        }
        else
        {
            var status = input.Text("jobStatus") ?? "RUNNING";
            found = jobs.Where(job => job.Status == status).OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Number);
        }
        return Pages.Of(found.Select(views.Summarize), "jobSummaryList", input, most);
    }

    private IEnumerable<BatchJob> Scope(JsonObject input)
    {
        var queue = input.Text("jobQueue");
        var array = input.Text("arrayJobId");
        if ((queue is null) == (array is null)) throw Invalid("Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified");
        if (array is not null)
        {
            var parent = state.Find(array);
            return parent?.Children is { } children && IsShown(parent) ? children : throw Invalid($"Job {array} not found or no array job");
        }
        var found = state.Queue(queue!) ?? throw Invalid($"JobQueue {queue} not found.");
        return state.Jobs.Where(job => job.Queue == found && IsShown(job)).ToArray();
    }

    /// <summary>Whether a call shows a job; a new one is left out for a while.</summary>
    public static bool IsShown(BatchJob job) => job.HiddenCalls == 0 || job.HiddenCalls-- == 0;

    private static bool Fits(JsonNode filter, BatchJob job)
    {
        var value = filter.Texts("values") is [var first, ..] ? first : throw Invalid("A filter needs a value");
        switch (filter.Text("name"))
        {
            case "JOB_NAME":
                return Begins(job.Name, value);
            case "JOB_DEFINITION":
                return Begins(job.Spec.DefinitionName, value.Split(':')[0]);
            case "BEFORE_CREATED_AT":
                return job.CreatedAt.ToUnixTimeMilliseconds() < Milliseconds(value);
            case "AFTER_CREATED_AT":
                return job.CreatedAt.ToUnixTimeMilliseconds() > Milliseconds(value);
            default:
                throw Invalid($"Filter {filter.Text("name")} is not supported");
        }
    }

    private static long Milliseconds(string value) =>
        long.TryParse(value, out var time) ? time : throw Invalid("The time must be in milliseconds");

    private static bool Begins(string name, string pattern) => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : name.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private static AwsErrorException Invalid(string message) => new(400, "ClientException", message);
}
