using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>Slurm by slurmrestd, openapi v0.0.38 (Slurm 22.05 to 23.11).</summary>
/// <param name="client">Speaks to it.</param>
/// <param name="address">Its address, for people.</param>
/// <param name="user">The user that the token is of.</param>
/// <remarks>Source: slurmrestd(8) and the openapi v0.0.38 that it serves.</remarks>
internal sealed class SlurmRest(HttpClient client, string address, string user) : ISlurm
{
    private const string Root = "slurm/v0.0.38/";

    // It does not tell MaxArraySize; this is Slurm's default, and where it is less the array is split.
    private const int UsualArraySize = 1001;

    // An address may not grow too long; slurmrestd 22.05 answers 700 characters and not 2,000.
    private const int MaxCancelled = 50;

    // What has just ended by itself is as good as ended.
    private static readonly string[] GoneAlready = ["invalid job id", "already completing", "already complete", "already finished"];

    private ClusterFacts? _facts;
    private IReadOnlyList<Partition>? _partitions;

    /// <summary>Opens it.</summary>
    /// <param name="address"><c>http://head:6820</c>, or <c>unix:/run/slurmrestd.sock</c>.</param>
    /// <param name="patience">How long an answer may take.</param>
    public static SlurmRest Open(string address, TimeSpan patience)
    {
        var path = address.StartsWith("unix:", StringComparison.Ordinal) ? address["unix:".Length..].Replace("//", "/", StringComparison.Ordinal) : null;
        if (path is null && !Uri.TryCreate(address, UriKind.Absolute, out _)) throw new TargetException($"`rest` must be an address such as http://head:6820 or unix:/run/slurmrestd.sock: '{address}' is none.");
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (path is not null) handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        var client = new HttpClient(handler) { BaseAddress = new Uri(path is null ? address.TrimEnd('/') + "/" : "http://localhost/"), Timeout = patience };
        var token = Environment.GetEnvironmentVariable("SLURM_JWT");
        var user = token is null ? Environment.UserName : SlurmToken.UserOf(token) ?? Environment.UserName;
        if (token is not null)
        {
            client.DefaultRequestHeaders.Add("X-SLURM-USER-NAME", user);
            client.DefaultRequestHeaders.Add("X-SLURM-USER-TOKEN", token);
        }

        return new SlurmRest(client, address, user);
    }

