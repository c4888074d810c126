using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tenfold.Cli.Remote;

namespace Tenfold.Cli.Tests.Remote;

/// <summary>What calls itself a server, and answers each request as the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    /// <param name="answer">Answers a request, whose head it gets, on the connection.</param>
    public ScriptedServer(Func<string, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The heads of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A server that gives every request this answer.</summary>
    public static ScriptedServer Answering(string body, string type = "application/json", int status = 200) =>
        new((_, stream, cancellationToken) => stream.WriteAsync(Answer(body, type, status), cancellationToken).AsTask());

    /// <summary>The bytes of an answer.</summary>
    public static byte[] Answer(string body, string type = "application/json", int status = 200) =>
        [.. Head($"Content-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}", status), .. Encoding.UTF8.GetBytes(body)];

    /// <summary>The bytes before a body.</summary>
    public static byte[] Head(string headers, int status = 200) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Status\r\n{headers}\r\nConnection: close\r\n\r\n");

    /// <summary>A client of the server.</summary>
    public ServerClient Client(TimeProvider? time = null, string scheme = "http") =>
        new(new ServerAddress(new Uri($"{scheme}://127.0.0.1:{Port}/"), "tfk_secret"), time ?? TimeProvider.System);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                var head = new StringBuilder();
                var bytes = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var count = await stream.ReadAsync(bytes, _end.Token);
                    if (count == 0) return;
                    head.Append(Encoding.Latin1.GetString(bytes, 0, count));
                }

                Requests.Enqueue(head.ToString());
                await _answer(head.ToString(), stream, _end.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test has ended.
            }
        }
    }
}

/// <summary>What a client that expects a refusal gets.</summary>
internal static class Refused
{
    /// <summary>Fails the test unless the server is called unavailable in these words.</summary>
    public static async Task AsUnavailableAsync(Func<Task> ask, string words)
    {
        var refusal = await Should.ThrowAsync<CommandException>(ask);
        refusal.ExitCode.ShouldBe(ExitCodes.Unavailable, refusal.Message);
        refusal.Message.ShouldContain(words);
    }
}
