using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tenfold.App.Pushes.Answers;

/// <summary>Calls a REST API that speaks JSON. It follows no redirect, so that a token reaches only the host that it is for.</summary>
internal sealed class JsonCaller : IDisposable
{
    // A longer answer counts as none.
    private const long MostBytes = 16 << 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = MostBytes };

    /// <summary>Makes a call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="url">The URL.</param>
    /// <param name="headers">The headers, with the token.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer; null when the host gave none.</returns>
    public async Task<JsonReply?> CallAsync(
        HttpMethod method, string url, IEnumerable<(string Name, string Value)> headers, JsonElement? body,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tenfold", Product.Version));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is { } json) request.Content = new StringContent(json.GetRawText(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return new JsonReply(answer.StatusCode, text) { Wait = RateLimit.WaitOf(answer, text) };
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Makes a JSON object; members that are null are left out.</summary>
    public static JsonElement Object(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
                if (value is not null) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        using var json = JsonDocument.Parse(bytes.ToArray());
        return json.RootElement.Clone();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>An answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record JsonReply(HttpStatusCode Status, string Body)
{
    /// <summary>How long the host wants to be left alone after too many requests; null when it does not.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonElement? Json
    {
        get
        {
            try
            {
                using var json = JsonDocument.Parse(Body);
                return json.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>What the answer means for something that was posted.</summary>
    public HostReply ToReply() => Status switch
    {
        _ when Wait is not null => new HostReply(ReplyKind.Later, $"{(int)Status}, too many requests") { Wait = Wait },
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new HostReply(ReplyKind.Posted, IdOf(Json)),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new HostReply(ReplyKind.Gone, $"{(int)Status}"),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new HostReply(ReplyKind.Later, $"{(int)Status}"),
        _ => new HostReply(ReplyKind.Refused, $"{(int)Status} {Body[..Math.Min(200, Body.Length)]}"),
    };

    /// <summary>The number or text under <c>id</c>; null for none.</summary>
    public static string? IdOf(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty("id", out var id) ? $"{id}" : null;
}
