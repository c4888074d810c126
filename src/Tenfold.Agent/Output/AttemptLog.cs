using System.Buffers.Text;
using System.Text;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Output;

/// <summary>
/// Writes an attempt's log in the form of <see cref="LogLine"/>, with the values of secrets redacted. Safe for several threads at once.
/// </summary>
/// <param name="buffer">Where the records go.</param>
/// <param name="secrets">Values that must not be seen.</param>
/// <param name="time">The clock.</param>
public sealed class AttemptLog(SegmentBuffer buffer, IEnumerable<string> secrets, TimeProvider time)
{
    private readonly SecretRedaction _redaction = new(secrets);
    private readonly Lock _echoing = new();

    /// <summary>Where the lines go too, as they are printed; null, the default, for nowhere.</summary>
    public Stream? Echo { get; init; }

    /// <summary>Adds a line; the values of secrets in it are redacted.</summary>
    /// <param name="source">The source: <c>o</c>, <c>e</c> or <c>t</c>.</param>
    /// <param name="text">The bytes, without a line feed, at most <see cref="LogLine.MaxTextBytes"/>.</param>
    public void Write(char source, ReadOnlySpan<byte> text) => WriteRecord(source, _redaction.Apply(text), goesOn: false);

    /// <summary>Adds a record as it is: the caller has redacted it.</summary>
    /// <param name="source">The source: <c>o</c>, <c>e</c> or <c>t</c>.</param>
    /// <param name="text">The bytes, without a line feed.</param>
    /// <param name="goesOn">True when the next record of the source continues the line.</param>
    internal void WriteRecord(char source, ReadOnlySpan<byte> text, bool goesOn)
    {
        if (Echo is not null) WriteEcho(text, goesOn);
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        buffer.Append(new Record(at, goesOn ? char.ToUpperInvariant(source) : source, text), static (record, writer) =>
        {
            var room = writer.GetSpan(record.Text.Length + 32);
            Utf8Formatter.TryFormat(record.At, room, out var used);
            room[used++] = (byte)' ';
            room[used++] = (byte)record.Source;
            room[used++] = (byte)' ';
            record.Text.CopyTo(room[used..]);
            used += record.Text.Length;
            room[used++] = (byte)'\n';
            writer.Advance(used);
        });
    }

    private void WriteEcho(ReadOnlySpan<byte> text, bool goesOn)
    {
        try
        {
            lock (_echoing)
            {
                Echo!.Write(text);
                if (!goesOn) Echo.Write("\n"u8);
                Echo.Flush();
            }
        }
        catch (IOException)
        {
            // Nobody reads it any more. The log itself is in the store.
        }
    }

    /// <summary>Adds a line that Tenfold itself says.</summary>
    public void Note(string line)
    {
        foreach (var part in line.Split('\n')) Write('t', Encoding.UTF8.GetBytes(part));
    }

    /// <summary>The text with every secret in it replaced by <c>***</c>.</summary>
    public string Redact(string text) => _redaction.Apply(text);

    /// <summary>The bytes with every secret in them replaced by <c>***</c>.</summary>
    public ReadOnlySpan<byte> Redact(ReadOnlySpan<byte> text) => _redaction.Apply(text);

    /// <summary>How many bytes at the text's end may be the beginning of a secret that the next bytes complete.</summary>
    public int CountUndecided(ReadOnlySpan<byte> text) => _redaction.CountUndecided(text);

    private readonly ref struct Record(long at, char source, ReadOnlySpan<byte> text)
    {
        public readonly long At = at;
        public readonly char Source = source;
        public readonly ReadOnlySpan<byte> Text = text;
    }
}
