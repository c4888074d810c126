using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Asks slurmrestd, whatever version is spoken.</summary>
/// <param name="client">Speaks to it.</param>
/// <param name="address">Its address, for people.</param>
internal sealed class RestConnection(HttpClient client, string address)
{
    /// <summary>Opens it; nothing is asked yet.</summary>
    /// <param name="address"><c>http://head:6820</c>, or <c>unix:/run/slurmrestd.sock</c>.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="user">The user that the token is of.</param>
    /// <param name="token">The token; null where slurmrestd needs none, as on a socket of the user's own.</param>
    /// <exception cref="TargetException">The address is none.</exception>
    public static RestConnection Open(string address, TimeSpan patience, string user, string? token)
    {
        var path = address.StartsWith("unix:", StringComparison.Ordinal) ? address["unix:".Length..].Replace("//", "/", StringComparison.Ordinal) : null;
        if (path is null && !Uri.TryCreate(address, UriKind.Absolute, out _))
            throw new TargetException($"`rest` must be an address such as http://head:6820 or unix:/run/slurmrestd.sock: '{address}' is none.");
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (path is not null) handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        var root = new Uri(path is null ? address.TrimEnd('/') + "/" : "http://localhost/");
        var client = new HttpClient(handler) { BaseAddress = root, Timeout = patience };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Add("X-SLURM-USER-NAME", user);
            client.DefaultRequestHeaders.Add("X-SLURM-USER-TOKEN", token);
        }

        return new RestConnection(client, address);
    }

    /// <summary>Its address, for people.</summary>
    public string Address => address;

    /// <summary>The machine that it is on.</summary>
    public string Host => client.BaseAddress!.Host;

    /// <summary>Sends a request and reads the whole answer, whatever its status.</summary>
    /// <exception cref="HttpRequestException">It can't be reached.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">It had no answer in time, or <paramref name="cancellationToken"/> ended it.</exception>
    /// <remarks><see cref="IsBroken"/> tells these from what is no fault of the connection.</remarks>
    public async Task<RestAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        // All at once and with its length, since slurmrestd takes no chunks; and without a charset, which it takes for another type.
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var response = await client.SendAsync(request, cancellationToken);
        return new RestAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>The same, for what changes nothing and can be asked again.</summary>
    /// <exception cref="TargetException">There was no answer.</exception>
    public async Task<RestAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        }
        catch (Exception e) when (IsBroken(e, cancellationToken))
        {
            throw NoAnswer(Words(e), e);
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="read">Reads its JSON.</param>
    /// <param name="isListing">
    /// True where errors make it void: a listing that could not be made may be an empty one, which would mean that all has ended.
    /// </param>
    /// <exception cref="TargetException">It is a refusal, or void, or no such answer.</exception>
    public T Read<T>(RestAnswer answer, Func<JsonElement, T> read, bool isListing = true)
        where T : class
    {
        if (!answer.IsSuccess) throw NoAnswer($"it answers {(int)answer.Status} {answer.Errors()}");
        return answer.Read(json => isListing && RestAnswer.Errors(json) is { Length: > 0 } errors ? throw NoAnswer(errors) : read(json))
            ?? throw NoAnswer("its answer is not what its openapi version says");
    }

    /// <summary>True for what breaks a connection, and not for the caller's own end.</summary>
    public static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>What broke it, in words.</summary>
    public static string Words(Exception e) => e is OperationCanceledException ? "no answer in time" : e.InnerException?.Message ?? e.Message;

    /// <summary>The exception for a server that does not answer as it should.</summary>
    public TargetException NoAnswer(string words, Exception? inner = null) => new(
        $"slurmrestd at {address} does not answer as it should: {words}. Jobs go on all the same; it is tried again. "
        + "If it stays so, check `rest` and SLURM_JWT (`scontrol token`).",
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
