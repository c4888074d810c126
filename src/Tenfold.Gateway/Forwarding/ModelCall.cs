using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Forwarding;

/// <summary>One call to one replica of a model.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Replica">The replica.</param>
/// <param name="Body">The body for <c>POST /invocations</c>.</param>
/// <param name="ContentType">Its media type; null when the client named none.</param>
internal sealed record ModelCall(Guid Id, ReplicaAddress Replica, ReadOnlyMemory<byte> Body, string? ContentType);

/// <summary>How a call to a model ended.</summary>
internal enum CallEnd
{
    /// <summary>The whole reply is there.</summary>
    Complete,

    /// <summary>The replica did not accept the connection, so it did not get the request.</summary>
    NotConnected,

    /// <summary>The time is over.</summary>
    TimedOut,

    /// <summary>The replica ended the connection too early, or its reply is no valid HTTP.</summary>
    Broken,

    /// <summary>The client is gone.</summary>
    ClientGone,
}
