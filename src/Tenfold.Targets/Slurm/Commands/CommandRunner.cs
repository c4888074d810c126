using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Runs Slurm's commands, each in an environment of known variables and with a time limit.</summary>
/// <param name="environment">
/// Reads what the commands need of this process's own environment; asked before each command, since <c>SLURM_JWT</c> expires. The rest of
/// the environment is not passed on: <c>SQUEUE_FORMAT</c> would change the output, and the variables of a job around this process would be
/// taken as options.
/// </param>
/// <param name="patience">How long a command may take.</param>
/// <param name="time">The clock.</param>
internal sealed class CommandRunner(Func<IReadOnlyDictionary<string, string>> environment, TimeSpan patience, TimeProvider time)
{
    private static readonly string[] Passed = ["PATH", "HOME", "USER", "LOGNAME", "TZ", "SLURM_CONF", "SLURM_JWT", "LD_LIBRARY_PATH"];

    /// <summary>Reads the variables of this process that the commands need.</summary>
    public static IReadOnlyDictionary<string, string> ReadEnvironment() => Passed
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Name, variable => variable.Value!);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="program">The command's name, which is looked up in PATH, or its path.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="input">The standard input; null for none.</param>
    /// <param name="further">Variables for this command alone; null for none.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <param name="givesUpOn">The command is killed when its standard error contains this text, and its exit code is -1; null for
    /// none.</param>
    /// <returns>Null when the command did not end in time; it is killed.</returns>
    /// <exception cref="TargetException">There is no such program.</exception>
    public async Task<CommandEnd?> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input,
        IReadOnlyDictionary<string, string>? further,
        CancellationToken cancellationToken,
        string? givesUpOn = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment()) start.Environment[name] = value;
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

    private static async Task<(string Words, bool GaveUp)> ReadErrorAsync(
        Process process, string? givesUpOn, CancellationToken cancellationToken)
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
            var (program, why) = (start.FileName, new Win32Exception(e.NativeErrorCode).Message);
            throw new TargetException(
                e.NativeErrorCode == noSuchFile
                    ? $"there is no `{program}` on PATH: run tenfold where Slurm's commands are (a login node), or " +
                        "set `rest` for the target."
                    : $"`{program}` could not be started: {why}. Run tenfold where Slurm's commands are (a login node), or " +
                        "set `rest` for the target.",
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
