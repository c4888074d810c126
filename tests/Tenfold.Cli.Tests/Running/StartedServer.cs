namespace Tenfold.Cli.Tests.Running;

/// <summary>A server on a sandbox's home, which the sandbox's commands ask until it is disposed.</summary>
internal sealed class StartedServer(Sandbox sandbox, Command process) : IAsyncDisposable
{
    private Command? _process = process;

    /// <summary>Starts a server, and waits until it answers.</summary>
    public static async Task<StartedServer> StartAsync(Sandbox sandbox, string role = "run")
    {
        var key = (await sandbox.Run("server", "keys", "add", "ann", "--role", role)).With(0).Out.Trim();
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        var process = sandbox.Start("server", "--listen", url);
        (sandbox.Variables["TENFOLD_SERVER"], sandbox.Variables["TENFOLD_API_KEY"]) = (url, key);
        await AnswersAsync(sandbox);
        return new StartedServer(sandbox, process);
    }

    /// <summary>Ends the server by SIGKILL, and starts it again at the same address.</summary>
    public async Task KillAndStartAsync()
    {
        _process!.Kill();
        await _process.EndAsync();
        _process.Dispose();
        _process = sandbox.Start("server", "--listen", sandbox.Variables["TENFOLD_SERVER"]);
        await AnswersAsync(sandbox);
    }

    /// <summary>Ends the server as a service manager does. Commands use this machine's ledger again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        sandbox.Variables.Remove("TENFOLD_SERVER");
        sandbox.Variables.Remove("TENFOLD_API_KEY");
        process.Signal(15);
        (await process.EndAsync()).With(0);
        process.Dispose();
    }

    private static Task<string> AnswersAsync(Sandbox sandbox) =>
        Until.Found(async () => (await sandbox.Run("runs")).ExitCode == 0 ? "" : null, () => "the server answers");
}
