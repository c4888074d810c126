using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Output;

/// <summary>Writes one stream of a program to an attempt's log. Not safe for several threads at once.</summary>
/// <param name="log">The log.</param>
/// <param name="source">The source: <c>o</c>, <c>e</c> or <c>t</c>.</param>
/// <param name="isShared">True when other streams have the same source. Then a piece of a line becomes a line of its own, since the next
/// record of the source may be another stream's.</param>
public sealed class LogStream(AttemptLog log, char source, bool isShared = false)
{
    private byte[] _held = [];

    /// <summary>Adds a line, or a piece of one.</summary>
    /// <param name="text">The bytes, without a line feed, at most <see cref="LogLine.MaxTextBytes"/>.</param>
    /// <param name="goesOn">True when the next call continues the line.</param>
    public void Write(ReadOnlySpan<byte> text, bool goesOn)
    {
        // A secret may lie across two pieces. So the end of a piece that may be the beginning of a secret waits for the next piece.
        if (_held.Length > 0) text = (byte[])[.. _held, .. text];
        text = log.Redact(text);
        var undecided = goesOn ? log.CountUndecided(text) : 0;
        _held = text[^undecided..].ToArray();
        text = text[..^undecided];
        if (!goesOn || !text.IsEmpty) log.WriteRecord(source, text, goesOn && !isShared);
    }
}
