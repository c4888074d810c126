using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Tenfold.Gateway.Forwarding;

/// <summary>The open connections to one replica that no request uses. Safe for several threads at once.</summary>
/// <param name="host">The replica's host, a name or an address.</param>
/// <param name="port">Its port.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplicaConnections(string host, int port, TimeProvider time) : IDisposable
{
    /// <summary>How long a connection may be idle: less than the 2 s after which gunicorn closes its own.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(1.5);

    private const int MostIdle = 256;
    private readonly ConcurrentStack<ReplicaConnection> _idle = new();
    private volatile bool _isDisposed;

    /// <summary>A connection that was used recently and that the replica has not closed; null for none.</summary>
    public ReplicaConnection? TakeIdle()
    {
        while (_idle.TryPop(out var connection))
        {
            if (time.GetElapsedTime(connection.UsedAt) < IdleLimit && connection.IsOpen) return connection;
            connection.Dispose();
        }

        return null;
    }

    /// <summary>Connects to the replica.</summary>
    /// <exception cref="SocketException">The replica does not accept connections.</exception>
    public async ValueTask<ReplicaConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new ReplicaConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Gives a connection back for the next request.</summary>
    public void Return(ReplicaConnection connection)
    {
        connection.UsedAt = time.GetTimestamp();
        if (_isDisposed || _idle.Count >= MostIdle) connection.Dispose();
        else _idle.Push(connection);
        if (_isDisposed) Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }
}

/// <summary>A connection to a replica.</summary>
/// <param name="socket">The connected socket.</param>
internal sealed class ReplicaConnection(Socket socket) : IDisposable
{
    /// <summary>The socket.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>What is sent and received through it, one after the other.</summary>
    public byte[] Buffer { get; set; } = new byte[8192];

    /// <summary>The clock's timestamp when the last request ended.</summary>
    public long UsedAt { get; set; }

    /// <summary>True when the replica has neither closed the connection nor sent something that nobody asked for.</summary>
    public bool IsOpen => !Socket.Poll(0, SelectMode.SelectRead);

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
