using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenfold.Aws.Double.Wire;

/// <summary>
/// Serves HTTP/1.1 on a free port of loopback. It is written by hand because no server of .NET can close a connection without an answer,
/// as a lost answer needs.
/// </summary>
/// <param name="answer">Answers a request; null closes the connection.</param>
/// <param name="passOn">Takes over a connection after the request's head; false when it does not want to.</param>
/// <param name="fault">Learns of exceptions that are defects.</param>
internal sealed class HttpServer(
    Func<HttpRequest, Task<HttpAnswer?>> answer, Func<HttpRequest, HttpConnection, Task<bool>>? passOn, Action<Exception> fault)
        : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();

    public string Endpoint => $"http://{_listener.LocalEndpoint}";

    public void Start()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _listener.Stop();
        foreach (var connection in _connections.Keys) connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = Task.Run(ServeNext(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server was stopped.
        }
    }

    private Func<Task> ServeNext(TcpClient client) => () => ServeAsync(client);

    private async Task ServeAsync(TcpClient client)
    {
        using var tcp = client;
        tcp.NoDelay = true;
        _connections[tcp] = true;
        try
        {
            var connection = new HttpConnection(tcp.GetStream());
            while (await connection.ReadHeadAsync() is { } head)
            {
                if (passOn is not null && await passOn(head, connection)) return;
                var request = head with { Body = await connection.ReadBodyAsync(head) };
                if (await answer(request) is not { } reply) return;
                await SendAsync(connection.Stream, request, reply);
                if (request.Headers.GetValueOrDefault("connection")?.ToLowerInvariant() == "close") return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client has gone, or the server was stopped.
        }
        catch (Exception e)
        {
            fault(e);
        }
        finally
        {
            _connections.TryRemove(tcp, out _);
        }
    }

    private static async Task SendAsync(Stream stream, HttpRequest request, HttpAnswer reply)
    {
        var head = new StringBuilder(
            $"HTTP/1.1 {reply.Status} {(reply.Status < 300 ? "OK" : "Error")}\r\nContent-Length: {reply.Body.Length}\r\n" +
            $"Date: {TimeProvider.System.GetUtcNow():R}\r\n");
        foreach (var (name, value) in reply.Headers) head.Append($"{name}: {value}\r\n");
        var bytes = Encoding.UTF8.GetBytes($"{head}\r\n");
        await stream.WriteAsync(request.Method == "HEAD" ? bytes : (byte[])[.. bytes, .. reply.Body]);
    }
}
