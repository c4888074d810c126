using Tenfold.Core.Versions;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Routing;

/// <summary>A version that the gateway serves: its replicas, and the requests that are in flight to them.</summary>
/// <param name="version">The version.</param>
/// <param name="replicas">Its replicas.</param>
/// <param name="input">The check of requests; null when the version has no schema.</param>
/// <param name="time">The clock.</param>
internal sealed class VersionEndpoint(ModelVersion version, IReplicaSet replicas, InputCheck? input, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ReadyReplicas _ready = new([], []);
    private readonly Redaction? _redaction = Redaction.Of(version.Limits.Redact);
    private int _inFlight;
    private bool _isClosed;

    /// <summary>The version as the ledger records it.</summary>
    public ModelVersion Version { get; } = version;

    /// <summary>Its replicas.</summary>
    public IReplicaSet Replicas { get; } = replicas;

    /// <summary>The check of requests; null when the version has no schema.</summary>
    public InputCheck? Input { get; } = input;

    /// <summary>A body as it is logged.</summary>
    public ReadOnlyMemory<byte> Redact(ReadOnlyMemory<byte> body) => _redaction is { } redaction ? redaction.Apply(body) : body;

    /// <summary>True when a replica can take a request.</summary>
    public bool IsReady => Replicas.Ready.Count > 0;

    /// <summary>Begins a request; <see cref="Leave"/> ends it.</summary>
    /// <returns>False when the version is being stopped: look up the route again.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            _inFlight++;
            return true;
        }
    }

    /// <summary>Ends a request that <see cref="TryEnter"/> began.</summary>
    public void Leave()
    {
        lock (_gate)
            if (--_inFlight > 0 || !_isClosed) return;
        _idle.TrySetResult();
    }

    /// <summary>The ready replica with the fewest requests in flight; null when none is ready.</summary>
    /// <param name="except">A replica that just refused a connection; null for none.</param>
    public ReplicaAddress? Choose(ReplicaAddress? except = null)
    {
        ReplicaAddress? best = null;
        foreach (var address in Addresses())
            if (address != except && (best is null || address.InFlight < best.InFlight)) best = address;
        return best;
    }

    /// <summary>Begins a new period in which requests are counted. One caller calls this, again and again after equal times.</summary>
    /// <returns>The replicas with a request that began before the period that ends now.</returns>
    public IReadOnlyList<Uri> BeginPeriod()
    {
        List<Uri>? found = null;
        foreach (var address in Addresses())
            if (address.BeginPeriod()) (found ??= []).Add(address.Uri);
        return found ?? [];
    }

    /// <summary>Lets the requests in flight end, and then ends the replicas.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_inFlight == 0) _idle.TrySetResult();
        }

        await _idle.Task;
        await Replicas.DisposeAsync();
        foreach (var address in _ready.Addresses) address.Dispose();
    }

    private ReplicaAddress[] Addresses()
    {
        var known = _ready;
        if (ReferenceEquals(known.Of, Replicas.Ready)) return known.Addresses;
        lock (_gate)
        {
            // Read again: another thread may have put a newer list into force meanwhile.
            var now = Replicas.Ready;
            var old = _ready.Addresses;
            ReplicaAddress[] addresses =
                [.. now.Select(uri => old.FirstOrDefault(address => address.Uri == uri) ?? new ReplicaAddress(uri, time))];
            _ready = new ReadyReplicas(now, addresses);
            foreach (var address in old.Except(addresses)) address.Dispose();
            return addresses;
        }
    }

    // One object, so that no reader sees the addresses of another list.
    private sealed record ReadyReplicas(IReadOnlyList<Uri> Of, ReplicaAddress[] Addresses);
}
