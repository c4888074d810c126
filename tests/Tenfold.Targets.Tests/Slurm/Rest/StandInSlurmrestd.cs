using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>
/// A slurmrestd of v0.0.40 or later, which no package of the test system contains. It checks requests and its own answers against the
/// published model.
/// </summary>
internal sealed class StandInSlurmrestd : IDisposable
{
    public const string User = "ann", Cluster = "hpc1", Controller = "head1";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly OpenApiModel _model = new();
    private readonly Lock _lock = new();

    /// <summary>Starts a server.</summary>
    /// <param name="versions">The last numbers of the versions that it serves.</param>
    public StandInSlurmrestd(params int[] versions)
    {
        Versions = versions;
        _listener.Start();
        _ = AcceptAsync();
    }

    public IReadOnlyList<int> Versions { get; set; }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>A token like that of <c>scontrol token</c>, with a false signature.</summary>
    public static string Token { get; } =
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":4102444800,"iat":1700000000,"sun":"{{User}}"}"""))}.c2ln";

    /// <summary>The token that it accepts.</summary>
    public string AcceptedToken { get; set; } = Token;

    public StandInQueue Queue { get; } = new();

    /// <summary>The release of Slurm that it reports.</summary>
    public string Release { get; set; } = "25.05.8";

    public string Accounting { get; set; } = "accounting_storage/none";

    /// <summary>Its partitions: name, longest and default time in minutes.</summary>
    public IReadOnlyList<(string Name, long? Most, long? Default)> Partitions { get; set; } = [("main", null, null)];

    /// <summary>The requests, in order: <c>GET slurm/v0.0.43/jobs/?flags=ALL</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The body of the last submission.</summary>
    public JsonNode? Submitted { get; private set; }

    /// <summary>Where requests or answers differ from the model.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>
    /// Replaces the answer to requests that contain a text, by a status and words, as plain text or as JSON with an error. Without a
    /// status, the request is carried out and its answer is lost.
    /// </summary>
    public (string Request, int? Status, string Words, bool IsPlain)? Failure { get; set; }

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    // Each connection carries one request.
    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var head = new List<byte>();
            var one = new byte[1];
            while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
                if (await stream.ReadAsync(one) == 1) head.Add(one[0]);
                else return;
            var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
            var headers = lines.Skip(1).Where(line => line.Contains(':'))
                .ToDictionary(
                    line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..].Trim(), StringComparer.OrdinalIgnoreCase);
            var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body);
            (int Status, string Text)? answer;
            lock (_lock) answer = Answer(lines[0].Split(' '), headers, body);
            if (answer is not { } given) return;
            var text = Encoding.UTF8.GetBytes(given.Text);
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 {given.Status} X\r\nContent-Length: {text.Length}\r\nConnection: Close\r\n\r\n"));
            await stream.WriteAsync(text);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client has disconnected.
        }
        catch (Exception e)
        {
            lock (_lock) Faults.Add(e.ToString());
        }
    }

    private (int Status, string Text)? Answer(string[] first, Dictionary<string, string> headers, byte[] body)
    {
        var (method, target) = (first[0], first[1].TrimStart('/'));
        Requests.Add($"{method} {target}");
        if (headers.GetValueOrDefault("X-SLURM-USER-TOKEN") != AcceptedToken || headers.GetValueOrDefault("X-SLURM-USER-NAME") != User)
            return (401, "Authentication failure");
        if (target == "openapi/v3")
        {
            var paths = Versions.Select(number => KeyValuePair.Create($"/slurm/v0.0.{number}/ping/", (JsonNode?)new JsonObject()));
            return (200, new JsonObject { ["paths"] = new JsonObject([.. paths]) }.ToJsonString());
        }

        var (path, query) = (target.Split('?')[0], target.Split('?').ElementAtOrDefault(1)?.Split('&') ?? []);
        var parts = path.Split('/', 3);
        var version = parts.Length == 3 && parts[1].StartsWith("v0.0.", StringComparison.Ordinal)
            ? int.Parse(parts[1][5..], CultureInfo.InvariantCulture) : 0;
        if (!Versions.Contains(version)) return (404, "Unable find requested URL. Please view /openapi/v3 for API reference.");
        if (version < 40)
            return parts[2] == "ping" ? (200, $$"""{"meta":{},"errors":[],"pings":[{"hostname":"{{Controller}}","ping":"UP"}]}""")
                : (500, "");
        var request = $"{method} {parts[0]}/{parts[2]}";
        using var json = body.Length > 0 ? JsonDocument.Parse(body) : null;
        if (body.Length > 0 && headers.GetValueOrDefault("Content-Type") != "application/json")
            Faults.Add($"{request} is of the type {headers.GetValueOrDefault("Content-Type")}");
        Faults.AddRange(_model.OfRequest(version, request, query.Select(pair => pair.Split('=')[0]), json?.RootElement));
        var failure = Failure is { } set && request.Contains(set.Request, StringComparison.Ordinal) ? Failure : null;
        if (failure is { Status: not null, IsPlain: true } plain) return (plain.Status.Value, plain.Words);
        if (failure is { Status: { } status } error) return (status, With(new JsonObject(), version, error.Words).ToJsonString());
        var answer = Do(request, version, json is null ? null : JsonNode.Parse(body));
        var text = With(answer, version, null).ToJsonString();
        using var parsed = JsonDocument.Parse(text);
        Faults.AddRange(_model.OfAnswer(version, request, parsed.RootElement));
        return failure is null ? (200, text) : null;
    }

    private JsonObject With(JsonObject answer, int version, string? error)
    {
        answer["meta"] = new JsonObject
        {
            ["plugin"] = new JsonObject
            {
                ["type"] = "openapi/slurmctld",
                ["name"] = "Slurm OpenAPI slurmctld",
                ["data_parser"] = $"data_parser/v0.0.{version}",
                ["accounting_storage"] = Accounting,
            },
            ["slurm"] = new JsonObject { ["release"] = Release, ["cluster"] = Cluster },
        };
        answer["errors"] = error is null
            ? new JsonArray()
            : new JsonArray(new JsonObject
            {
                ["description"] = "Batch job submission failed",
                ["error_number"] = 2000,
                ["error"] = error,
                ["source"] = "slurmctld",
            });
        answer["warnings"] = new JsonArray();
        return answer;
    }

    private JsonObject Do(string request, int version, JsonNode? body) => request switch
    {
        "GET slurm/ping/" => new() { ["pings"] = new JsonArray(Ping(version)) },
        "GET slurm/jobs/" => new()
        {
            ["jobs"] = Copy(Queue.Jobs),
            ["last_backfill"] = StandInQueue.NoVal(1),
            ["last_update"] = StandInQueue.NoVal(1),
        },
        "GET slurm/partitions/" => new()
        {
            ["partitions"] = new JsonArray([.. Partitions.Select((partition, i) => Partition(version, partition, i == 0))]),
            ["last_update"] = StandInQueue.NoVal(1),
        },
        "GET slurmdb/jobs/" => new() { ["jobs"] = Copy(Queue.Accounting) },
        "POST slurm/job/submit" => new()
        {
            ["job_id"] = Queue.Add(User, (Submitted = body!)["job"]!),
            ["step_id"] = "batch",
            ["job_submit_user_msg"] = "",
        },
        "DELETE slurm/jobs/" => new()
        {
            ["status"] = new JsonArray([.. body!["jobs"]!.AsArray().Select(handle => Cancel((string)handle!)).OfType<JsonNode>()]),
        },
        _ => throw new InvalidOperationException(request),
    };

    private static JsonObject Ping(int version)
    {
        var ping = new JsonObject { ["hostname"] = Controller, ["latency"] = 123 };
        if (version >= 42) (ping["responding"], ping["primary"]) = (true, true);
        if (version <= 44) (ping["pinged"], ping["mode"]) = ("UP", "primary");
        return ping;
    }

    private static JsonObject Partition(int version, (string Name, long? Most, long? Default) partition, bool isDefault)
    {
        var longest = partition.Most is { } most
            ? StandInQueue.NoVal(most)
            : new JsonObject { ["set"] = false, ["infinite"] = true, ["number"] = 0 };
        var json = new JsonObject
        {
            ["name"] = partition.Name,
            ["maximums"] = new JsonObject { ["time"] = longest },
            ["defaults"] = new JsonObject { ["time"] = StandInQueue.NoVal(partition.Default) },
        };
        if (version >= 45) json["flags"] = isDefault ? new JsonArray("DEFAULT") : new JsonArray();
        return json;
    }

    // Like slurmctld, it reports only the jobs that it could not cancel.
    private JsonObject? Cancel(string handle) => Queue.Cancel(handle) is not (not 0 and var code, var words) ? null : new JsonObject
    {
        ["error"] = new JsonObject { ["string"] = words, ["code"] = code, ["message"] = "" },
        ["step_id"] = handle,
        ["job_id"] = StandInQueue.NoVal(null),
        ["federation"] = new JsonObject { ["sibling"] = "" },
    };

    private static JsonArray Copy(List<JsonObject> jobs) => new([.. jobs.Select(job => job.DeepClone())]);
}
