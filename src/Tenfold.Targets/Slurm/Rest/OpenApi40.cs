using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>
/// openapi v0.0.40 to v0.0.45 (Slurm 23.11 to 26.05): numbers are objects, a state is an array of flags, and one request cancels a list of
/// jobs. These versions do not differ in what Tenfold sends and reads.
/// </summary>
/// <param name="number">The last number of the version.</param>
/// <remarks>
/// Source: the openapi documents that slurmrestd 24.05, 24.11, 25.05, 25.11 and 26.05 generate, and Slurm's data_parser plugins.
/// </remarks>
internal sealed partial class OpenApi40(int number) : IOpenApi
{
    // One request may cancel any number of jobs, but slurmctld holds all its locks while it does.
    private const int MaxArraysPerCancel = 500;

    private static readonly Version FirstSound = new(23, 11, 7);

    /// <inheritdoc/>
    public string Version { get; } = $"v0.0.{number}";

    /// <inheritdoc/>
    public string PingPath => $"slurm/{Version}/ping/";

    /// <inheritdoc/>
    /// <remarks>
    /// ALL includes the jobs of hidden partitions. It leaves out the cores of each node, which the default flags list for every job.
    /// </remarks>
    public string JobsPath => $"slurm/{Version}/jobs/?flags=ALL";

    /// <inheritdoc/>
    public string PartitionsPath => $"slurm/{Version}/partitions/?flags=ALL";

    /// <inheritdoc/>
    public string SubmitPath => $"slurm/{Version}/job/submit";

    /// <inheritdoc/>
    /// <remarks>
    /// <c>scheduler_unset</c> has no effect, but some releases of 24.05 lose its default when <c>skip_steps</c> is set.
    /// </remarks>
    public string? EndedPath(string user, DateTimeOffset since) =>
        $"slurmdb/{Version}/jobs/?users={Uri.EscapeDataString(user)}"
        + string.Create(CultureInfo.InvariantCulture, $"&start_time={since.ToUnixTimeSeconds()}&skip_steps=true&scheduler_unset=true");

    /// <inheritdoc/>
    /// <remarks>
    /// Before 23.11.7, cancelling one waiting element cancelled its whole array, or was impossible (Slurm's CHANGELOG).
    /// </remarks>
    public bool IsSound(JsonElement ping)
    {
        if (number > 40) return true;
        var release = Release().Match(RestJson.Text(RestJson.Member(RestJson.Member(ping, "meta"), "slurm"), "release"));
        return release.Success && System.Version.Parse(release.Value) >= FirstSound;
    }

    /// <inheritdoc/>
    public RestCluster ReadPing(JsonElement answer)
    {
        var meta = RestJson.Member(answer, "meta");
        return new RestCluster(
            RestJson.Entries(answer, "pings").Select(ping => RestJson.Text(ping, "hostname")).FirstOrDefault(name => name.Length > 0),
            RestJson.Text(RestJson.Member(meta, "slurm"), "cluster") is { Length: > 0 } name ? name : null,
            RestJson.Text(RestJson.Member(meta, "plugin"), "accounting_storage").EndsWith("slurmdbd", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A slurmrestd that does not know the cluster's users reports no names. Then only the comments tell which jobs are Tenfold's.
    /// </remarks>
    public IReadOnlyList<SlurmJob> ReadJobs(JsonElement answer, string user) =>
    [
        .. RestJson.Required(answer, "jobs")
            .Where(job => RestJson.Text(job, "user_name") is var name && (name.Length == 0 || name == user))
            .Select(OpenApi40Jobs.ReadListed),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<SlurmJob> ReadEnded(JsonElement answer) =>
        [.. RestJson.Entries(answer, "jobs").Select(OpenApi40Jobs.ReadEnded).OfType<SlurmJob>()];

    /// <inheritdoc/>
    /// <remarks>Versions before v0.0.45 do not report the default partition. A single partition is the default.</remarks>
    public IReadOnlyList<Partition> ReadPartitions(JsonElement answer)
    {
        var partitions = RestJson.Required(answer, "partitions").ToList();
        return
        [
            .. partitions.Select(partition => new Partition(
                RestJson.Text(partition, "name"), partitions.Count == 1 || RestJson.Texts(partition, "flags").Contains("DEFAULT"),
                Minutes(RestJson.Member(partition, "maximums")), Minutes(RestJson.Member(partition, "defaults")))),
        ];
    }

    /// <inheritdoc/>
    public JsonObject Write(JobRequest request)
    {
        var options = request.Options;
        var job = new JsonObject
        {
            ["script"] = request.Script,
            ["name"] = request.Label.Name,
            ["comment"] = request.Label.Comment,
            ["array"] = request.Array,
            ["tasks"] = 1,
            ["cpus_per_task"] = request.Cpus,
            ["standard_output"] = request.Output,
            ["open_mode"] = new JsonArray("APPEND"),
            ["current_working_directory"] = request.Folder,
            ["environment"] =
                new JsonArray([.. request.Environment.Select(variable => JsonValue.Create($"{variable.Key}={variable.Value}"))]),
            ["requeue"] = false,
        };
        if (request.WarningSeconds is { } seconds)
        {
            // As sbatch's --signal=B:TERM@90.
            job["kill_warning_signal"] = "TERM";
            job["kill_warning_flags"] = new JsonArray("BATCH_JOB");
            job["kill_warning_delay"] = TaggedNumber.Write(seconds);
        }

        if (options.Partition is not null) job["partition"] = options.Partition;
        if (options.Account is not null) job["account"] = options.Account;
        if (options.Qos is not null) job["qos"] = options.Qos;
        if (options.Constraint is not null) job["constraints"] = options.Constraint;
        if (request.MemoryMiB is { } memory) job["memory_per_node"] = TaggedNumber.Write(memory);
        if (request.Gpus > 0) job["tres_per_node"] = $"gres/gpu:{request.Gpus}";
        if (request.Minutes is { } minutes) job["time_limit"] = TaggedNumber.Write(minutes);
        return new JsonObject { ["job"] = job };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Not <c>DELETE job/12_3</c>: up to 24.05 it cancels the whole array 12 (<c>_handle_job_delete</c> in slurmrestd's jobs.c). An empty
    /// list must never be sent: it would match every job.
    /// </remarks>
    public IEnumerable<RestCancel> Cancel(IReadOnlyList<SlurmJob> jobs) => jobs.Chunk(MaxArraysPerCancel).Select(chunk => new RestCancel(
        $"slurm/{Version}/jobs/",
        new JsonObject { ["signal"] = "KILL", ["jobs"] = new JsonArray([.. chunk.Select(job => JsonValue.Create(job.Handle))]) }));

    /// <inheritdoc/>
    public IReadOnlyList<RestError> NotCancelled(JsonElement answer) =>
    [
        .. RestJson.Entries(answer, "status").Select(job => RestJson.Member(job, "error"))
            .Where(error => RestJson.Number(error, "code") is not (null or 0))
            .Select(error => (Error: error, Texts: new[] { RestJson.Text(error, "string"), RestJson.Text(error, "message") }))
            .Select(one => new RestError(
                RestJson.Number(one.Error, "code"), string.Join(": ", one.Texts.Where(text => text.Length > 0)))),
    ];

    [GeneratedRegex(@"^\d+\.\d+\.\d+")]
    private static partial Regex Release();

    private static int? Minutes(JsonElement of) =>
        TaggedNumber.Read(of, "time") is > 0 and < int.MaxValue and var minutes ? (int)minutes : null;
}
