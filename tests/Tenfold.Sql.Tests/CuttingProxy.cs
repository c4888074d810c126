using System.Net;
using System.Net.Sockets;

namespace Tenfold.Sql.Tests;

/// <summary>
/// A proxy between a program and a server that can cut the connection at a COMMIT: before the COMMIT arrives, or before its answer does.
/// </summary>
internal sealed class CuttingProxy : IDisposable
{
    private static readonly byte[] Commit = "COMMIT\0"u8.ToArray();

    // The message ReadyForQuery: its letter and its length.
    private static readonly byte[] Ready = "Z\0\0\0\u0005"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where to cut the next COMMIT; null not to cut.</summary>
    public Cutting? Next { get; set; }

    /// <summary>How often the server was ready for the next query: the number of round trips.</summary>
    public int Answers { get; set; }

    /// <summary>How often a connection was cut.</summary>
    public int Cuts { get; private set; }

    public void Dispose() => _listener.Dispose();

    private delegate bool Passes(ReadOnlySpan<byte> bytes);

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var inner = new TcpClient();
        using (client)
        {
            try
            {
                await inner.ConnectAsync(IPAddress.Loopback, _server);
                var cut = false;
                await Task.WhenAny(
                    CopyAsync(client.GetStream(), inner.GetStream(), bytes =>
                    {
                        if (Next is not { } cutting || bytes.IndexOf(Commit) < 0) return true;
                        (Next, cut) = (null, true);
                        Cuts++;
                        return cutting == Cutting.After;
                    }),
                    // The answer is only sent once the server has committed.
                    CopyAsync(inner.GetStream(), client.GetStream(), bytes =>
                    {
                        Answers += bytes.Count(Ready);
                        return !cut;
                    }));
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // cut by one side
            }
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, Passes pass)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            var bytes = buffer.AsMemory(0, read);
            if (!pass(bytes.Span)) return;
            await to.WriteAsync(bytes);
        }
    }
}

/// <summary>Where the connection is cut.</summary>
public enum Cutting
{
    /// <summary>Before the COMMIT arrives.</summary>
    Before,

    /// <summary>After the COMMIT, before its answer arrives.</summary>
    After,
}
