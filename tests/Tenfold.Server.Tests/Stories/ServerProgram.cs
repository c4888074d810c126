using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenfold.Server.Tests.Stories;

/// <summary>The published server as a process of its own, which tests kill and start again over the same home.</summary>
/// <param name="variables">Its environment variables, in addition to those of the tests.</param>
internal sealed class ServerProgram(IReadOnlyDictionary<string, string> variables) : IAsyncDisposable
{
    public const string Secret = "x";

    private Process? _process;

    /// <summary>The published programs, which <c>./build</c> makes.</summary>
    public static string Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (!File.Exists(Path.Combine(folder.FullName, "Tenfold.slnx"))) continue;
                var programs = Path.Combine(folder.FullName, "artifacts", "app");
                return Directory.Exists(programs) ? programs : throw new FileNotFoundException("run ./build first", programs);
            }

            throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no repository");
        }
    }

    private int Port { get; set; }

    /// <summary>Starts it, and waits until it listens.</summary>
    public async Task StartAsync()
    {
        Port = FreePort.Find();
        var start = new ProcessStartInfo(Path.Combine(Folder, "tenfold-server"), ["--url", $"http://127.0.0.1:{Port}"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["HOOK_SECRET"] = Secret;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        if (!variables.ContainsKey("TENFOLD_LEDGER")) start.Environment.Remove("TENFOLD_LEDGER");
        var process = _process = Process.Start(start)!;
        process.BeginErrorReadLine();
        await Eventually.ShouldBeAsync(() => process.HasExited || IsOpen(Port), "the server listens");
        process.HasExited.ShouldBeFalse();
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Delivers an event as GitHub does.</summary>
    public async Task<HttpStatusCode> DeliverAsync(string @event, string body, string id, string secret = Secret)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/hooks")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-GitHub-Event", @event);
        request.Headers.Add("X-GitHub-Delivery", id);
        request.Headers.Add("X-Hub-Signature-256", $"sha256={ServerScene.Sign(secret, body)}");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync() => await KillAsync();

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
