using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Tenfold.Server.Tests.Stories;

/// <summary>The published server, with logs as JSON.</summary>
public sealed class A_server_is_stopped_by_SIGTERM : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_request_in_progress_is_answered_and_a_damaged_ledger_shows_before()
    {
        _folder.Write("home/server.yaml", $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, url: /nowhere }} }}\n");
        var port = FreePort.Find();
        using var server = Start(port);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.ShouldBeAsync(() => StatusAsync(client).GetAwaiter().GetResult() == HttpStatusCode.OK, "the server is healthy");
        await RenameAsync("pushes", "gone");
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await RenameAsync("gone", "pushes");
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        var body = StoryPayloads.Push(new string('1', 40), new string('2', 40));
        using var connection = new TcpClient("127.0.0.1", port);
        await using var stream = connection.GetStream();
        var request = $"POST /hooks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: 1\r\n"
            + $"X-Hub-Signature-256: sha256={ServerScene.Sign(ServerProgram.Secret, body)}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request + body[..10]));
        // The server has the first bytes once it answers a later request.
        await StatusAsync(client);
        using (var kill = Process.Start("kill", ["-TERM", $"{server.Id}"])) await kill.WaitForExitAsync();
        await Eventually.ShouldBeAsync(() => !IsOpen(port), "the server takes no more connections");
        server.HasExited.ShouldBeFalse();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body[10..]));
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 202");
        await server.WaitForExitAsync();
        server.ExitCode.ShouldBe(0);
        _lines.ShouldNotBeEmpty();
        foreach (var line in _lines) JsonDocument.Parse(line).RootElement.ValueKind.ShouldBe(JsonValueKind.Object, line);
    }

    private Process Start(int port)
    {
        string[] arguments = ["--url", $"http://127.0.0.1:{port}", "--log-format", "json"];
        var start = new ProcessStartInfo(Path.Combine(ServerProgram.Folder, "tenfold-server"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TENFOLD_HOME"] = _folder["home"];
        start.Environment["HOOK_SECRET"] = ServerProgram.Secret;
        start.Environment.Remove("TENFOLD_LEDGER");
        var server = Process.Start(start)!;
        foreach (var isError in new[] { true, false })
        {
            if (isError) server.ErrorDataReceived += (_, line) => Keep(line.Data);
            else server.OutputDataReceived += (_, line) => Keep(line.Data);
        }

        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        return server;
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line)) _lines.Enqueue(line);
    }

    private async Task RenameAsync(string from, string to)
    {
        var file = Directory.EnumerateFiles(_folder["home"], "pushes.db", SearchOption.AllDirectories).ShouldHaveSingleItem();
        await using var database = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=30");
        await database.OpenAsync();
        await using var change = database.CreateCommand();
        change.CommandText = $"ALTER TABLE {from} RENAME TO {to}";
        await change.ExecuteNonQueryAsync();
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static bool IsOpen(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
