using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>A command that was started and may be running still.</summary>
internal sealed class Command(Process process, string line) : IDisposable
{
    private readonly Task<string> _out = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>Ends the command with SIGKILL, but no process that it started.</summary>
    public void Kill() => process.Kill();

    public void Signal(int signal) => OwnProcesses.Signal(process.Id, signal);

    public async Task<Ended> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Until.Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new Ended(line, process.ExitCode, await _out.WaitAsync(deadline.Token), await _error.WaitAsync(deadline.Token));
        }
        catch (OperationCanceledException e)
        {
            var state = process.HasExited ? "ended, but something that it started holds its output open" : "did not end";
            if (!process.HasExited) process.Kill();
            throw new TimeoutException($"{line}\n{state} within {Until.Deadline.TotalSeconds} s", e);
        }
    }

    public void Dispose() => process.Dispose();
}
