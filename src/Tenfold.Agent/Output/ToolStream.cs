using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>A stream of a program that prepares an attempt: into the attempt's log, and into a tail.</summary>
public sealed class ToolStream : IOutputSink
{
    private readonly LineCutter _lines;
    private readonly UpdateSplitter _updates;

    /// <summary>Starts with nothing.</summary>
    /// <param name="log">The attempt's log; its redaction applies to the tail too.</param>
    /// <param name="tail">Takes the last lines.</param>
    public ToolStream(AttemptLog log, Tail tail)
    {
        var stream = new LogStream(log, 't', isShared: true);
        _lines = new LineCutter(stream.Write);
        _updates = new UpdateSplitter((text, end, _) => tail.Add(log.Redact(text), end));
    }

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        _lines.Append(bytes);
        _updates.Append(bytes);
    }

    /// <inheritdoc/>
    public void Pause()
    {
        // Both streams of a program have one source in the log, so only whole lines can be told apart there.
    }

    /// <inheritdoc/>
    public void End()
    {
        _lines.End();
        _updates.End();
    }
}

/// <summary>A stream that answers a question: only its last lines matter.</summary>
/// <param name="tail">Takes them.</param>
public sealed class AnswerStream(Tail tail) : IOutputSink
{
    private readonly UpdateSplitter _updates = new((text, end, _) => tail.Add(text, end));

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes) => _updates.Append(bytes);

    /// <inheritdoc/>
    public void Pause()
    {
        // The answer is read at its end.
    }

    /// <inheritdoc/>
    public void End() => _updates.End();
}