    /// <inheritdoc/>
    public async Task<ClusterFacts> FactsAsync(CancellationToken cancellationToken)
    {
        if (_facts is not null) return _facts;
        using var answer = await AskAsync("ping", cancellationToken);
        // The cluster's name is not told; its controller's is as good to tell clusters apart.
        var controller = answer.RootElement.TryGetProperty("pings", out var pings) && pings.GetArrayLength() > 0 ? pings[0].GetProperty("hostname").GetString() : null;
        return _facts = new ClusterFacts(user, controller ?? new Uri(client.BaseAddress!, "/").Host, UsualArraySize, HasAccounting: false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>> JobsAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("jobs", cancellationToken);
        return [.. answer.RootElement.GetProperty("jobs").EnumerateArray().Where(job => Text(job, "user_name") == user).Select(Read)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SlurmJob>?> EndedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SlurmJob>?>(null);

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        try
        {
            // All at once and with its length, since slurmrestd takes no chunks; and without a charset, which it takes for another type.
            using var body = new StringContent(ToJson(submission).ToJsonString(), new MediaTypeHeaderValue("application/json"));
            using var response = await client.PostAsync(Root + "job/submit", body, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var errors = ErrorsOf(bytes);
            // What can't start as the partition is now is queued all the same, as sbatch has it: a number beside the error says so.
            if (response.IsSuccessStatusCode && (errors.Length == 0 || HasJob(bytes))) return new SubmitAnswer(SubmitKind.Taken);
            if (errors.Length == 0) errors = $"HTTP {(int)response.StatusCode}";
            return new SubmitAnswer(SubmitErrors.IsNoAnswer(errors) ? SubmitKind.Unknown : SubmitKind.Refused, errors);
        }
        catch (Exception e) when (IsBroken(e, cancellationToken))
        {
            return new SubmitAnswer(SubmitKind.Unknown, Words(e));
        }
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        foreach (var job in jobs.SelectMany(Parts))
        {
            try
            {
                using var response = await client.DeleteAsync($"{Root}job/{Uri.EscapeDataString(job.Handle)}", cancellationToken);
                var errors = await ErrorsAsync(response, cancellationToken);
                if (errors.Length > 0 && !GoneAlready.Any(words => errors.Contains(words, StringComparison.OrdinalIgnoreCase))) throw NoAnswer(errors);
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                throw NoAnswer(Words(e), e);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Partition>> PartitionsAsync(CancellationToken cancellationToken)
    {
        if (_partitions is not null) return _partitions;
        using var answer = await AskAsync("partitions", cancellationToken);
        return _partitions =
        [
            .. answer.RootElement.GetProperty("partitions").EnumerateArray().Select(partition => new Partition(
                Text(partition, "name"),
                partition.TryGetProperty("flags", out var flags) && flags.EnumerateArray().Any(flag => flag.GetString() == "default"),
                Minutes(partition, "max_time_limit"), Minutes(partition, "default_time_limit"))),
        ];
    }

    private static int? Minutes(JsonElement of, string name) =>
        of.TryGetProperty(name, out var limit) && limit.ValueKind == JsonValueKind.Number && limit.GetInt64() is > 0 and < int.MaxValue and var minutes ? (int)minutes : null;

    /// <inheritdoc/>
    public string Describe(Submission submission)
    {
        // Values of variables may be secrets.
        var body = ToJson(submission with { Environment = submission.Environment.ToDictionary(variable => variable.Key, _ => "…") });
        return $"POST {Root}job/submit to {address}\n{body.ToJsonString(Readable)}";
    }

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject ToJson(Submission submission)
    {
        var options = submission.Options;
        var environment = new JsonObject();
        foreach (var (name, value) in submission.Environment) environment[name] = value;
        var job = new JsonObject
        {
            ["name"] = submission.Label.Name,
            ["comment"] = submission.Label.Comment,
            ["array"] = submission.Array,
            ["tasks"] = 1,
            ["cpus_per_task"] = submission.Cpus,
            ["standard_output"] = submission.Output,
            ["open_mode"] = "append",
            ["current_working_directory"] = submission.Folder,
            ["environment"] = environment,
            // Not `requeue`, which slurmrestd 22.05 takes for true whatever it is.
            ["no_requeue"] = true,
        };
        if (options.Partition is not null) job["partition"] = options.Partition;
        if (options.Account is not null) job["account"] = options.Account;
        if (options.Qos is not null) job["qos"] = options.Qos;
        if (options.Constraint is not null) job["constraints"] = options.Constraint;
        if (submission.MemoryMiB is { } memory) job["memory_per_node"] = memory;
        if (submission.Gpus > 0) job["gres"] = $"gpu:{submission.Gpus}";
        if (submission.Minutes is { } minutes) job["time_limit"] = minutes;
        return new JsonObject { ["script"] = submission.Script, ["job"] = job };
    }

    private static SlurmJob Read(JsonElement job)
    {
        var (id, array) = (job.GetProperty("job_id").GetInt64(), job.GetProperty("array_job_id").GetInt64());
        var description = Text(job, "state_description");
        var waiting = Text(job, "array_task_string");
        var isCut = waiting.Contains("...", StringComparison.Ordinal);
        // The last number before the dots may be cut itself.
        if (isCut) waiting = waiting[..Math.Max(0, waiting.LastIndexOf(',', waiting.IndexOf("...", StringComparison.Ordinal) - 1))];
        return new SlurmJob
        {
            Id = array > 0 ? array : id,
            Indices = job.GetProperty("array_task_id") is { ValueKind: JsonValueKind.Number } index ? [index.GetInt32()] : ArrayRanges.Read(waiting, int.MaxValue) ?? [],
            HasMore = isCut,
            State = Text(job, "job_state"),
            Reason = description.Length > 0 ? description : Text(job, "state_reason"),
            Restarts = job.GetProperty("restart_cnt").GetInt32(),
            WaitStatus = job.GetProperty("exit_code") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null,
            Nodes = Text(job, "nodes"),
            Name = Text(job, "name"),
            Comment = Text(job, "comment") is { Length: > 0 } comment ? comment : null,
        };
    }

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private async Task<JsonDocument> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(Root + path, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(bytes) : throw NoAnswer($"it answers {(int)response.StatusCode} {ErrorsOf(bytes)}");
        }
        catch (Exception e) when (IsBroken(e, cancellationToken) || e is JsonException)
        {
            throw NoAnswer(Words(e), e);
        }
    }

    private static async Task<string> ErrorsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var errors = ErrorsOf(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return errors.Length > 0 || response.IsSuccessStatusCode ? errors : $"HTTP {(int)response.StatusCode}";
    }

    // Its answer to a wrong token, or to a version that it does not know, is plain text.
    private static string ErrorsOf(byte[] bytes)
    {
        try
        {
            using var answer = JsonDocument.Parse(bytes);
            return !answer.RootElement.TryGetProperty("errors", out var errors) ? ""
                : string.Join('\n', errors.EnumerateArray().SelectMany(error => new[] { Text(error, "error"), Text(error, "description") }).Where(text => text.Length > 0).Distinct());
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(bytes).Trim();
        }
    }

    private static IEnumerable<SlurmJob> Parts(SlurmJob job) => job.Indices.Count <= MaxCancelled ? [job] : job.Indices.Chunk(MaxCancelled).Select(some => job with { Indices = some });

    private static bool HasJob(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("job_id", out var id) && id.ValueKind == JsonValueKind.Number && id.GetInt64() > 0;
    }

    private static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Words(Exception e) => e is OperationCanceledException ? "no answer in time" : e.InnerException?.Message ?? e.Message;

    private TargetException NoAnswer(string words, Exception? inner = null) => new(
        $"slurmrestd at {address} does not answer as it should: {words}. Jobs go on all the same; it is tried again. If it stays so, check `rest`, that it offers openapi v0.0.38, and SLURM_JWT (`scontrol token`).",
        inner);

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
