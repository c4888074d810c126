using System.Buffers.Binary;
using System.Net.Sockets;

namespace Tenfold.Core.Platform;

/// <summary>Tells who is at the other end of a Unix domain socket.</summary>
/// <remarks>Source: <c>SO_PEERCRED</c> in unix(7). The system answers, so the other end can't lie.</remarks>
public static class PeerUser
{
    private const int SolSocket = 1, SoPeerCred = 17;

    /// <summary>True when a program of this user has connected, or listens there.</summary>
    public static bool IsThisUser(Socket socket)
    {
        // struct ucred: the ids of the process, the user and the group, as 32-bit numbers.
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == credentials.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) == Posix.UserId();
    }
}
