using System.Buffers;
using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Core.Attempts;

/// <summary>
/// Replaces the values of secrets in a text by <c>***</c>. Everything that leaves a run passes through it: logs, metrics and the reasons
/// that the ledger records.
/// </summary>
/// <param name="values">The values of the secrets; empty to change nothing.</param>
/// <remarks>
/// Output is seen line by line, so each line of a secret (of a private key, for example) counts as a secret of its own, also where a
/// carriage return ends it. A line shorter than four characters is left alone: it would occur in too many places by chance. Colours
/// between the letters of a secret do not hide it from a reader, so they do not hide it here either. Instances are immutable and safe for
/// concurrent use.
/// </remarks>
public sealed class SecretRedaction(IEnumerable<string> values)
{
    private const int MinLength = 4;

    // Escape sequences may lie between the letters of a secret. So many bytes of them are looked through.
    private const int MaxEscapeBytes = 1024;

    private static readonly SearchValues<byte> Invisible =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(c => c is not ('\t' or '\r' or '\n')).Select(c => (byte)c), 0x7f]);

    // The longest first, since one value may contain another.
    private readonly byte[][] _secrets =
    [
        .. values.SelectMany(Lines).SelectMany(WithEscapes).Where(secret => secret.Length >= MinLength).Distinct()
            .Select(Encoding.UTF8.GetBytes).OrderByDescending(secret => secret.Length),
    ];

    /// <summary>The length of the longest value in bytes of UTF-8; zero when there is nothing to replace.</summary>
    /// <remarks>
    /// A text that was cut at its beginning may begin inside a value, whose rest is not recognised. So the first
    /// <c>LongestBytes - 1</c> bytes of such a text must not be shown.
    /// </remarks>
    public int LongestBytes => _secrets.Length == 0 ? 0 : _secrets[0].Length;

    /// <summary>The text with every secret in it replaced by <c>***</c>.</summary>
    public string Apply(string text) => _secrets.Length == 0 ? text : Encoding.UTF8.GetString(Apply(Encoding.UTF8.GetBytes(text)));

    /// <summary>The UTF-8 text with every secret in it replaced by <c>***</c>.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> text)
    {
        foreach (var secret in _secrets)
        {
            if (text.IndexOf(secret) < 0) continue;
            var redacted = new ArrayBufferWriter<byte>(text.Length);
            int at;
            while ((at = text.IndexOf(secret)) >= 0)
            {
                redacted.Write(text[..at]);
                redacted.Write("***"u8);
                text = text[(at + secret.Length)..];
            }

            redacted.Write(text);
            text = redacted.WrittenSpan;
        }

        return _secrets.Length > 0 && text.ContainsAny(Invisible) ? ApplyVisible(text) : text;
    }

    /// <summary>How many bytes at the text's end may be the beginning of a secret that the next bytes complete.</summary>
    public int CountUndecided(ReadOnlySpan<byte> text)
    {
        if (_secrets.Length == 0) return 0;
        var start = Math.Max(0, text.Length - LongestBytes - MaxEscapeBytes);
        var (visible, positions) = Visible(text[start..]);
        var longest = 0;
        foreach (var secret in _secrets)
        {
            for (var length = Math.Min(secret.Length - 1, visible.Length); length > longest; length--)
            {
                if (!visible.AsSpan(visible.Length - length).SequenceEqual(secret.AsSpan(0, length))) continue;
                longest = length;
                break;
            }
        }

        return longest == 0 ? 0 : text.Length - start - positions[^longest];
    }

    // Finds the secrets in the text as a terminal would show it, and replaces them.
    private ReadOnlySpan<byte> ApplyVisible(ReadOnlySpan<byte> text)
    {
        var (visible, positions) = Visible(text);
        var found = new List<(int Start, int End)>();
        foreach (var secret in _secrets)
        {
            for (int at; (at = visible.AsSpan().IndexOf(secret)) >= 0;)
            {
                found.Add((positions[at], positions[at + secret.Length - 1] + 1));
                visible.AsSpan(at, secret.Length).Clear(); // a shorter secret must not be found in it again
            }
        }

        if (found.Count == 0) return text;
        var redacted = new ArrayBufferWriter<byte>(text.Length);
        var done = 0;
        foreach (var (start, end) in found.Order())
        {
            redacted.Write(text[done..start]);
            redacted.Write("***"u8);
            done = end;
        }

        redacted.Write(text[done..]);
        return redacted.WrittenSpan;
    }

    private static (byte[] Bytes, int[] Positions) Visible(ReadOnlySpan<byte> text)
    {
        var (bytes, positions, count) = (new byte[text.Length], new int[text.Length], 0);
        var escapes = new EscapeParser();
        for (var i = 0; i < text.Length; i++)
        {
            if (escapes.Next(text[i]) != EscapePart.Text || Invisible.Contains(text[i])) continue;
            (bytes[count], positions[count++]) = (text[i], i);
        }

        return (bytes[..count], positions[..count]);
    }

    private static IEnumerable<string> Lines(string secret) => secret.Split('\n', '\r');

    // Scripts print JSON, in which quotes and backslashes are escaped.
    private static IEnumerable<string> WithEscapes(string secret) => [secret, secret.Replace("\\", "\\\\").Replace("\"", "\\\"")];
}
