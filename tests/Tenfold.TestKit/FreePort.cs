using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tenfold.TestKit;

/// <summary>A port on this machine at which nothing listens.</summary>
/// <remarks>
/// It lies below the ports that outgoing connections and listeners without a port of their own get (Linux: from 32768 on), so that another
/// test does not take it by accident between the check and its use, or while a server is restarted.
/// </remarks>
public static class FreePort
{
    private const int First = 10_000, End = 17_000, Attempts = 1000;

    /// <summary>Finds a port.</summary>
    public static int Find()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use.
            }
        }

        throw new InvalidOperationException($"no port from {First} to {End} is free");
    }
}
