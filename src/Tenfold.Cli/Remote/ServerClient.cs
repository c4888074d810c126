using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Platform;

namespace Tenfold.Cli.Remote;

/// <summary>Asks a server over its API.</summary>
internal sealed class ServerClient : IDisposable
{
    /// <summary>How many bytes of an answer are read at most.</summary>
    public const int LargestAnswer = 64 << 20;

    /// <summary>How many bytes of a log's line are read at most. The longest piece that a server sends, all escaped, has 6.2 MB.</summary>
    public const int LongestLine = 8 << 20;

    /// <summary>How many bytes of a refusal are read at most.</summary>
    public const int LargestProblem = 64 << 10;

    // A server that is started again answers after a few seconds.
    private const int Tries = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100), Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly ServerAddress _address;
    private readonly TimeProvider _time;

    /// <param name="address">The server.</param>
    /// <param name="time">The clock.</param>
    public ServerClient(ServerAddress address, TimeProvider time)
    {
        _time = time;
        _address = address;
        // A redirection could lead the key elsewhere. A proxy would read it on its way to a plain http URL, also to this machine.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = address.Url.Scheme == "https" };
        _http = new HttpClient(handler, disposeHandler: true)
        {
            BaseAddress = new Uri(address.Url, "api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Key);
    }

    /// <summary>Gets a view.</summary>
    /// <exception cref="CommandException">The server refuses, can't be reached, or answers something else.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), type, cancellationToken);

    /// <summary>Posts a body, and gets a view.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> PostAsync<T>(string path, JsonObject body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(Post(path, body), type, cancellationToken);

    /// <summary>Posts a body, and gets a text.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<string> PostForTextAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = Post(path, body);
        return await InTimeAsync(
            async token =>
            {
                using var answer = await AnswerAsync(request, token);
                return await ReadAsync(answer, LargestAnswer, "64 MB", token);
            },
            cancellationToken);
    }

    /// <summary>Posts a body. The answer has none.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = Post(path, body);
        using var answer = await InTimeAsync(token => AnswerAsync(request, token), cancellationToken);
    }

    /// <summary>Posts a body on which the server acts once, however often it is sent: a lost answer is asked for again.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<T> PostOnceAsync<T>(string path, JsonObject body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var tries = 1; ; tries++)
        {
            var request = Post(path, body);
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                return await SendAsync(request, type, cancellationToken);
            }
            catch (CommandException e) when (e.IsLost && tries < Tries)
            {
                Terminal.Say($"{e.Message}; asking again");
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    /// <summary>Warns of what keeps the server from knowing the latest.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task WarnOutdatedAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in (await GetAsync("status", ViewJson.Default.StatusView, cancellationToken)).Faults)
            Terminal.Say($"warning: this may not be the latest: {fault}");
    }

    /// <summary>Gets objects, one on each line, as they arrive.</summary>
    /// <exception cref="CommandException">
    /// As <see cref="GetAsync"/>; or the connection breaks before the end, or a line is too long.
    /// </exception>
    public async IAsyncEnumerable<T> GetLinesAsync<T>(
        string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        // The lines of a log that is followed may take days. The beginning of the answer may not.
        using var answer = await InTimeAsync(token => AnswerAsync(request, token), cancellationToken);
        var lines = new BoundedLines(await answer.Content.ReadAsStreamAsync(cancellationToken), LongestLine);
        while (await ReadLineAsync(lines, cancellationToken) is { } line)
            if (!string.IsNullOrWhiteSpace(line)) yield return Parse(line, type);
    }

    /// <summary>Opens what the server sends as bytes.</summary>
    /// <returns>The bytes, for <see cref="ReadAsync(Stream, Memory{byte}, CancellationToken)"/>.</returns>
    /// <exception cref="CommandException">As <see cref="GetAsync"/>.</exception>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        // The stream disposes of the answer.
        var answer = await InTimeAsync(token => AnswerAsync(request, token), cancellationToken);
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>Reads some of the bytes that a server sends. They may take days, but each of them comes in time.</summary>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="CommandException">The connection breaks before the end, or nothing comes.</exception>
    public Task<int> ReadAsync(Stream content, Memory<byte> buffer, CancellationToken cancellationToken) => InTimeAsync(
        async token => await content.ReadAsync(buffer, token), cancellationToken,
        "what has arrived is kept: give the command again to go on");

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Post(string path, JsonObject body)
    {
        var content = new StringContent(body.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using (request)
        {
            return await InTimeAsync(
                async token =>
                {
                    using var answer = await AnswerAsync(request, token);
                    return Parse(await ReadAsync(answer, LargestAnswer, "64 MB", token), type);
                },
                cancellationToken);
        }
    }

    private async Task<T> InTimeAsync<T>(
        Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken, string? next = null)
    {
        using var limit = new Deadline(Patience, _time, cancellationToken);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"gave no answer within {Patience.TotalSeconds:0} s{Next()}", isLost: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unavailable($"broke off its answer: {e.Message.TrimEnd('.')}{Next()}", isLost: true);
        }

        string Next() => next is null ? "" : $"; {next}";
    }

    // The answer as UTF-8, which JSON always is, whatever the answer's header says. Source: RFC 8259, section 8.1.
    private async Task<string> ReadAsync(HttpResponseMessage answer, int most, string size, CancellationToken cancellationToken)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(most, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw Unavailable($"sends an answer of more than {size}, the most that a command reads");
        }

        return Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken)).TrimStart('\ufeff');
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Unavailable($"can't be reached: {e.Message}", isLost: true);
        }

        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await ProblemAsync(answer, cancellationToken);
    }

    private async Task<CommandException> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
        // A proxy in front of the server waits only so long, or sees the connection break. The server may have acted.
        if (!isProblem && answer.StatusCode is (HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout))
            return Unavailable($"gave its proxy no answer in time ({(int)answer.StatusCode})", isLost: true);
        if (!isProblem)
            return Unavailable($"answered {(int)answer.StatusCode}: is it a Tenfold server?");
        var problem = Parse(await ReadAsync(answer, LargestProblem, "64 kB", cancellationToken), ViewJson.Default.ProblemView);
        return new CommandException(
            problem.Code switch
            {
                "bad-input" => ExitCodes.BadInput,
                "not-found" => ExitCodes.NotFound,
                "already-exists" => ExitCodes.Exists,
                "damaged" => ExitCodes.Damaged,
                "cannot-write" => ExitCodes.CannotWrite,
                "not-passed" => ExitCodes.GateFailed,
                _ => ExitCodes.Unavailable,
            },
            problem.Detail);
    }

    private async Task<string?> ReadLineAsync(BoundedLines lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw Unavailable($"sends a line of more than {LongestLine >> 20} MB, the most that a command reads");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unavailable($"broke off its answer, and what was printed is not complete: {e.Message}");
        }
    }

    private T Parse<T>(string text, JsonTypeInfo<T> type)
    {
        try
        {
            return ServerJson.Read(text, type);
        }
        catch (JsonException)
        {
            throw Unavailable("answered something that this version of tenfold can't read: use the server's version");
        }
    }

    private CommandException Unavailable(string what, bool isLost = false) =>
        new(ExitCodes.Unavailable, $"the server {_address.Url.Host} {what}") { IsLost = isLost };
}
