using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// Reads one reply of a model over HTTP/1.1 (RFC 9112). It accepts less than the standard allows: what is ambiguous is an error, because
/// a misread length would give one client the reply to another.
/// </summary>
/// <param name="connection">The connection to the replica. The request was sent.</param>
internal sealed class ReplyReader(ReplicaConnection connection)
{
    private const int MostHeadBytes = 64 << 10;
    private int _start;
    private int _end;
    private long? _length;
    private bool _isChunked;
    private bool _hasNoBody;
    private bool _closes;
    private int _status;

    /// <summary>True when the reply was read to its exact end and the connection stays open.</summary>
    public bool IsReusable { get; private set; }

    private Span<byte> Unread => connection.Buffer.AsSpan(_start, _end - _start);

    /// <summary>Reads the status and the headers.</summary>
    /// <returns>False when the replica closed the connection, or when they are not valid.</returns>
    public async ValueTask<bool> ReadHeadAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        while (true)
        {
            int length;
            while ((length = Unread.IndexOf("\r\n\r\n"u8)) < 0)
                if (_end - _start > MostHeadBytes || !await FillAsync(cancellationToken)) return false;
            if (!ReadHead(Unread[..(length + 2)], response)) return false;
            _start += length + 4;
            // 100 and 103 come before the real reply.
            if (_status >= 200) return true;
        }
    }

    /// <summary>Copies the body.</summary>
    /// <returns>False when it ended too early, or when its framing is not valid.</returns>
    public async ValueTask<bool> CopyBodyAsync(ReplyBody reply, CancellationToken cancellationToken)
    {
        var isWhole = _hasNoBody
            || (_isChunked ? await CopyChunksAsync(reply, cancellationToken)
            : _length is { } length ? await CopyAsync(reply, length, cancellationToken)
            : await CopyToEndAsync(reply, cancellationToken));
        IsReusable = isWhole && !_closes && _start == _end && (_hasNoBody || _isChunked || _length is not null);
        return isWhole;
    }

    private bool ReadHead(ReadOnlySpan<byte> head, HttpResponse response)
    {
        var end = head.IndexOf("\r\n"u8);
        var line = head[..end];
        // HTTP/1.1 200 OK
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ') return false;
        if (!Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3 || status is < 100 or > 599) return false;
        if (line.Length > 12 && line[12] != ' ') return false;
        (_status, _length, _isChunked) = (status, null, false);
        _closes = line[7] == '0';
        if (status < 200) return status != 101;
        return ReadHeaders(head[(end + 2)..], response);
    }

    private bool ReadHeaders(ReadOnlySpan<byte> lines, HttpResponse response)
    {
        var headers = new List<(string Name, string Value)>(8);
        var named = StringValues.Empty;
        while (lines.Length > 0)
        {
            var end = lines.IndexOf("\r\n"u8);
            var line = lines[..end];
            lines = lines[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || !IsToken(line[..colon])) return false;
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (HasControl(value)) return false;
            var (name, text) = (NameOf(line[..colon]), Encoding.Latin1.GetString(value));
            if (name == "Connection") named = StringValues.Concat(named, text);
            else if (name == "Content-Length" && !TakeLength(text)) return false;
            else if (name == "Transfer-Encoding" && !TakeEncoding(text)) return false;
            else headers.Add((name, text));
        }

        // Both together are how a reply is smuggled.
        if (_isChunked && _length is not null) return false;
        _hasNoBody = _status is 204 or 304;
        _closes |= HopByHop.Contains("close", named);
        response.StatusCode = _status;
        foreach (var (name, value) in headers)
        {
            if (!PassedHeaders.GoesToClient(name, named)) continue;
            if (name == "Content-Type") response.ContentType = value;
            else response.Headers.Append(name, value);
        }

        if (!_hasNoBody) response.ContentLength = _length;
        return true;
    }

    private bool TakeLength(string text)
    {
        if (_length is not null || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        _length = length;
        return true;
    }

    private bool TakeEncoding(string text)
    {
        if (_isChunked || !text.Equals("chunked", StringComparison.OrdinalIgnoreCase)) return false;
        _isChunked = true;
        return true;
    }

    private static bool HasControl(ReadOnlySpan<byte> value) =>
        value.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || value.IndexOfAnyInRange((byte)10, (byte)31) >= 0 || value.Contains((byte)127);

    // The names of nearly every reply need no new text.
    private static string NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in Known)
            if (Ascii.EqualsIgnoreCase(name, known)) return known;
        return Encoding.ASCII.GetString(name);
    }

    private static readonly string[] Known =
        ["Content-Type", "Content-Length", "Date", "Server", "Connection", "Transfer-Encoding", "Keep-Alive"];

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
            if (!char.IsAsciiLetterOrDigit((char)letter) && !"!#$%&'*+-.^_`|~"u8.Contains(letter)) return false;
        return true;
    }

    private async ValueTask<bool> CopyAsync(ReplyBody reply, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync(cancellationToken)) return false;
            var take = (int)Math.Min(length, _end - _start);
            await reply.WriteAsync(connection.Buffer.AsMemory(_start, take), cancellationToken);
            _start += take;
            length -= take;
        }

        return true;
    }

    private async ValueTask<bool> CopyToEndAsync(ReplyBody reply, CancellationToken cancellationToken)
    {
        while (_start < _end || await FillAsync(cancellationToken))
        {
            await reply.WriteAsync(connection.Buffer.AsMemory(_start, _end - _start), cancellationToken);
            _start = _end;
        }

        return true;
    }

    private async ValueTask<bool> CopyChunksAsync(ReplyBody reply, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReadLineAsync(cancellationToken) is not { } line || ChunkSize(line) is not { } size) return false;
            if (size == 0) break;
            if (!await CopyAsync(reply, size, cancellationToken)) return false;
            if (await ReadLineAsync(cancellationToken) is not "") return false;
        }

        // Trailers are dropped: merged blindly, they could replace any header.
        while (await ReadLineAsync(cancellationToken) is { } trailer)
            if (trailer.Length == 0) return true;
        return false;
    }

    private static long? ChunkSize(string line)
    {
        var digits = line.AsSpan(0, line.IndexOf(';') is var extension and >= 0 ? extension : line.Length).TrimEnd();
        return digits.Length is > 0 and <= 15
            && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) ? size : null;
    }

    // A line without its end; null when the connection ends before. A bare line feed ends no line.
    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = Unread.IndexOf("\r\n"u8)) < 0)
            if (_end - _start > 4096 || !await FillAsync(cancellationToken)) return null;
        var line = Encoding.Latin1.GetString(Unread[..length]);
        _start += length + 2;
        return line.Contains('\n') ? null : line;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end) (_start, _end) = (0, 0);
        if (_end == connection.Buffer.Length)
        {
            if (_start == 0)
            {
                var larger = new byte[connection.Buffer.Length * 2];
                connection.Buffer.CopyTo(larger, 0);
                connection.Buffer = larger;
            }
            else
            {
                connection.Buffer.AsSpan(_start, _end - _start).CopyTo(connection.Buffer);
                (_start, _end) = (0, _end - _start);
            }
        }

        var read = await connection.Socket.ReceiveAsync(connection.Buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
