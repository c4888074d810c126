using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Running;

public sealed class Secrets_arrive_despite_faults_of_the_socket : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkQueue _queue;

    public Secrets_arrive_despite_faults_of_the_socket()
    {
        _queue = new WorkQueue(_folder["queue"]);
        Directory.CreateDirectory(_queue.Folder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Secrets_arrive_after_the_sockets_file_was_removed()
    {
        using var receiver = new SecretReceiver(_queue, TimeProvider.System, NullLogger.Instance);
        (await TryDeliverAsync("first")).ShouldBeTrue();
        File.Delete(_queue.SocketPath);
        await ShouldArriveAsync(receiver, "second");
        receiver.For("first", ["TOKEN"]).ShouldNotBeNull("what was delivered before is still known");
    }

    [Fact]
    public async Task Secrets_arrive_after_the_socket_failed()
    {
        var sockets = new List<Socket>();
        using var receiver = new SecretReceiver(_queue, TimeProvider.System, NullLogger.Instance, path =>
        {
            var socket = Bound(path);
            sockets.Add(socket);
            return socket;
        });
        sockets[0].Dispose();
        await ShouldArriveAsync(receiver, "group");
        sockets.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Secrets_arrive_when_the_socket_could_not_be_made_at_first()
    {
        var tries = 0;
        using var receiver = new SecretReceiver(_queue, TimeProvider.System, NullLogger.Instance, path =>
            tries++ == 0 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : Bound(path));
        await ShouldArriveAsync(receiver, "group");
    }

    private async Task ShouldArriveAsync(SecretReceiver receiver, string group)
    {
        await Eventually.ShouldBeAsync(() => TryDeliverAsync(group).GetAwaiter().GetResult(), "the secret is delivered");
        receiver.For(group, ["TOKEN"]).ShouldNotBeNull()["TOKEN"].ShouldBe("value");
    }

    private async Task<bool> TryDeliverAsync(string group)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_queue.SocketPath));
            var delivery = new SecretDelivery(group, new Dictionary<string, string> { ["TOKEN"] = "value" });
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(delivery, AttemptJson.Default.SecretDelivery));
            socket.Shutdown(SocketShutdown.Send);
            return await socket.ReceiveAsync(new byte[8]).WaitAsync(Eventually.Deadline) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket Bound(string path)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }
}
