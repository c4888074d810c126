using System.Text.Json.Nodes;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>The jobs of a slurmctld that starts nothing by itself, in the form of slurmrestd from v0.0.40 on.</summary>
internal sealed class StandInQueue
{
    private long _last = 100;

    /// <summary>The jobs that slurmctld lists.</summary>
    public List<JsonObject> Jobs { get; } = [];

    /// <summary>The jobs that accounting lists.</summary>
    public List<JsonObject> Accounting { get; } = [];

    /// <summary>The ids of jobs that this user may not cancel.</summary>
    public List<long> Forbidden { get; } = [];

    public static JsonObject NoVal(long? number) => new() { ["set"] = number is not null, ["infinite"] = false, ["number"] = number ?? 0 };

    public static JsonObject ExitCode(int? exit, int? signal = null, string? status = null) => new()
    {
        ["status"] = new JsonArray(status ?? (signal is not null ? "SIGNALED" : exit > 0 ? "ERROR" : exit is null ? "PENDING" : "SUCCESS")),
        ["return_code"] = NoVal(exit),
        ["signal"] = new JsonObject { ["id"] = NoVal(signal), ["name"] = signal is null ? "" : "KILL" },
    };

    /// <summary>Adds an array job whose elements wait.</summary>
    /// <returns>The job's id.</returns>
    public long Add(string user, JsonNode description)
    {
        var id = ++_last;
        Jobs.Add(new JsonObject
        {
            ["job_id"] = id,
            ["array_job_id"] = NoVal(id),
            ["array_task_id"] = NoVal(null),
            ["array_task_string"] = (string)description["array"]!,
            ["job_state"] = new JsonArray("PENDING"),
            ["state_description"] = "",
            ["state_reason"] = "Resources",
            ["restart_cnt"] = 0,
            ["exit_code"] = ExitCode(0),
            ["nodes"] = "",
            ["name"] = (string)description["name"]!,
            ["comment"] = (string?)description["comment"] ?? "",
            ["user_name"] = user,
            ["user_id"] = 1000,
        });
        return id;
    }

    /// <summary>Splits a waiting element off its array, because it has started and may have ended.</summary>
    public void Split(long array, int index, string[] state, JsonObject exit, string nodes = "n1", string reason = "None")
    {
        var waiting = Jobs.Single(job => Is(job, array) && ((string)job["array_task_string"]!).Length > 0);
        Keep(waiting, [.. Indices(waiting).Where(other => other != index)]);
        var element = (JsonObject)waiting.DeepClone();
        element["job_id"] = ++_last;
        element["array_task_id"] = NoVal(index);
        element["array_task_string"] = "";
        element["job_state"] = new JsonArray([.. state.Select(word => JsonValue.Create(word))]);
        element["state_reason"] = reason;
        element["exit_code"] = exit;
        element["nodes"] = nodes;
        Jobs.Add(element);
    }

    /// <summary>Cancels the job or elements of a handle: <c>12</c>, <c>12_3</c>, <c>12_[4-9]</c>.</summary>
    /// <returns>The error's code and words; code zero for no error.</returns>
    public (int Code, string Words) Cancel(string handle)
    {
        var parts = handle.Split('_');
        var id = long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
        var indices = parts.Length > 1 ? ArrayRanges.Read(parts[1].Trim('[', ']'), 10_000)! : null;
        if (Forbidden.Contains(id)) return (2002, "Access/permission denied");
        var found = Jobs.Where(job => Is(job, id) && (indices is null || Indices(job).Intersect(indices).Any())).ToList();
        if (found.Count == 0) return (2017, "Invalid job id specified");
        var hasEnded = false;
        foreach (var job in found)
        {
            if ((string)job["job_state"]![0]! is "PENDING") Keep(job, indices is null ? [] : [.. Indices(job).Except(indices)]);
            else if ((string)job["job_state"]![0]! is "RUNNING") job["job_state"] = new JsonArray("CANCELLED", "COMPLETING");
            else hasEnded = true;
        }

        return hasEnded ? (2021, "Job/step already completing or completed") : (0, "");
    }

    private static void Keep(JsonObject waiting, IReadOnlyList<int> indices)
    {
        waiting["array_task_string"] = ArrayRanges.Write(indices);
        if (indices.Count == 0) waiting["job_state"] = new JsonArray("CANCELLED");
    }

    private static bool Is(JsonObject job, long id) => (long)job["array_job_id"]!["number"]! == id;

    private static IReadOnlyList<int> Indices(JsonObject job) =>
        (bool)job["array_task_id"]!["set"]! ? [(int)(long)job["array_task_id"]!["number"]!]
            : ArrayRanges.Read((string)job["array_task_string"]!, 10_000) ?? [];
}
