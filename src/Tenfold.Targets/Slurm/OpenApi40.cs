using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tenfold.Targets.Slurm;

/// <summary>
/// openapi v0.0.40 to v0.0.45 (Slurm 23.11 to 26.05): numbers are objects, a state is an array of flags, and jobs are ended by a list. In what is
/// sent and read here these versions are alike.
/// </summary>
/// <param name="number">The last number of the version.</param>
/// <remarks>Source: the openapi documents that slurmrestd 24.05, 24.11, 25.05, 25.11 and 26.05 make of themselves, and Slurm's data_parser plugins.</remarks>
internal sealed partial class OpenApi40(int number) : IOpenApi
{
    // One request ends whole lists, but slurmctld holds all its locks meanwhile.
    private const int MaxCancelled = 500;

    private static readonly Version FirstSound = new(23, 11, 7);

    /// <inheritdoc/>
    public string Version { get; } = $"v0.0.{number}";

    /// <inheritdoc/>
    public string PingPath => $"slurm/{Version}/ping/";

    /// <inheritdoc/>
    /// <remarks>ALL: those of hidden partitions too. Without a word on it each job would come with the cores that it has on each node.</remarks>
    public string JobsPath => $"slurm/{Version}/jobs/?flags=ALL";

    /// <inheritdoc/>
    public string PartitionsPath => $"slurm/{Version}/partitions/?flags=ALL";

    /// <inheritdoc/>
    public string SubmitPath => $"slurm/{Version}/job/submit";

    /// <inheritdoc/>
    /// <remarks><c>scheduler_unset</c> means nothing; some releases of 24.05 forget their default for it when <c>skip_steps</c> is set.</remarks>
    public string? EndedPath(string user, DateTimeOffset since) =>
        $"slurmdb/{Version}/jobs/?users={Uri.EscapeDataString(user)}"
        + string.Create(CultureInfo.InvariantCulture, $"&start_time={since.ToUnixTimeSeconds()}&skip_steps=true&scheduler_unset=true");

    /// <inheritdoc/>
    /// <remarks>Before 23.11.7, to end one waiting element of an array ended them all, or there was no such request at all (Slurm's CHANGELOG).</remarks>
    public bool IsSound(JsonElement ping) =>
        number > 40 || (Release().Match(Json.Text(Json.Member(Json.Member(ping, "meta"), "slurm"), "release")) is { Success: true } match && System.Version.Parse(match.Value) >= FirstSound);

    /// <inheritdoc/>
    public RestCluster ReadPing(JsonElement answer)
    {
        var meta = Json.Member(answer, "meta");
        return new RestCluster(
            Json.Entries(answer, "pings").Select(ping => Json.Text(ping, "hostname")).FirstOrDefault(name => name.Length > 0),
            Json.Text(Json.Member(meta, "slurm"), "cluster") is { Length: > 0 } name ? name : null,
            Json.Text(Json.Member(meta, "plugin"), "accounting_storage").EndsWith("slurmdbd", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    /// <remarks>A slurmrestd that does not know the cluster's users by name tells none; what is ours, the comment says.</remarks>
    public IReadOnlyList<SlurmJob> ReadJobs(JsonElement answer, string user) =>
        [.. Json.Needed(answer, "jobs").Where(job => Json.Text(job, "user_name") is var name && (name.Length == 0 || name == user)).Select(OpenApi40Jobs.Listed)];

    /// <inheritdoc/>
    public IReadOnlyList<SlurmJob> ReadEnded(JsonElement answer) => [.. Json.Entries(answer, "jobs").Select(OpenApi40Jobs.Ended).OfType<SlurmJob>()];

    /// <inheritdoc/>
    /// <remarks>Which one is the default is told from v0.0.45 on; before, only where there is one alone.</remarks>
    public IReadOnlyList<Partition> ReadPartitions(JsonElement answer)
    {
        var partitions = Json.Needed(answer, "partitions").ToList();
        return
        [
            .. partitions.Select(partition => new Partition(
                Json.Text(partition, "name"), partitions.Count == 1 || Json.Texts(partition, "flags").Contains("DEFAULT"),
                Minutes(Json.Member(partition, "maximums")), Minutes(Json.Member(partition, "defaults")))),
        ];
    }

    /// <inheritdoc/>
    public JsonObject Write(Submission submission)
    {
        var options = submission.Options;
        var job = new JsonObject
        {
            ["script"] = submission.Script,
            ["name"] = submission.Label.Name,
            ["comment"] = submission.Label.Comment,
            ["array"] = submission.Array,
            ["tasks"] = 1,
            ["cpus_per_task"] = submission.Cpus,
            ["standard_output"] = submission.Output,
            ["open_mode"] = new JsonArray("APPEND"),
            ["current_working_directory"] = submission.Folder,
            ["environment"] = new JsonArray([.. submission.Environment.Select(variable => JsonValue.Create($"{variable.Key}={variable.Value}"))]),
            ["requeue"] = false,
            // As sbatch's --signal=B:TERM@90.
            ["kill_warning_signal"] = "TERM",
            ["kill_warning_flags"] = new JsonArray("BATCH_JOB"),
            ["kill_warning_delay"] = TaggedNumber.Write(SbatchArguments.SecondsBeforeLimit),
        };
        if (options.Partition is not null) job["partition"] = options.Partition;
        if (options.Account is not null) job["account"] = options.Account;
        if (options.Qos is not null) job["qos"] = options.Qos;
        if (options.Constraint is not null) job["constraints"] = options.Constraint;
        if (submission.MemoryMiB is { } memory) job["memory_per_node"] = TaggedNumber.Write(memory);
        if (submission.Gpus > 0) job["tres_per_node"] = $"gres/gpu:{submission.Gpus}";
        if (submission.Minutes is { } minutes) job["time_limit"] = TaggedNumber.Write(minutes);
        return new JsonObject { ["job"] = job };
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Never <c>DELETE job/12_3</c>: up to 24.05 it ends the whole array 12 (<c>_handle_job_delete</c> in slurmrestd's jobs.c). A list without jobs is
    /// not sent: it would mean none in particular.
    /// </remarks>
    public IEnumerable<RestCancel> Cancel(IReadOnlyList<SlurmJob> jobs) => jobs.Chunk(MaxCancelled).Select(some => new RestCancel(
        $"slurm/{Version}/jobs/", new JsonObject { ["signal"] = "KILL", ["jobs"] = new JsonArray([.. some.Select(job => JsonValue.Create(job.Handle))]) }));

    /// <inheritdoc/>
    public IReadOnlyList<string> NotCancelled(JsonElement answer) =>
    [
        .. Json.Entries(answer, "status").Select(job => Json.Member(job, "error")).Where(error => Json.Number(error, "code") is not (null or 0))
            .Select(error => string.Join(": ", new[] { Json.Text(error, "string"), Json.Text(error, "message") }.Where(text => text.Length > 0))),
    ];

    [GeneratedRegex(@"^\d+\.\d+\.\d+")]
    private static partial Regex Release();

    private static int? Minutes(JsonElement of) => TaggedNumber.Read(of, "time") is > 0 and < int.MaxValue and var minutes ? (int)minutes : null;
}
