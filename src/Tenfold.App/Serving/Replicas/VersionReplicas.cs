namespace Tenfold.App.Serving.Replicas;

/// <summary>
/// The replicas of one version on this machine: started, watched, restarted after a growing pause, and drained when disposed of. Safe for
/// several threads at once.
/// </summary>
/// <remarks>
/// Take the version out of the routes before you dispose of its replicas: a replica that drains finishes what is in flight, and accepts
/// nothing new.
/// </remarks>
public sealed class VersionReplicas : IAsyncDisposable
{
    private readonly ReplicaOptions _options;
    private readonly Action<VersionReplicas>? _changed;
    private readonly IReadOnlyList<Replica> _replicas;
    private readonly Lock _gate = new();
    private volatile VersionStatus _status = new([], IsCrashLooping: false);
    private TaskCompletionSource _change = NewSignal();
    private Task? _stopping;

    private VersionReplicas(ServedVersion version, ReplicaOwner owner, ReplicaOptions options, Action<VersionReplicas>? changed)
    {
        (Version, _options, _changed) = (version, options, changed);
        lock (_gate)
        {
            _replicas = [.. Enumerable.Range(1, version.Replicas).Select(number => new Replica(version, number, owner, options, Update))];
            Publish();
        }
    }

    /// <summary>What is served.</summary>
    public ServedVersion Version { get; }

    /// <summary>The replicas as they are now; replaced as a whole by each change.</summary>
    public VersionStatus Status => _status;

    /// <summary>Starts a version's replicas, and does not wait until they are ready.</summary>
    /// <param name="version">The version.</param>
    /// <param name="owner">This process.</param>
    /// <param name="options">The times; null for the defaults.</param>
    /// <param name="changed">Called after each change of <see cref="Status"/>, on any thread; it must be short. Null for nothing.</param>
    public static VersionReplicas Start(
        ServedVersion version, ReplicaOwner owner, ReplicaOptions? options = null, Action<VersionReplicas>? changed = null) =>
        new(version, owner, options ?? new ReplicaOptions(), changed);

    /// <summary>Waits until every replica is ready, or the version fails in a crash loop.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when all are ready; false for a crash loop, or when the replicas were stopped.</returns>
    public async Task<bool> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate) change = _change.Task;
            var status = _status;
            if (status.Ready.Count == Version.Replicas) return true;
            if (status.IsCrashLooping || status.Replicas.All(replica => replica.State == ReplicaState.Stopped)) return false;
            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drains and ends all replicas: SIGTERM, 25 s for what is in flight, then SIGKILL. Calling it again waits for the same
    /// end.</summary>
    public Task StopAsync()
    {
        lock (_gate) return _stopping ??= StopOnceAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync()
    {
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        Version.Lease?.Dispose();
    }

    private void Update()
    {
        TaskCompletionSource done;
        lock (_gate)
        {
            Publish();
            (done, _change) = (_change, NewSignal());
        }

        done.SetResult();
        _changed?.Invoke(this);
    }

    private void Publish()
    {
        var replicas = _replicas.Select(replica => replica.Status).ToList();
        _status = new VersionStatus(replicas, replicas.Any(replica => replica.Failures >= _options.CrashLoop));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
