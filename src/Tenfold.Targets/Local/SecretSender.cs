using System.Net.Sockets;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Targets.Local;

/// <summary>
/// Sends the values of this host's secrets to the agent over a socket that only this user can open. The values appear on no command line
/// and in no file.
/// </summary>
/// <param name="queue">The queue whose agent receives the values.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretSender(WorkQueue queue, SecretSource secrets, TimeProvider time)
{
    // The agent keeps what it received. If this process forgets a group, it sends the group's secrets again.
    private readonly RecentlyUsed<string, bool> _sent = new(TimeSpan.FromHours(1), time);

    /// <summary>Sends the secrets that the waiting entries need and that were not sent before.</summary>
    public async Task SendAsync(IReadOnlyList<QueueEntry> waiting, CancellationToken cancellationToken)
    {
        // One entry of each group is enough to know its secrets.
        foreach (var group in waiting.GroupBy(entry => RunNames.GroupOf(entry.Attempt)).Where(group => !_sent.TryGet(group.Key, out _)))
            if (WorkQueue.Read(group.First()) is { } assignment) await SendAsync([assignment], cancellationToken);
    }

    /// <summary>Sends the secrets that the assignments need and that were not sent before.</summary>
    /// <returns>False when this host has the secrets but no agent accepts them.</returns>
    public async Task<bool> SendAsync(IEnumerable<Assignment> assignments, CancellationToken cancellationToken)
    {
        var isAccepted = true;
        foreach (var assignment in assignments.DistinctBy(assignment => assignment.Group))
        {
            var values = assignment.Spec.Secrets
                .Select(name => (Name: name, Value: secrets(name)))
                .Where(secret => secret.Value is not null)
                .ToDictionary(secret => secret.Name, secret => secret.Value!);
            // A shell that has all of the group's secrets must send them.
            if (values.Count < assignment.Spec.Secrets.Count) continue;
            var isSent = values.Count == 0 || await TrySendAsync(new SecretDelivery(assignment.Group, values), cancellationToken);
            if (isSent) _sent.Set(assignment.Group, true);
            else isAccepted = false;
        }

        return isAccepted;
    }

    private async Task<bool> TrySendAsync(SecretDelivery delivery, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(TimeSpan.FromSeconds(5), time, cancellationToken);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(queue.SocketPath), deadline.Token);
            if (!PeerUser.IsThisUser(socket)) return false; // Another user's program waits there for secrets.
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(delivery, AttemptJson.Default.SecretDelivery), deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
            return await socket.ReceiveAsync(new byte[8], deadline.Token) > 0;
        }
        catch (Exception e) when (e is SocketException or ArgumentException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false; // No agent listens yet. The next round tries again.
        }
    }
}
