using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Running;

public sealed class Secrets_come_from_this_user_only : IDisposable
{
    private const string Deliver =
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        try:
            s.sendall(b'{"group":"g","values":{"TOKEN":"planted"}}')
            s.shutdown(socket.SHUT_WR)
            print(s.recv(8).decode() or 'refused')
        except (ConnectionResetError, BrokenPipeError):
            print('refused')
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_delivery_of_another_user_is_refused_even_where_the_folder_is_open()
    {
        Environment.UserName.ShouldBe("root", "only root can start a program as another user");
        var queue = new WorkQueue(_folder["queue"]);
        Directory.CreateDirectory(queue.Folder);
        using var receiver = new SecretReceiver(queue, TimeProvider.System, NullLogger.Instance);
        const UnixFileMode everybody = (UnixFileMode)0b111_111_111;
        foreach (var path in new[] { _folder.Path, queue.Folder, queue.SocketPath }) File.SetUnixFileMode(path, everybody);

        (await DeliverAsync(queue, "setpriv", "--reuid", "65534", "--clear-groups")).ShouldBe("refused");
        receiver.For("g", ["TOKEN"]).ShouldBeNull();
        (await DeliverAsync(queue, "env")).ShouldBe("ok");
        receiver.For("g", ["TOKEN"]).ShouldNotBeNull();
    }

    private static async Task<string> DeliverAsync(WorkQueue queue, params string[] before)
    {
        var start = new ProcessStartInfo(before[0], [.. before[1..], "/usr/bin/python3", "-c", Deliver, queue.SocketPath])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }
}
