using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>Runs the programs that prepare an attempt (pip, conda, the .NET SDK), with their output in the attempt's log.</summary>
/// <param name="log">The attempt's log.</param>
/// <param name="attempt">The attempt, which marks the programs' processes.</param>
/// <param name="environment">All of their environment; see <see cref="BaseEnvironment.OfTools"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="stop">Ends them.</param>
public sealed class ToolRunner(
    AttemptLog log, string attempt, IReadOnlyDictionary<string, string> environment, TimeProvider time, CancellationToken stop)
{
    /// <summary>All of the programs' environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>The folders that are searched for programs.</summary>
    public string? SearchPath => environment.GetValueOrDefault("PATH");

    /// <summary>Cancelled when the attempt is to stop.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Adds a line to the attempt's log.</summary>
    public void Note(string line) => log.Note(line);

    /// <summary>Runs a program and returns what it prints to standard output; empty when it fails.</summary>
    public async Task<string> CaptureAsync(string folder, string program, params IReadOnlyList<string> arguments)
    {
        var answer = new Tail();
        return await RunAsync(folder, program, arguments, answer) is null ? answer.ToString() : "";
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Null when it succeeded; otherwise the last lines that it printed.</returns>
    /// <exception cref="OperationCanceledException">The attempt is to stop.</exception>
    public Task<string?> RunAsync(string folder, string program, params IReadOnlyList<string> arguments)
    {
        log.Note($"$ {Path.GetFileName(program)} {string.Join(' ', arguments)}");
        return RunAsync(folder, program, arguments, answer: null);
    }

    private async Task<string?> RunAsync(string folder, string program, IReadOnlyList<string> arguments, Tail? answer)
    {
        var tail = new Tail();
        ChildProcess process;
        try
        {
            process = ChildProcess.Start(
                new ProcessStart
                {
                    Program = program,
                    Arguments = arguments,
                    Environment = new Dictionary<string, string>(environment) { [QueueLifecycle.Marker] = attempt },
                    Folder = folder,
                    CaptureOutput = true,
                },
                time);
        }
        catch (ProcessStartException e)
        {
            return e.Message;
        }

        using var stopping = stop.Register(process.Kill);
        IOutputSink output = answer is null ? new ToolStream(log, tail) : new AnswerStream(answer);
        var read = Task.WhenAll(
            OutputReader.ReadAsync(process.Output!, output, time), OutputReader.ReadAsync(process.Error!, new ToolStream(log, tail), time));
        var end = await process.Ended;
        process.Kill(); // Kills what the program left behind, so that the pipes end.
        await read;
        // A program that was killed because the attempt is to stop has not failed.
        stop.ThrowIfCancellationRequested();
        return end.ExitCode == 0 ? null : tail.ToString();
    }
}
