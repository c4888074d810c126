using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>Stands between client and server and does what networks do: it breaks off answers, loses them, and damages what is
/// sent.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (string Request, int Count) _cut = ("", 0), _lose = ("", 0), _damage = ("", 0);
    private string? _hold;

    public Wire(S3Server server)
    {
        _port = server.Port;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Done once a request is held.</summary>
    public Task Held => _held.Task;

    /// <summary>How many accidents are still to come.</summary>
    public int ToCome => _cut.Count + _lose.Count + _damage.Count;

    /// <summary>So many long answers to requests whose first line holds a text are cut in the middle.</summary>
    public void Cut(string request, int count) => _cut = (request, count);

    /// <summary>So many answers to such requests are thrown away, and their connections closed.</summary>
    public void Lose(string request, int count) => _lose = (request, count);

    /// <summary>In so many bodies of such requests one bit is turned on the way.</summary>
    public void Damage(string request, int count) => _damage = (request, count);

    /// <summary>Such a request waits until it is released.</summary>
    public void Hold(string request) => _hold = request;

    public void Release() => _released.TrySetResult();

    public void Dispose()
    {
        Release();
        _listener.Stop();
    }

    private bool Happens(ref (string Request, int Count) accident, string line)
    {
        lock (_listener)
        {
            if (accident.Count == 0 || !line.Contains(accident.Request, StringComparison.Ordinal)) return false;
            accident.Count--;
            return true;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _port);
            await Task.WhenAny(RequestsAsync(near, far, out var line), AnswersAsync(far, near, line));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // One of the two has gone; the other is told by closing.
        }
    }

    private Task RequestsAsync(TcpClient from, TcpClient to, out Func<string> current)
    {
        var line = "";
        current = () => line;
        return CopyAsync();

        async Task CopyAsync()
        {
            var buffer = new byte[1 << 16];
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                var start = Encoding.Latin1.GetString(buffer, 0, Math.Min(read, 1000));
                if (start.StartsWith("PUT /") || start.StartsWith("GET /") || start.StartsWith("HEAD /") || start.StartsWith("POST /")
                    || start.StartsWith("DELETE /"))
                {
                    line = start[..start.IndexOf('\r')];
                    if (_hold is not null && line.Contains(_hold, StringComparison.Ordinal))
                    {
                        _held.TrySetResult();
                        await _released.Task;
                    }
                }
                else if (Happens(ref _damage, line))
                {
                    buffer[read / 2] ^= 1;
                }
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
    }

    private async Task AnswersAsync(TcpClient from, TcpClient to, Func<string> line)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
        {
            bool isInterim = buffer.AsSpan(0, read).StartsWith("HTTP/1.1 100"u8), isHead = buffer.AsSpan(0, read).StartsWith("HTTP/1.1"u8);
            if (!isInterim && Happens(ref _lose, line())) return;
            if (!isHead && Happens(ref _cut, line())) return;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
