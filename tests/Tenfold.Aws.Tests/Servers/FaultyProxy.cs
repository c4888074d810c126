using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>A proxy between client and server that simulates network faults: it cuts answers, loses them, and damages requests.</summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (string Request, int Count) _cut = ("", 0), _lose = ("", 0), _damage = ("", 0);
    private string? _hold;

    public FaultyProxy(S3Server server)
    {
        _port = server.Port;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Completes when a request is held.</summary>
    public Task Held => _held.Task;

    /// <summary>How many faults are still to be injected.</summary>
    public int Remaining => _cut.Count + _lose.Count + _damage.Count;

    /// <summary>Cuts a number of long answers to requests whose first line contains a text.</summary>
    public void Cut(string request, int count) => _cut = (request, count);

    /// <summary>Discards a number of answers to matching requests and closes their connections.</summary>
    public void Lose(string request, int count) => _lose = (request, count);

    /// <summary>Flips a bit in the bodies of a number of matching requests.</summary>
    public void Damage(string request, int count) => _damage = (request, count);

    /// <summary>Holds a matching request until <see cref="Release"/>.</summary>
    public void Hold(string request) => _hold = request;

    public void Release() => _released.TrySetResult();

    public void Dispose()
    {
        Release();
        _listener.Stop();
    }

    private bool TakeFault(ref (string Request, int Count) fault, string line)
    {
        lock (_listener)
        {
            if (fault.Count == 0 || !line.Contains(fault.Request, StringComparison.Ordinal)) return false;
            fault.Count--;
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
            // One side has closed its connection; close the other one too.
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
                else if (TakeFault(ref _damage, line))
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
            if (!isInterim && TakeFault(ref _lose, line())) return;
            if (!isHead && TakeFault(ref _cut, line())) return;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
