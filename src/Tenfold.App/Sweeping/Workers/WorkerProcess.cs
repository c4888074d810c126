using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Tenfold.Agent.Output;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Input;
using Tenfold.Core.Output;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping.Workers;

/// <summary>
/// A process of the user that runs trials, one after the other. It reads a line of JSON for each trial from its standard input, and writes
/// lines of JSON about the trial to its standard output (<see cref="WorkerLine"/>).
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly AnonymousPipeServerStream _input;
    private readonly ChildProcess _process;
    private readonly ReplicaGuard _guard;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Tail _errors = new();
    private readonly Task _reading;
    private readonly TimeProvider _time;
    private readonly HashSet<int> _trials = [];

    private WorkerProcess(
        AnonymousPipeServerStream input, ChildProcess process, ReplicaGuard guard, Action<byte[]> onError, TimeProvider time)
    {
        (_input, _process, _guard, _time) = (input, process, guard, time);
        guard.Add(process.Id);
        _ = ReadLinesAsync();
        _reading = ReadErrorsAsync(onError);
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="start">The program, its arguments, its folder and its environment.</param>
    /// <param name="guard">Ends the worker when this process is killed.</param>
    /// <param name="onError">Takes what it writes to its standard error.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProcessStartException">The system refused.</exception>
    public static WorkerProcess Start(ProcessStart start, ReplicaGuard guard, Action<byte[]> onError, TimeProvider time)
    {
        var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        ChildProcess? process = null;
        try
        {
            process = ChildProcess.Start(start with { Input = input.ClientSafePipeHandle, CaptureOutput = true }, time);
            input.DisposeLocalCopyOfClientHandle();
            return new WorkerProcess(input, process, guard, onError, time);
        }
        finally
        {
            if (process is null) input.Dispose();
        }
    }

    /// <summary>True when it can't be given another trial.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gives it a trial, and waits for the result.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="spec">What the study is.</param>
    /// <param name="onOutput">Takes a line of the script's own output.</param>
    /// <param name="onReport">Records a value that the trial has reached; returns true to end the trial early.</param>
    /// <param name="stop">Asks the worker to end. The trial is lost, unless its result still arrives.</param>
    /// <param name="kill">Kills the worker.</param>
    /// <returns>The result; null when the worker ended before it could begin the trial, which another worker can then have.</returns>
    public async Task<TrialResult?> RunAsync(
        TrialRecord trial, StudySpec spec, Action<string> onOutput, Func<WorkerLine.Report, Task<Outcome<bool>>> onReport,
        CancellationToken stop, CancellationToken kill)
    {
        var (isFirst, isMentioned) = (_trials.Count == 0, false);
        _trials.Add(trial.Number);
        using var stopping = stop.Register(_process.Terminate);
        using var killing = kill.Register(_process.Kill);
        Write(json =>
        {
            json.WriteNumber("trial", trial.Number);
            json.WritePropertyName("parameters");
            trial.Parameters.WriteTo(json);
            json.WriteNumber("seed", trial.Seed);
            json.WriteString("study", trial.Study);
            json.WritePropertyName("space");
            spec.Space.WriteTo(json);
            if (!spec.HasFront) return;
            json.WriteStartArray("objectives");
            foreach (var objective in spec.Objectives) json.WriteStringValue(objective.Name);
            json.WriteEndArray();
        });
        while (await ReadLineAsync() is { } text)
        {
            var line = WorkerLine.Parse(text, trial.Number);
            isMentioned |= line is not (WorkerLine.Output or WorkerLine.Foreign);
            switch (line)
            {
                case WorkerLine.Output output:
                    onOutput(output.Text);
                    continue;
                case WorkerLine.Result result:
                    return result.Told;
                case WorkerLine.Report report:
                    if ((await onReport(report)).Succeeded(out var prune, out var refusal)) Answer(trial.Number, prune);
                    else return await FailAsync(trial.Number, refusal.Message);
                    continue;
                // The first result of a trial stands. A report that is too late is answered, because the worker waits.
                case WorkerLine.Foreign foreign when _trials.Contains(foreign.Trial):
                    onOutput(foreign.Text);
                    if (foreign.IsReport) Answer(foreign.Trial, prune: true);
                    continue;
                case WorkerLine.Foreign foreign:
                    return await FailAsync(
                        trial.Number, $"the worker has trial {trial.Number}, and speaks of another one: {Excerpt.Of(foreign.Text)}");
                case WorkerLine.Faulty faulty:
                    return await FailAsync(trial.Number, faulty.Why);
            }
        }

        var end = await EndAsync();
        if (stop.IsCancellationRequested) return new TrialResult(trial.Number, [], IsLost: true);
        var lines = _errors.ToString() is { Length: > 0 } tail ? tail : null;
        if (end.Signal is { } signal) return Failed(trial.Number, new Reason.Signalled(signal, lines));
        if (end.ExitCode != 0) return Failed(trial.Number, new Reason.Exited(end.ExitCode, lines));
        return isFirst || isMentioned ? Failed(trial.Number, new Reason.MetricMissing(spec.Metric.Name)) : null;
    }

    /// <summary>Tells it that there are no more trials, waits for its end, and kills it after a while.</summary>
    public async ValueTask DisposeAsync()
    {
        await _input.DisposeAsync();
        if (!HasEnded)
        {
            await Task.WhenAny(_process.Ended, Task.Delay(TimeSpan.FromSeconds(10), _time));
            await EndAsync();
        }
    }

    private static TrialResult Failed(int trial, Reason why) => new(trial, []) { Ending = why };

    // A worker whose messages make no sense is not trusted with another trial.
    private async Task<TrialResult> FailAsync(int trial, string why)
    {
        await EndAsync();
        return new TrialResult(trial, [], Failure: why);
    }

    private async Task<ProcessEnd> EndAsync()
    {
        HasEnded = true;
        // A process that closed its output has usually ended. If not, it can't tell a result any more.
        await Task.WhenAny(_process.Ended, Task.Delay(TimeSpan.FromSeconds(1), _time));
        // What it started ends with it.
        _process.Kill();
        var end = await _process.Ended;
        _guard.Remove(_process.Id);
        await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(1), _time));
        return end;
    }

    private void Answer(int trial, bool prune) => Write(json =>
    {
        json.WriteNumber("trial", trial);
        json.WriteBoolean("prune", prune);
    });

    private void Write(Action<Utf8JsonWriter> members)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        try
        {
            _input.Write(line.GetBuffer(), 0, (int)line.Length);
        }
        catch (IOException)
        {
            // It has ended, which its output will show.
        }
    }

    // Null at the end of the output, or of the worker: what it has started may keep the pipe open.
    private async Task<string?> ReadLineAsync()
    {
        var reading = _lines.Reader.WaitToReadAsync().AsTask();
        if (await Task.WhenAny(reading, _process.Ended) != reading)
        {
            _process.Kill();
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), _time));
        }

        return reading.IsCompleted && _lines.Reader.TryRead(out var line) ? line : null;
    }

    private async Task ReadLinesAsync()
    {
        await ReadAsync(_process.Output!, new Lines(text => _lines.Writer.TryWrite(text)));
        _lines.Writer.Complete();
    }

    private Task ReadErrorsAsync(Action<byte[]> onError) => ReadAsync(_process.Error!, new Errors(_errors, onError));

    private async Task ReadAsync(SafeFileHandle pipe, IOutputSink sink)
    {
        try
        {
            await OutputReader.ReadAsync(pipe, sink, _time);
        }
        catch (IOException)
        {
            // The worker has ended.
        }
    }

    // Of a line that is too long to be a message, the beginning is output.
    private sealed class Lines(Action<string> take) : IOutputSink
    {
        private readonly UpdateSplitter _updates = new((text, _, _) =>
        {
            if (!text.IsEmpty) take(Encoding.UTF8.GetString(text));
        });

        public void Take(ReadOnlySpan<byte> bytes) => _updates.Append(bytes);

        public void Pause()
        {
            // A message ends with its line.
        }

        public void End() => _updates.End();
    }

    private sealed class Errors(Tail tail, Action<byte[]> take) : IOutputSink
    {
        private readonly AnswerStream _last = new(tail);

        public void Take(ReadOnlySpan<byte> bytes)
        {
            take(bytes.ToArray());
            _last.Take(bytes);
        }

        public void Pause() => _last.Pause();

        public void End() => _last.End();
    }
}
