using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Routing;

/// <summary>Where one replica of a version answers.</summary>
internal sealed class ReplicaAddress : IDisposable
{
    private readonly int[] _inFlight = new int[2];
    private int _period;

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
    public int InFlight => Volatile.Read(ref _inFlight[0]) + Volatile.Read(ref _inFlight[1]);

    /// <summary>Counts a request.</summary>
    /// <returns>What <see cref="End"/> needs.</returns>
    public int Begin()
    {
        var period = Volatile.Read(ref _period);
        Interlocked.Increment(ref _inFlight[period]);
        return period;
    }

    /// <summary>Ends a request.</summary>
    /// <param name="period">What <see cref="Begin"/> returned.</param>
    public void End(int period) => Interlocked.Decrement(ref _inFlight[period]);

    /// <summary>Begins a new period. One caller calls this, again and again after equal times.</summary>
    /// <returns>
    /// True when a request is in flight that began before the period that ends now. As long as a request lasts, at least every second call
    /// returns true.
    /// </returns>
    public bool BeginPeriod()
    {
        // Requests are counted in two places, in turn. What is left where the next period counts is older than the last one.
        var next = 1 - _period;
        var isLong = Volatile.Read(ref _inFlight[next]) > 0;
        Volatile.Write(ref _period, next);
        return isLong;
    }

    /// <inheritdoc/>
    public void Dispose() => Connections.Dispose();
}
