using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Tenfold.Gateway.Forwarding;

/// <summary>The headers that belong to one connection and are never passed on (RFC 9110, section 7.6.1).</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Upgrade-Insecure-Requests", "Alt-Svc", "Expect", "X-Content-Length");

    /// <summary>True for a header that is never passed on.</summary>
    /// <param name="name">The header.</param>
    /// <param name="connection">The message's <c>Connection</c> header, which may name further ones.</param>
    public static bool Contains(string name, StringValues connection)
    {
        if (Names.Contains(name)) return true;
        if (connection.Count == 0) return false;
        foreach (var line in connection)
            foreach (var named in line.AsSpan().Split(','))
                if (line.AsSpan(named).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
