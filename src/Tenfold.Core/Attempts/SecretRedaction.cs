using System.Buffers;
using System.Text;

namespace Tenfold.Core.Attempts;

/// <summary>
/// Replaces the values of secrets in a text by <c>***</c>. Everything that leaves a run passes through it: logs, metrics and the reasons
/// that the ledger records.
/// </summary>
/// <param name="values">The values of the secrets; empty to change nothing.</param>
/// <remarks>
/// Output is seen line by line, so each line of a secret (of a private key, for example) counts as a secret of its own. A line shorter than
/// four characters is left alone: it would occur in too many places by chance. Instances are immutable and safe for concurrent use.
/// </remarks>
public sealed class SecretRedaction(IEnumerable<string> values)
{
    private const int MinLength = 4;

    // The longest first, since one value may contain another.
    private readonly byte[][] _secrets =
    [
        .. values.SelectMany(Lines).SelectMany(WithEscapes).Where(secret => secret.Length >= MinLength).Distinct()
            .Select(Encoding.UTF8.GetBytes).OrderByDescending(secret => secret.Length),
    ];

    /// <summary>The length of the longest value in bytes of UTF-8; zero when there is nothing to replace.</summary>
    /// <remarks>
    /// A text that is read from some byte on may begin inside a value, whose rest is not recognised. So the first
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

        return text;
    }

    private static IEnumerable<string> Lines(string secret) => secret.Split('\n').Select(line => line.TrimEnd('\r'));

    // Scripts print JSON, in which quotes and backslashes are escaped.
    private static IEnumerable<string> WithEscapes(string secret) => [secret, secret.Replace("\\", "\\\\").Replace("\"", "\\\"")];
}
