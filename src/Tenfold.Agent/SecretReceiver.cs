using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent;

/// <summary>Takes secrets over a Unix domain socket that only this user can reach, and keeps them in memory while the agent lives.</summary>
public sealed class SecretReceiver : IDisposable
{
    private const int MaxBytes = 1 << 20;
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _values = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Listens from now on. The queue's folder is closed to other users, and so is the socket in it.</summary>
    public SecretReceiver(WorkQueue queue)
    {
        File.SetUnixFileMode(queue.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (queue.SocketPath.Length > WorkQueue.MaxSocketPath) return; // longer than a socket's address may be; whoever delivers says so
        File.Delete(queue.SocketPath);
        _socket.Bind(new UnixDomainSocketEndPoint(queue.SocketPath));
        _socket.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The values of the named secrets that were delivered for a group. This process's own variables don't count: they are those of
    /// whichever shell happened to start it.</summary>
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
        _stop.Cancel();
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _socket.AcceptAsync(_stop.Token);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                patience.CancelAfter(TimeSpan.FromSeconds(5));
                await TakeAsync(client, patience.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The agent ends.
        }
    }

    private async Task TakeAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = new byte[MaxBytes];
            int length = 0, read;
            while ((read = await client.ReceiveAsync(bytes.AsMemory(length), cancellationToken)) > 0) length += read;
            if (JsonSerializer.Deserialize(bytes.AsSpan(0, length), AttemptJson.Default.SecretDelivery) is not { Group: not null, Values: not null } delivery) return;
            _values[delivery.Group] = delivery.Values;
            Array.Clear(bytes);
            await client.SendAsync("ok"u8.ToArray(), cancellationToken);
        }
        catch (Exception e) when (e is JsonException or SocketException or OperationCanceledException)
        {
            // A broken delivery delivers nothing; whoever sent it gets no answer and says so.
        }
    }
}
