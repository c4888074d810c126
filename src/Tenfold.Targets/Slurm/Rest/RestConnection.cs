using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Sends requests to slurmrestd, whatever its openapi version.</summary>
/// <param name="client">The HTTP client.</param>
/// <param name="address">The address of slurmrestd as the user wrote it.</param>
/// <param name="user">The user who sends the requests.</param>
/// <param name="token">The user's token.</param>
internal sealed class RestConnection(HttpClient client, string address, string user, SlurmToken token)
{
    /// <summary>Prepares a connection. No request is sent yet.</summary>
    /// <param name="address"><c>http://head:6820</c>, or <c>unix:/run/slurmrestd.sock</c>.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="user">The user who sends the requests.</param>
    /// <param name="token">The user's token.</param>
    public static RestConnection Open(string address, TimeSpan timeout, string user, SlurmToken token)
    {
        var isSocket = address.StartsWith("unix:", StringComparison.Ordinal);
        var path = isSocket ? address["unix:".Length..].Replace("//", "/", StringComparison.Ordinal) : null;
        // A redirect would take the token to an address that the user has not set.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (path is not null) handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        var root = new Uri(path is null ? address.TrimEnd('/') + "/" : "http://localhost/");
        return new RestConnection(new HttpClient(handler) { BaseAddress = root, Timeout = timeout }, address, user, token);
    }

    /// <summary>Says why an address is not valid; null when it is.</summary>
    public static string? FaultOf(string address) =>
        address.StartsWith("unix:", StringComparison.Ordinal)
        || (Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            ? null
            : $"`rest` is '{address}', which is not an address: write http://head:6820 or unix:/run/slurmrestd.sock, for example.";

    /// <summary>The address of slurmrestd as the user wrote it.</summary>
    public string Address => address;

    /// <summary>The host of slurmrestd.</summary>
    public string Host => client.BaseAddress!.Host;

    /// <summary>
    /// Sends a request and reads the whole answer, whatever its status. After a refused token, it tries once with a new one.
    /// </summary>
    /// <exception cref="HttpRequestException">slurmrestd can't be reached.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">
    /// No answer arrived in time, or the caller cancelled <paramref name="cancellationToken"/>.
    /// </exception>
    /// <remarks><see cref="IsBroken"/> tells a broken connection from a cancellation by the caller.</remarks>
    public async Task<RestAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var used = token.Value;
        var answer = await SendAsync(method, path, body, used, cancellationToken);
        return answer.IsTokenRefused && token.TryRenew(used)
            ? await SendAsync(method, path, body, token.Value, cancellationToken)
            : answer;
    }

    /// <summary>Sends a request that changes nothing.</summary>
    /// <exception cref="TargetException">slurmrestd did not answer.</exception>
    public async Task<RestAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        }
        catch (Exception e) when (IsBroken(e, cancellationToken))
        {
            throw NoAnswer(Describe(e), e);
        }
    }

    /// <summary>Reads an answer's JSON.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="read">Reads its JSON.</param>
    /// <param name="isListing">
    /// True when errors make the answer void. A failed listing may look empty, which would mean that every job has ended.
    /// </param>
    /// <exception cref="TargetException">The answer is a refusal, is void, or is malformed.</exception>
    public T Read<T>(RestAnswer answer, Func<JsonElement, T> read, bool isListing = true)
        where T : class
    {
        if (!answer.IsSuccess) throw NoAnswer($"it answers {(int)answer.Status} {answer.Errors()}");
        return answer.Read(json => isListing && RestAnswer.Errors(json) is { Length: > 0 } errors ? throw NoAnswer(errors) : read(json))
            ?? throw NoAnswer("its answer does not match its openapi version");
    }

    /// <summary>True for an exception that means a broken connection; false for a cancellation by the caller.</summary>
    public static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Says for people what broke the connection.</summary>
    public static string Describe(Exception e) =>
        e is OperationCanceledException ? "it timed out" : e.InnerException?.Message ?? e.Message;

    /// <summary>Makes the exception for a request that slurmrestd did not carry out.</summary>
    public TargetException NoAnswer(string words, Exception? inner = null) => new(
        $"the request to slurmrestd at {address} failed: {words}.", inner)
    {
        Meanwhile = SlurmCommands.Meanwhile,
        Advice = "If this persists, check `rest` and SLURM_JWT (`scontrol token`).",
    };

    private async Task<RestAnswer> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? value, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (value is not null)
        {
            request.Headers.Add("X-SLURM-USER-NAME", user);
            request.Headers.Add("X-SLURM-USER-TOKEN", value);
        }

        // StringContent sends a length, because slurmrestd accepts no chunks. It sends no charset, which slurmrestd would not recognise.
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var response = await client.SendAsync(request, cancellationToken);
        return new RestAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

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
