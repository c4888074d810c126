using System.Text;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Reads requests from a connection.</summary>
internal sealed class HttpConnection(Stream stream)
{
    private const int MaxHead = 64 << 10;
    private byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    public Stream Stream => stream;

    /// <summary>Reads a request's head; null when the client closed the connection.</summary>
    public async Task<HttpRequest?> ReadHeadAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
            if (!await FillAsync()) return null;
        var lines = Encoding.UTF8.GetString(_buffer, _start, length).Split("\r\n");
        _start += length + 4;
        var headers = new Dictionary<string, string>();
        foreach (var line in lines.Skip(1))
        {
            var (name, value) = line.Split(':', 2) is [var n, var v] ? (n.ToLowerInvariant(), v.Trim()) : (line, "");
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier},{value}" : value;
        }
        var target = lines[0].Split(' ')[1].Split('?', 2);
        return new HttpRequest(lines[0].Split(' ')[0], target[0], target.Length > 1 ? target[1] : "", headers, []);
    }

    /// <summary>Reads the body that a request's head announces.</summary>
    public async Task<byte[]> ReadBodyAsync(HttpRequest head)
    {
        if (head.Headers.GetValueOrDefault("expect") == "100-continue")
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        if (head.Headers.GetValueOrDefault("transfer-encoding") == "chunked") return await ReadChunksAsync();
        return head.Headers.TryGetValue("content-length", out var length) ? await ReadAsync(int.Parse(length)) : [];
    }

    private async Task<byte[]> ReadChunksAsync()
    {
        var body = new List<byte>();
        while (true)
        {
            var size = Convert.ToInt32(await ReadLineAsync(), 16);
            body.AddRange(await ReadAsync(size));
            await ReadLineAsync();
            if (size == 0) return [.. body];
        }
    }

    private async Task<string> ReadLineAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            if (!await FillAsync()) throw new IOException("the request was cut off");
        var line = Encoding.ASCII.GetString(_buffer, _start, length);
        _start += length + 2;
        return line.Split(';')[0];
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var body = new byte[length];
        var there = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, there).CopyTo(body);
        _start += there;
        await stream.ReadExactlyAsync(body.AsMemory(there));
        return body;
    }

    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end >= MaxHead) throw new IOException("the head is too long");
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        _end += read;
        return read > 0;
    }
}
