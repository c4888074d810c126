using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>One stream of a training command: its bytes go into the log, and the metrics are found in its updates.</summary>
public sealed class CommandStream : IOutputSink
{
    private readonly AttemptLog _log;
    private readonly MetricRecorder _metrics;
    private readonly Tail? _tail;
    private readonly bool _isStandardOutput;
    private readonly LineCutter _lines;
    private readonly UpdateSplitter _updates;
    private readonly RewriteSampler _sampler = new();
    private long _taken;

    /// <summary>Starts with nothing.</summary>
    /// <param name="log">The attempt's log.</param>
    /// <param name="metrics">Finds the metrics.</param>
    /// <param name="isStandardOutput">False for standard error.</param>
    /// <param name="tail">Receives the last lines; null discards them.</param>
    public CommandStream(AttemptLog log, MetricRecorder metrics, bool isStandardOutput, Tail? tail = null)
    {
        (_log, _metrics, _isStandardOutput, _tail) = (log, metrics, isStandardOutput, tail);
        var stream = new LogStream(log, isStandardOutput ? 'o' : 'e');
        _lines = new LineCutter(stream.Write);
        _updates = new UpdateSplitter(TakeUpdate);
    }

    /// <summary>The number of reads that returned bytes.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Increment(ref _taken);
        _lines.Append(bytes);
        _updates.Append(bytes);
    }

    /// <inheritdoc/>
    public void Pause() => _lines.Flush();

    /// <inheritdoc/>
    public void End()
    {
        _lines.End();
        _updates.End();
    }

    private void TakeUpdate(ReadOnlySpan<byte> text, UpdateEnd end, bool isTooLong)
    {
        text = _log.Redact(text); // first of all, since what follows cuts lines, and a part of a secret is not found any more
        _tail?.Add(text, end);
        if (isTooLong)
        {
            _metrics.RecordTooLong(text);
            text = [];
        }

        _sampler.Take(text, end, Record);
        if (_sampler.HasSkipped) _metrics.RecordSkipped();
    }

    private void Record(ReadOnlySpan<byte> text, bool isRewritten) => _metrics.Record(text, _isStandardOutput, isRewritten);
}
