using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tenfold.App.Serving.Replicas;

/// <summary>Finds free ports of this machine for replicas. Safe for several threads at once.</summary>
/// <remarks>
/// The ports lie below those that Linux gives to outgoing connections (32768 and above), so that none of these takes a port between the
/// search and the moment at which the replica listens.
/// </remarks>
internal static class LoopbackPorts
{
    private const int First = 18_000, Count = 14_000;

    private static readonly HashSet<int> Taken = [];
    private static readonly Lock Gate = new();

    /// <summary>Takes a port on which nothing listens; null when none is free.</summary>
    public static int? Take()
    {
        var start = RandomNumberGenerator.GetInt32(Count);
        lock (Gate)
        {
            for (var i = 0; i < Count; i++)
            {
                var port = First + ((start + i) % Count);
                if (Taken.Contains(port) || !IsFree(port)) continue;
                Taken.Add(port);
                return port;
            }
        }

        return null;
    }

    /// <summary>Gives a port back.</summary>
    public static void Release(int port)
    {
        lock (Gate) Taken.Remove(port);
    }

    // A service may listen on all addresses, so the port must be free on each of them.
    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
