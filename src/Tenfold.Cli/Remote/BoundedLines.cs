using System.Buffers;
using System.Text;

namespace Tenfold.Cli.Remote;

/// <summary>Reads lines as they arrive, and none that is longer than a limit. Lines end at a line feed.</summary>
/// <param name="stream">UTF-8 text.</param>
/// <param name="longest">How many bytes a line has at most, without its end.</param>
internal sealed class BoundedLines(Stream stream, int longest)
{
    private readonly byte[] _arrived = new byte[16 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _at, _end;

    /// <summary>Reads the next line.</summary>
    /// <returns>The line, without its end; null at the end of the text.</returns>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.ResetWrittenCount();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await stream.ReadAsync(_arrived, cancellationToken));
                if (_end == 0) return _line.WrittenCount > 0 ? Encoding.UTF8.GetString(_line.WrittenSpan) : null;
            }

            if (TakePart()) return Encoding.UTF8.GetString(_line.WrittenSpan);
        }
    }

    // True when the line ends in what has arrived.
    private bool TakePart()
    {
        var part = _arrived.AsSpan(_at, _end - _at);
        var length = part.IndexOf((byte)'\n');
        if (length >= 0) part = part[..length];
        if (_line.WrittenCount + part.Length > longest) throw new InvalidDataException($"a line has more than {longest} bytes");
        _line.Write(part);
        _at += part.Length + (length < 0 ? 0 : 1);
        return length >= 0;
    }
}
