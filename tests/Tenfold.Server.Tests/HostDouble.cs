using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tenfold.Server.Tests;

/// <summary>
/// The parts of GitHub's, GitLab's and Slack's APIs that the server calls, with their limits. It refuses what they refuse, and can be made
/// to fail. Calls of GitHub are held to GitHub's own specification, which has the answers too; what is wrong is thrown at the end.
/// </summary>
internal sealed class HostDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<(string Method, string Path, string Body)> _calls = [];
    private readonly Dictionary<string, string> _comments = [];
    private readonly List<string> _faults = [];
    private int _failures;
    private HttpStatusCode _failure;
    private string _failureBody = "";
    private (string Name, string Value)[] _failureHeaders = [];

    private HostDouble(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What the host answers to a request for its comments, whatever they are; null for what is documented.</summary>
    public string? OddComments { get; set; }

    /// <summary>The error that Slack answers to its next messages, with status 200; null for none.</summary>
    public string? SlackError { get; set; }

    /// <summary>How many requests came, with those that failed.</summary>
    public int Requests { get; private set; }

    /// <summary>The comments by their ids.</summary>
    public IReadOnlyDictionary<string, string> Comments
    {
        get
        {
            lock (_gate) return new Dictionary<string, string>(_comments);
        }
    }

    /// <summary>The calls that were not refused, in order.</summary>
    public IReadOnlyList<(string Method, string Path, string Body)> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    /// <summary>The states of a commit by their contexts, each with the latest description.</summary>
    public IReadOnlyList<(string State, string Context, string Description)> StatusesOf(string commit) =>
    [
        .. Calls.Where(call => call.Path.EndsWith($"/statuses/{commit}", StringComparison.Ordinal)).Select(call =>
        {
            var body = JsonDocument.Parse(call.Body).RootElement;
            var context = body.TryGetProperty("context", out var named) ? named : body.GetProperty("name");
            return (body.GetProperty("state").GetString()!, context.GetString()!, body.GetProperty("description").GetString()!);
        }),
    ];

    public static async Task<HostDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var host = new HostDouble(app);
        app.Run(host.AnswerAsync);
        await app.StartAsync();
        return host;
    }

    /// <summary>Slack's answer to a message.</summary>
    public static string SlackAnswer(int number) => $$"""{"ok":true,"ts":"1700.{{number}}"}""";

    /// <summary>Lets the next calls fail.</summary>
    public void Fail(int calls, HttpStatusCode status, string body = "", params (string Name, string Value)[] headers) =>
        (_failures, _failure, _failureBody, _failureHeaders) = (calls, status, body, headers);

    /// <summary>Removes a comment, as its readers may.</summary>
    public void Remove(string comment)
    {
        lock (_gate) _comments.Remove(comment);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_faults.Count > 0) throw new InvalidOperationException(string.Join('\n', _faults));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        try
        {
            var (status, answer, headers) = Answer(context.Request, body);
            context.Response.StatusCode = (int)status;
            foreach (var (name, value) in headers) context.Response.Headers[name] = value;
            await context.Response.WriteAsync(answer);
        }
        catch (Exception e) when (e is not IOException)
        {
            // Otherwise the server would take the double's defect for an outage.
            lock (_gate) _faults.Add($"{context.Request.Method} {context.Request.Path}: {e}");
            throw;
        }
    }

    private (HttpStatusCode Status, string Answer, (string Name, string Value)[] Headers) Answer(HttpRequest request, string body)
    {
        lock (_gate)
        {
            Requests++;
            if (request.Path.StartsWithSegments("/repos") && GitHubSpecification.Current.FindFault(request, body) is { } fault)
                _faults.Add(fault);
            if (IsAllowed(request) && _failures > 0 && _failures-- > 0) return (_failure, _failureBody, _failureHeaders);
            var (status, answer) = AnswerGood(request, body);
            return (status, answer, []);
        }
    }

    private (HttpStatusCode Status, string Answer) AnswerGood(HttpRequest request, string body)
    {
        var path = request.Path.Value!;
        if (path.StartsWith("/services/", StringComparison.Ordinal))
        {
            // An incoming webhook: its URL is its secret.
            _calls.Add((request.Method, path, body));
            return (HttpStatusCode.OK, "ok");
        }

        if (!IsAllowed(request)) return (HttpStatusCode.Unauthorized, "{}");
        var isGitHub = path.StartsWith("/repos/", StringComparison.Ordinal);
        if (request.Method == "GET")
        {
            if (OddComments is not null) return (HttpStatusCode.OK, OddComments);
            var listed = _comments.Select(comment => Comment(request, isGitHub, comment.Key, comment.Value));
            return (HttpStatusCode.OK, new JsonArray([.. listed]).ToJsonString());
        }

        var json = JsonDocument.Parse(body).RootElement;
        if (Refuses(path, json)) return (HttpStatusCode.UnprocessableEntity, """{"message":"Validation Failed"}""");
        if (SlackError is { } error && path.EndsWith("/chat.postMessage", StringComparison.Ordinal))
            return (HttpStatusCode.OK, $$"""{"ok":false,"error":"{{error}}"}""");
        _calls.Add((request.Method, path, body));
        if (path.EndsWith("/chat.postMessage", StringComparison.Ordinal))
            return (HttpStatusCode.OK, SlackAnswer(_calls.Count));
        if (!path.Contains("/comments", StringComparison.Ordinal) && !path.Contains("/notes", StringComparison.Ordinal))
            return (HttpStatusCode.Created, isGitHub ? Example(request).ToJsonString() : """{"id":1}""");
        var id = request.Method == "POST" ? $"{100 + _calls.Count}" : path.Split('/')[^1];
        if (request.Method != "POST" && !_comments.ContainsKey(id)) return (HttpStatusCode.NotFound, "{}");
        _comments[id] = json.GetProperty("body").GetString()!;
        var answer = Comment(request, isGitHub, id, _comments[id]).ToJsonString();
        return (request.Method == "POST" ? HttpStatusCode.Created : HttpStatusCode.OK, answer);
    }

    private static JsonNode Example(HttpRequest request) => GitHubSpecification.Current.ExampleOf(request.Method, request.Path.Value!);

    private static JsonNode Comment(HttpRequest request, bool isGitHub, string id, string body)
    {
        var example = !isGitHub ? new JsonObject() : Example(request) is JsonArray list ? list[0]!.DeepClone() : Example(request);
        (example["id"], example["body"]) = (long.Parse(id), body);
        return example;
    }

    private static bool IsAllowed(HttpRequest request) =>
        request.Headers.Authorization.ToString() is "Bearer token" or "token token" || request.Headers["PRIVATE-TOKEN"] == "token";

    private static bool Refuses(string path, JsonElement json)
    {
        if (json.TryGetProperty("body", out var text)) return text.GetString()!.Length > 65_536;
        if (!path.Contains("/statuses/", StringComparison.Ordinal)) return false;
        string[] states = path.StartsWith("/projects/", StringComparison.Ordinal)
            ? ["pending", "running", "success", "failed", "canceled"] : ["error", "failure", "pending", "success"];
        return json.GetProperty("description").GetString()!.Length > 140 || !states.Contains(json.GetProperty("state").GetString());
    }
}
