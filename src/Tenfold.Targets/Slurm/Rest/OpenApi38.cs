using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>openapi v0.0.38 (Slurm 22.05 to 23.11): numbers are plain numbers, and a state is one word.</summary>
/// <remarks>Source: the openapi v0.0.38 that slurmrestd 22.05 serves. It has neither ended jobs nor the cluster's name.</remarks>
internal sealed class OpenApi38 : IOpenApi
{
    private const string Root = "slurm/v0.0.38/";

    // slurmrestd 22.05 answers a URL of 700 characters, but not one of 2,000.
    private const int MaxIndicesPerCancel = 50;

    /// <inheritdoc/>
    public string Version => "v0.0.38";

    /// <inheritdoc/>
    public string PingPath => $"{Root}ping";

    /// <inheritdoc/>
    public string JobsPath => $"{Root}jobs";

    /// <inheritdoc/>
    public string PartitionsPath => $"{Root}partitions";

    /// <inheritdoc/>
    public string SubmitPath => $"{Root}job/submit";

    /// <inheritdoc/>
    public string? EndedPath(string user, DateTimeOffset since) => null;

    /// <inheritdoc/>
    public bool IsSound(JsonElement ping) => true;

    /// <inheritdoc/>
    public RestCluster ReadPing(JsonElement answer) => new(
        RestJson.Entries(answer, "pings").Select(ping => RestJson.Text(ping, "hostname")).FirstOrDefault(name => name.Length > 0),
        Name: null,
        HasAccounting: false);

    /// <inheritdoc/>
    public IReadOnlyList<SlurmJob> ReadJobs(JsonElement answer, string user) =>
        [.. RestJson.Required(answer, "jobs").Where(job => RestJson.Text(job, "user_name") == user).Select(Read)];

    /// <inheritdoc/>
    public IReadOnlyList<SlurmJob> ReadEnded(JsonElement answer) => [];

    /// <inheritdoc/>
    public IReadOnlyList<Partition> ReadPartitions(JsonElement answer) =>
    [
        .. RestJson.Required(answer, "partitions").Select(partition => new Partition(
            RestJson.Text(partition, "name"), RestJson.Texts(partition, "flags").Contains("default"),
            Minutes(partition, "max_time_limit"), Minutes(partition, "default_time_limit"))),
    ];

    /// <inheritdoc/>
    public JsonObject Write(JobRequest request)
    {
        var options = request.Options;
        var environment = new JsonObject();
        foreach (var (name, value) in request.Environment) environment[name] = value;
        var job = new JsonObject
        {
            ["name"] = request.Label.Name,
            ["comment"] = request.Label.Comment,
            ["array"] = request.Array,
            ["tasks"] = 1,
            ["cpus_per_task"] = request.Cpus,
            ["standard_output"] = request.Output,
            ["open_mode"] = "append",
            ["current_working_directory"] = request.Folder,
            ["environment"] = environment,
            // Not `requeue`: slurmrestd 22.05 reads any value of it as true.
            ["no_requeue"] = true,
        };
        if (options.Partition is not null) job["partition"] = options.Partition;
        if (options.Account is not null) job["account"] = options.Account;
        if (options.Qos is not null) job["qos"] = options.Qos;
        if (options.Constraint is not null) job["constraints"] = options.Constraint;
        if (request.MemoryMiB is { } memory) job["memory_per_node"] = memory;
        if (request.Gpus > 0) job["gres"] = $"gpu:{request.Gpus}";
        if (request.Minutes is { } minutes) job["time_limit"] = minutes;
        return new JsonObject { ["script"] = request.Script, ["job"] = job };
    }

    /// <inheritdoc/>
    public IEnumerable<RestCancel> Cancel(IReadOnlyList<SlurmJob> jobs) =>
        jobs.SelectMany(Parts).Select(job => new RestCancel($"{Root}job/{Uri.EscapeDataString(job.Handle)}", null));

    /// <inheritdoc/>
    public IReadOnlyList<RestError> NotCancelled(JsonElement answer) => [];

    private static IEnumerable<SlurmJob> Parts(SlurmJob job) =>
        job.Indices.Count <= MaxIndicesPerCancel
            ? [job]
            : job.Indices.Chunk(MaxIndicesPerCancel).Select(indices => job with { Indices = indices });

    private static int? Minutes(JsonElement of, string name) =>
        RestJson.Number(of, name) is > 0 and < int.MaxValue and var minutes ? (int)minutes : null;

    private static SlurmJob Read(JsonElement job)
    {
        var (id, array) = (job.GetProperty("job_id").GetInt64(), job.GetProperty("array_job_id").GetInt64());
        var description = RestJson.Text(job, "state_description");
        var waiting = ArrayRanges.ReadCut(RestJson.Text(job, "array_task_string"), out var isCut);
        return new SlurmJob
        {
            Id = array > 0 ? array : id,
            Indices = RestJson.Number(job, "array_task_id") is { } index ? [(int)index] : waiting,
            HasMore = isCut,
            State = RestJson.Text(job, "job_state"),
            Reason = description.Length > 0 ? description : RestJson.Text(job, "state_reason"),
            Restarts = job.GetProperty("restart_cnt").GetInt32(),
            WaitStatus = (int?)RestJson.Number(job, "exit_code"),
            Nodes = RestJson.Text(job, "nodes"),
            Name = RestJson.Text(job, "name"),
            Comment = RestJson.Text(job, "comment") is { Length: > 0 } comment ? comment : null,
        };
    }
}
