using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;
using Tenfold.Aws.Double.Model;
using Tenfold.Aws.Double.Wire;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Scripted;

/// <summary>
/// Answers as AWS does, on loopback. It holds every request and every answer to AWS's own models and checks every signature. What is wrong
/// fails the test at the end.
/// </summary>
internal sealed class AwsServer : IDisposable
{
    public const string Secret = "the/secret+of=the double";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<TcpClient> _connections = new();
    private readonly ConcurrentQueue<AwsCall> _calls = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, Queue<AwsReply>> _replies = new();
    private readonly ConcurrentDictionary<string, Func<AwsCall, AwsReply>> _handlers = new();
    private int _requests;

    public AwsServer()
    {
        _listener.Start();
        Endpoint = $"http://{_listener.LocalEndpoint}";
        _ = ServeAsync();
    }

    public string Endpoint { get; }

    /// <summary>Options of a client of this double.</summary>
    public AwsOptions Options => new()
    {
        Endpoint = Endpoint,
        Region = "eu-west-1",
        Credentials = new SessionAWSCredentials("AKIDEXAMPLE", Secret, "the token"),
        Pause = TimeSpan.FromMilliseconds(1),
        Patience = TimeSpan.FromSeconds(30),
    };

    public AwsCall[] Calls => [.. _calls];

    /// <summary>Sets the answers to an operation, in their order; the last one is repeated.</summary>
    public void On(string operation, params AwsReply[] replies) => _replies[operation] = new(replies);

    /// <summary>Sets what answers an operation, instead of fixed answers.</summary>
    public void Handle(string operation, Func<AwsCall, AwsReply> handler)
    {
        _handlers[operation] = handler;
        _replies.TryRemove(operation, out _);
    }

    public void Dispose()
    {
        _listener.Stop();
        foreach (var connection in _connections) connection.Dispose();
        if (!_faults.IsEmpty) throw new InvalidOperationException(string.Join('\n', _faults));
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    // HttpListener can't close a connection without an answer, so this is plain HTTP/1.1.
    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        _connections.Enqueue(connection);
        try
        {
            var stream = connection.GetStream();
            while (await ReadAsync(stream) is { } call)
            {
                _calls.Enqueue(call);
                if (!await SendAsync(stream, call, ReplyTo(call))) return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client has gone, or the test is over.
        }
        catch (Exception e)
        {
            _faults.Enqueue(e.ToString());
        }
    }

    /// <summary>Reads a request; null when the client closed the connection.</summary>
    private static async Task<AwsCall?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(p => p[0].ToLowerInvariant(), p => p[1].Trim());
        var body = new byte[int.Parse(headers["content-length"])];
        await stream.ReadExactlyAsync(body);
        return new AwsCall(lines[0].Split(' ')[1], headers, body);
    }

    private AwsReply ReplyTo(AwsCall call)
    {
        var model = ServiceModel.Of(call.Service);
        var faults = new List<string>();
        if (Signature.FaultOf(new("POST", call.Path, "", call.Headers, call.Body), Secret) is { } fault) faults.Add(fault);
        if (model.ShapeOf(call.Operation, "input") is { } input)
            model.Check(call.Input, input, call.Operation, call.IsQuery, isInput: true, faults);
        else if (model.Operation(call.Operation) is null && !NewerMembers.ContainsOperation(call.Service, call.Operation))
            faults.Add($"{call.Service} has no operation {call.Operation}");

        var reply = ReplyOf(call);
        if (reply.Output is { } output && model.ShapeOf(call.Operation, "output") is { } shape)
            model.Check(output, shape, $"{call.Operation} answer", isText: false, isInput: false, faults);
        foreach (var found in faults) _faults.Enqueue(found);
        return reply;
    }

    private AwsReply ReplyOf(AwsCall call)
    {
        if (_replies.TryGetValue(call.Operation, out var replies))
            lock (replies) return replies.Count > 1 ? replies.Dequeue() : replies.Peek();
        if (!_handlers.TryGetValue(call.Operation, out var handler)) throw new InvalidOperationException($"no answer to {call.Operation}");
        lock (_handlers) return handler(call);
    }

    /// <summary>Sends an answer; false when the connection is to be closed.</summary>
    private async Task<bool> SendAsync(Stream stream, AwsCall call, AwsReply reply)
    {
        if (reply.IsLost) return false;
        var id = $"request-{Interlocked.Increment(ref _requests)}";
        var body = reply.Render(call, id);
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} status\r\nContent-Length: {body.Length}\r\nx-amzn-RequestId: {id}\r\n");
        foreach (var (name, value) in reply.Headers) head.Append($"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"));
        await stream.WriteAsync(reply.IsCut ? body.AsMemory(0, body.Length / 2) : body);
        return !reply.IsCut;
    }
}
