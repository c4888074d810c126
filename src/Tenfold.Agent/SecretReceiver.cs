using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>
/// Receives secrets over a Unix domain socket that only this user can connect to, and holds them in memory while the agent lives.
/// </summary>
/// <remarks>
/// After a socket error, or when the socket file is removed, the receiver listens on a new socket. Runs that need a secret would wait for
/// ever otherwise.
/// </remarks>
public sealed class SecretReceiver : IDisposable
{
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FileCheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _values = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<string, Socket> _listen;
    private Socket? _listener;

    /// <summary>Starts to listen. Other users can't open the queue's folder, so they can't connect to the socket in it.</summary>
    /// <param name="queue">The queue whose agent this is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives events.</param>
    public SecretReceiver(WorkQueue queue, TimeProvider time, ILogger log)
        : this(queue, time, log, Listen)
    {
    }

    /// <summary>Starts to listen on sockets that the caller makes.</summary>
    internal SecretReceiver(WorkQueue queue, TimeProvider time, ILogger log, Func<string, Socket> listen)
    {
        (_path, _time, _log, _listen) = (queue.SocketPath, time, log, listen);
        File.SetUnixFileMode(queue.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // A socket's address may not be longer. The command that delivers secrets reports it.
        if (_path.Length > WorkQueue.MaxSocketPath) return;
        TryOpen();
        _ = AcceptAsync(_stop.Token);
    }

    /// <summary>
    /// The values of the named secrets that were delivered for a group. This process's own variables don't count: they belong to whichever
    /// shell happened to start it.
    /// </summary>
    /// <returns>Null while one of them is missing.</returns>
    public IReadOnlyDictionary<string, string>? For(string group, IReadOnlyList<string> names)
    {
        var found = new Dictionary<string, string>();
        var delivered = _values.GetValueOrDefault(group);
        foreach (var name in names)
        {
            if (delivered?.GetValueOrDefault(name) is not { } value) return null;
            found[name] = value;
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Closing the socket removes its file. That must happen before the queue's lock is released: the file of the next agent has the
        // same name.
        lock (_gate)
        {
            _stop.Cancel();
            _listener?.Dispose();
        }

        _stop.Dispose();
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket? TryOpen()
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return null;
            try
            {
                return _listener ??= _listen(_path);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                _log.SecretSocketFailed(e);
                return null;
            }
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (TryOpen() is { } listener && await AcceptAsync(listener, stop) is { } client)
                {
                    using (client) await ReceiveAsync(client, stop);
                    continue;
                }
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                // Whatever it is, the next socket may work: the process may have had no file descriptor left, say.
                _log.SecretSocketFailed(e);
            }
            catch (Exception)
            {
                return;
            }

            Close();
            await Task.Delay(RetryInterval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for a connection.</summary>
    /// <returns>Null when the socket's file is gone, so that nobody can connect to it any more.</returns>
    private async Task<Socket?> AcceptAsync(Socket listener, CancellationToken stop)
    {
        var accepted = listener.AcceptAsync(stop).AsTask();
        while (await Task.WhenAny(accepted, Task.Delay(FileCheckInterval, _time, stop)) != accepted)
        {
            if (stop.IsCancellationRequested || File.Exists(_path)) continue;
            _log.SecretSocketFailed(null);
            return null;
        }

        return await accepted;
    }

    private async Task ReceiveAsync(Socket client, CancellationToken stop)
    {
        // The folder is closed to other users; this holds also where somebody has opened it.
        if (!PeerUser.IsThisUser(client)) return;
        using var deadline = new Deadline(DeliveryTimeout, _time, stop);
        try
        {
            var bytes = new byte[MaxBytes];
            int length = 0, read;
            while ((read = await client.ReceiveAsync(bytes.AsMemory(length), deadline.Token)) > 0) length += read;
            var delivery = JsonSerializer.Deserialize(bytes.AsSpan(0, length), AttemptJson.Default.SecretDelivery);
            if (delivery is not { Group: not null, Values: not null }) return;
            _values[delivery.Group] = delivery.Values;
            _log.SecretsReceived(delivery.Group);
            Array.Clear(bytes);
            await client.SendAsync("ok"u8.ToArray(), deadline.Token);
        }
        catch (Exception e) when (e is JsonException or SocketException or OperationCanceledException)
        {
            // A broken delivery delivers nothing. Its sender gets no answer, and reports that.
        }
    }
}
