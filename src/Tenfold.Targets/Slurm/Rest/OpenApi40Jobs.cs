using System.Text.Json;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Reads the jobs of openapi v0.0.40 to v0.0.45, both slurmctld's and accounting's.</summary>
internal static class OpenApi40Jobs
{
    /// <summary>Reads a job of slurmctld's listing (<c>job_info</c>).</summary>
    public static SlurmJob ReadListed(JsonElement job)
    {
        var description = RestJson.Text(job, "state_description");
        var waiting = ArrayRanges.ReadCut(RestJson.Text(job, "array_task_string"), out var isCut);
        return new SlurmJob
        {
            Id = TaggedNumber.Read(job, "array_job_id") is > 0 and var array
                ? array
                : RestJson.Number(job, "job_id") ?? throw new JsonException("a job has no `job_id`"),
            Indices = TaggedNumber.Read(job, "array_task_id") is { } index ? [(int)index] : waiting,
            HasMore = isCut,
            State = RestJobState.Word(RestJson.Texts(job, "job_state")),
            Reason = description.Length > 0 ? description : RestJson.Text(job, "state_reason"),
            Restarts = (int)(RestJson.Number(job, "restart_cnt") ?? 0),
            WaitStatus = WaitStatus(job),
            Nodes = RestJson.Text(job, "nodes"),
            Name = RestJson.Text(job, "name"),
            Comment = RestJson.Text(job, "comment") is { Length: > 0 } comment ? comment : null,
        };
    }

    /// <summary>Reads a job of accounting (<c>job</c>); null when it has not ended, or isn't Tenfold's.</summary>
    /// <remarks>Accounting stores a job's name, but its comment only if the cluster is configured to.</remarks>
    public static SlurmJob? ReadEnded(JsonElement job)
    {
        var (array, name) = (RestJson.Member(job, "array"), RestJson.Text(job, "name"));
        var state = RestJobState.Word(RestJson.Texts(RestJson.Member(job, "state"), "current"));
        if (!JobStates.IsEnded(state) || AttemptText.Read(name) is not { } attempts) return null;
        if (RestJson.Number(array, "job_id") is not (> 0 and var id)) return null;
        var indices = TaggedNumber.Read(array, "task_id") is { } index
            ? [(int)index]
            : ArrayRanges.Read(RestJson.Text(array, "task").Trim('[', ']'), ArrayRanges.MaxElements);
        return indices is null ? null : new SlurmJob
        {
            Id = id,
            Indices = indices,
            State = state,
            WaitStatus = WaitStatus(job),
            Nodes = RestJson.Text(job, "nodes") is var nodes && nodes != "None assigned" ? nodes : "",
            Name = name,
            Comment = new JobLabel("", attempts).Comment,
        };
    }

    // {"status":["SIGNALED"],"return_code":{…},"signal":{"id":{…},"name":"KILL"}}: one of the two is set once the job has run.
    private static int? WaitStatus(JsonElement job)
    {
        var code = RestJson.Member(job, "exit_code");
        var (exit, signal) = (TaggedNumber.Read(code, "return_code"), TaggedNumber.Read(RestJson.Member(code, "signal"), "id"));
        var isUnknown = (exit is null && signal is null) || RestJson.Texts(code, "status").Contains("INVALID");
        return isUnknown ? null : (int)(exit ?? 0) << 8 | (int)(signal ?? 0);
    }
}
