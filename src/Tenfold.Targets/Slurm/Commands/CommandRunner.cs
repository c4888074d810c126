using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Rest;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Runs Slurm's commands, each with chosen environment variables and with a timeout.</summary>
/// <param name="environment">
/// Reads the variables of a command; called before each command, since <c>SLURM_JWT</c> expires. The rest of the user's environment
/// is not passed on: <c>SQUEUE_FORMAT</c> would change the output, and inside a job the job's own variables would act as options.
/// </param>
/// <param name="timeout">How long a command may take.</param>
/// <param name="time">The clock.</param>
internal sealed class CommandRunner(Func<IReadOnlyDictionary<string, string>> environment, TimeSpan timeout, TimeProvider time)
{
    private const int NoSuchFile = 2;

    private static readonly string[] Passed = ["PATH", "HOME", "USER", "LOGNAME", "TZ", "SLURM_CONF", "LD_LIBRARY_PATH"];

    /// <summary>Reads the variables that the commands need: some of the user's, and the token.</summary>
    /// <param name="environment">The user's variables.</param>
    /// <param name="secrets">Has the token, if the cluster uses tokens.</param>
    public static IReadOnlyDictionary<string, string> ReadEnvironment(
        IReadOnlyDictionary<string, string> environment, SecretSource secrets) => Passed
        .Select(name => (Name: name, Value: environment.GetValueOrDefault(name)))
        .Append((Name: SlurmToken.Name, Value: secrets(SlurmToken.Name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Name, variable => variable.Value!);

    /// <summary>Runs a command until it exits.</summary>
    /// <param name="program">The command's name, which is looked up in the user's PATH, or its path.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="input">The standard input; null for none.</param>
    /// <param name="variables">Variables for this command alone; null for none.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <param name="killOn">
    /// A text that makes the runner kill the command once its standard error contains it; the exit code is then -1. Null for none.
    /// </param>
    /// <returns>Null when the command did not exit in time and was killed.</returns>
    /// <exception cref="TargetException">There is no such program.</exception>
    public async Task<CommandResult?> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input,
        IReadOnlyDictionary<string, string>? variables,
        CancellationToken cancellationToken,
        string? killOn = null)
    {
        using var process = Start(program, arguments, variables);
        using var deadline = new Deadline(timeout, time, cancellationToken);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = ReadErrorAsync(process, killOn, deadline.Token);
            await WriteInputAsync(process, input, deadline.Token);
            var (errorText, isKilled) = await error;
            await process.WaitForExitAsync(deadline.Token);
            return new CommandResult(isKilled ? -1 : process.ExitCode, await output, errorText);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested) throw;
            return null;
        }
    }

    private static async Task<(string Text, bool IsKilled)> ReadErrorAsync(
        Process process, string? killOn, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var isKilled = false;
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            text.Append(line).Append('\n');
            if (killOn is null || isKilled || !line.Contains(killOn, StringComparison.Ordinal)) continue;
            isKilled = true;
            process.Kill(entireProcessTree: true);
        }

        return (text.ToString(), isKilled);
    }

    private Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in environment()) start.Environment[name] = value;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            // .NET would look a name up in the PATH of this process, which may not be the user's.
            start.FileName = program.Contains('/', StringComparison.Ordinal)
                ? program
                : SearchPath.Find(program, start.Environment.TryGetValue("PATH", out var path) ? path : null)
                    ?? throw new Win32Exception(NoSuchFile);
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            var problem = e.NativeErrorCode == NoSuchFile
                ? $"there is no `{program}` on PATH."
                : $"`{program}` could not be started: {new Win32Exception(e.NativeErrorCode).Message}.";
            throw new TargetException(
                $"{problem} Run tenfold where Slurm's commands are (a login node), or set `rest` for the target.", e);
        }
    }

    // A program that exits without reading its input has said why on its standard error.
    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
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

/// <summary>The result of a command that has exited.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
