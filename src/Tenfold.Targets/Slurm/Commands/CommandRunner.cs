using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Runs Slurm's commands, each with an environment that is all spelled out, and with an end.</summary>
/// <param name="environment">
/// What the commands need of this process's own environment. Not all of it: <c>SQUEUE_FORMAT</c> would change what they print, and what a job
/// around us has set would be taken for a wish.
/// </param>
/// <param name="patience">How long a command may take.</param>
/// <param name="time">The clock.</param>
internal sealed class CommandRunner(IReadOnlyDictionary<string, string> environment, TimeSpan patience, TimeProvider time)
{
    private static readonly string[] Passed = ["PATH", "HOME", "USER", "LOGNAME", "TZ", "SLURM_CONF", "SLURM_JWT", "LD_LIBRARY_PATH"];

    /// <summary>The environment of this process, as far as the commands need it.</summary>
    public static IReadOnlyDictionary<string, string> Needed { get; } = Passed
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Name, variable => variable.Value!);

    /// <summary>Runs one to its end.</summary>
    /// <param name="program">Its name; it is looked up in PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="further">Variables beside those that all get.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <param name="givesUpOn">Words on its standard error at which it is ended; its exit code is then -1.</param>
    /// <returns>Null when it had no end in time; it is killed then.</returns>
    /// <exception cref="TargetException">There is no such program.</exception>
    public async Task<CommandEnd?> RunAsync(
        string program, IEnumerable<string> arguments, string? input, IReadOnlyDictionary<string, string>? further, CancellationToken cancellationToken,
        string? givesUpOn = null)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        foreach (var (name, value) in further ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Start(start);
        using var end = new Deadline(patience, time, cancellationToken);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(end.Token);
            var error = ReadErrorAsync(process, givesUpOn, end.Token);
            await FeedAsync(process, input, end.Token);
            var (words, gaveUp) = await error;
            await process.WaitForExitAsync(end.Token);
            return new CommandEnd(gaveUp ? -1 : process.ExitCode, await output, words);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested) throw;
            return null;
        }
    }

    private static async Task<(string Words, bool GaveUp)> ReadErrorAsync(Process process, string? givesUpOn, CancellationToken cancellationToken)
    {
        var words = new StringBuilder();
        var gaveUp = false;
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            words.Append(line).Append('\n');
            if (givesUpOn is null || gaveUp || !line.Contains(givesUpOn, StringComparison.Ordinal)) continue;
            gaveUp = true;
            process.Kill(entireProcessTree: true);
        }

        return (words.ToString(), gaveUp);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            const int noSuchFile = 2;
            throw new TargetException(
                e.NativeErrorCode == noSuchFile
                    ? $"there is no `{start.FileName}` on PATH: run tenfold where Slurm's commands are (a login node), or set `rest` for the target."
                    : $"`{start.FileName}` could not be started: {new Win32Exception(e.NativeErrorCode).Message}. Run tenfold where Slurm's commands are (a login node), or set `rest` for the target.",
                e);
        }
    }

    // A program that ends without reading has said why on its standard error.
    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }
}

/// <summary>How a command ended.</summary>
internal sealed record CommandEnd(int ExitCode, string Output, string Error);
