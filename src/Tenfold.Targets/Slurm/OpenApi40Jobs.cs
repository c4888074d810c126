using System.Text.Json;

namespace Tenfold.Targets.Slurm;

/// <summary>Jobs as openapi v0.0.40 to v0.0.45 tell them: slurmctld's, and those of the accounts.</summary>
internal static class OpenApi40Jobs
{
    /// <summary>A job of slurmctld's listing (<c>job_info</c>).</summary>
    public static SlurmJob Listed(JsonElement job)
    {
        var description = Json.Text(job, "state_description");
        var waiting = ArrayRanges.ReadCut(Json.Text(job, "array_task_string"), out var isCut);
        return new SlurmJob
        {
            Id = TaggedNumber.Read(job, "array_job_id") is > 0 and var array ? array : Json.Number(job, "job_id") ?? throw new JsonException("a job has no `job_id`"),
            Indices = TaggedNumber.Read(job, "array_task_id") is { } index ? [(int)index] : waiting,
            HasMore = isCut,
            State = StateFlags.Word(Json.Texts(job, "job_state")),
            Reason = description.Length > 0 ? description : Json.Text(job, "state_reason"),
            Restarts = (int)(Json.Number(job, "restart_cnt") ?? 0),
            WaitStatus = WaitStatus(job),
            Nodes = Json.Text(job, "nodes"),
            Name = Json.Text(job, "name"),
            Comment = Json.Text(job, "comment") is { Length: > 0 } comment ? comment : null,
        };
    }

    /// <summary>A job of the accounts (<c>job</c>); null when it has not ended, or is not ours.</summary>
    /// <remarks>As in sacct's listing, its name is kept as a rule and its comment only where the cluster is told to.</remarks>
    public static SlurmJob? Ended(JsonElement job)
    {
        var (array, name) = (Json.Member(job, "array"), Json.Text(job, "name"));
        var state = StateFlags.Word(Json.Texts(Json.Member(job, "state"), "current"));
        if (!JobStates.IsEnded(state) || AttemptText.Read(name) is not { } attempts || Json.Number(array, "job_id") is not (> 0 and var id)) return null;
        var indices = TaggedNumber.Read(array, "task_id") is { } index ? [(int)index] : ArrayRanges.Read(Json.Text(array, "task").Trim('[', ']'), int.MaxValue);
        return indices is null ? null : new SlurmJob
        {
            Id = id,
            Indices = indices,
            State = state,
            WaitStatus = WaitStatus(job),
            Nodes = Json.Text(job, "nodes") is var nodes && nodes != "None assigned" ? nodes : "",
            Name = name,
            Comment = new JobLabel("", attempts).Comment,
        };
    }

    // {"status":["SIGNALED"],"return_code":{…},"signal":{"id":{…},"name":"KILL"}}: one of the two is set, and none before it has run.
    private static int? WaitStatus(JsonElement job)
    {
        var code = Json.Member(job, "exit_code");
        var (exit, signal) = (TaggedNumber.Read(code, "return_code"), TaggedNumber.Read(Json.Member(code, "signal"), "id"));
        return exit is null && signal is null || Json.Texts(code, "status").Contains("INVALID") ? null : (int)(exit ?? 0) << 8 | (int)(signal ?? 0);
    }
}
