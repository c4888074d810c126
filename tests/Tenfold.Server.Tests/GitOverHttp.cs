using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tenfold.Server.Tests;

/// <summary>A git host's side of git: <c>git http-backend</c> behind HTTP, for readers with a token only.</summary>
internal sealed class GitOverHttp : IAsyncDisposable
{
    private static readonly string Expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:token"))}";

    private readonly WebApplication _app;
    private int _refused;

    private GitOverHttp(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>How many requests came without the token.</summary>
    public int Refused => _refused;

    /// <summary>Serves the repositories below a folder.</summary>
    public static async Task<GitOverHttp> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var git = new GitOverHttp(app);
        app.Run(context => git.AnswerAsync(folder, context));
        await app.StartAsync();
        return git;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(string folder, HttpContext context)
    {
        if (context.Request.Headers.Authorization != Expected)
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var backend = Process.Start(Start(folder, context.Request, body.Length))!;
        await backend.StandardInput.BaseStream.WriteAsync(body.ToArray());
        backend.StandardInput.Close();
        using var output = new MemoryStream();
        await backend.StandardOutput.BaseStream.CopyToAsync(output);
        await backend.WaitForExitAsync();
        await WriteAsync(context.Response, output.ToArray());
    }

    private static ProcessStartInfo Start(string folder, HttpRequest request, long length)
    {
        var start = new ProcessStartInfo("git", ["http-backend"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_PROJECT_ROOT"] = folder;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["REQUEST_METHOD"] = request.Method;
        start.Environment["PATH_INFO"] = request.Path;
        start.Environment["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "";
        start.Environment["CONTENT_TYPE"] = request.ContentType ?? "";
        start.Environment["CONTENT_LENGTH"] = $"{length}";
        start.Environment["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString();
        start.Environment["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString();
        return start;
    }

    // The answer of a CGI program: headers, an empty line, the body.
    private static async Task WriteAsync(HttpResponse response, byte[] output)
    {
        var end = output.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(output, 0, end).Split("\r\n"))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name == "Status") response.StatusCode = int.Parse(value[..3]);
            else response.Headers[name] = value;
        }

        await response.Body.WriteAsync(output.AsMemory(end + 4));
    }
}
