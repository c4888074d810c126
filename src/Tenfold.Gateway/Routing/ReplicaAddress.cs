using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Routing;

/// <summary>Where one replica of a version answers.</summary>
internal sealed class ReplicaAddress : IDisposable
{
    private int _inFlight;

    /// <summary>Notes an address.</summary>
    /// <param name="uri">The address, such as <c>http://127.0.0.1:21000</c>.</param>
    /// <param name="time">The clock.</param>
    public ReplicaAddress(Uri uri, TimeProvider time)
    {
        Uri = uri;
        Prefix = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Invocations = new Uri($"{Prefix}/invocations");
        Connections = new ReplicaConnections(uri.IdnHost, uri.Port, time);
        RequestLine = System.Text.Encoding.ASCII.GetBytes($"POST {Invocations.AbsolutePath} HTTP/1.1\r\nHost: {uri.Authority}\r\n");
    }

    /// <summary>The address.</summary>
    public Uri Uri { get; }

    /// <summary>The address without a slash at its end.</summary>
    public string Prefix { get; }

    /// <summary>Where requests are posted.</summary>
    public Uri Invocations { get; }

    /// <summary>The first two lines of a request.</summary>
    public byte[] RequestLine { get; }

    /// <summary>Its idle connections.</summary>
    public ReplicaConnections Connections { get; }

    /// <summary>The number of requests in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Counts a request.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>Ends a request.</summary>
    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <inheritdoc/>
    public void Dispose() => Connections.Dispose();
}
