using System.ComponentModel;
using System.Diagnostics;

namespace Tenfold.App.Images;

/// <summary>Runs a program that builds or pushes images, with the variables of the user's session.</summary>
/// <param name="program">The program's path.</param>
/// <param name="variables">All of its variables.</param>
/// <param name="notify">Receives each line that it prints.</param>
internal sealed class EngineProcess(string program, IReadOnlyDictionary<string, string> variables, Action<string> notify)
{
    private const int LastLines = 12;

    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">Its arguments, none of which is secret.</param>
    /// <param name="input">Its standard input, which may be secret; null for none.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>What it printed to standard output; or Unavailable with the last lines that it printed.</returns>
    public async Task<Outcome<string>> RunAsync(IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in variables) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var last = new Queue<string>();
                var output = ReadAsync(process.StandardOutput, last, cancellationToken);
                var error = ReadAsync(process.StandardError, last, cancellationToken);
                await WriteAsync(process.StandardInput, input, cancellationToken);
                var printed = await output;
                await error;
                await process.WaitForExitAsync(cancellationToken);
                return process.ExitCode == 0 ? printed : Refusal.Unavailable(
                    $"`{Path.GetFileName(program)} {arguments[0]}` failed (exit code {process.ExitCode}):\n{string.Join('\n', last)}");
            }
            finally
            {
                // It was cancelled, or what it prints can't be read.
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception e)
        {
            return Refusal.Unavailable($"{program} could not be started: {e.Message}");
        }
    }

    private async Task<string> ReadAsync(StreamReader reader, Queue<string> last, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            notify(line);
            lock (last)
            {
                last.Enqueue(line);
                if (last.Count > LastLines) last.Dequeue();
            }
        }

        return string.Join('\n', lines);
    }

    // A program that exits without reading its input has said why.
    private static async Task WriteAsync(StreamWriter writer, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await writer.WriteAsync(input.AsMemory(), cancellationToken);
            writer.Close();
        }
        catch (IOException)
        {
        }
    }
}
