using Tenfold.Core.Pools;

namespace Tenfold.Agent.Pools;

/// <summary>Decides when the machine of a pool has been on for long enough: it has nothing to do, or its lifetime is over.</summary>
/// <param name="options">What its owner allows.</param>
/// <param name="time">The clock.</param>
/// <param name="readGpus">Asks whether somebody uses the graphics processors.</param>
internal sealed class MachineLimits(PoolOptions options, TimeProvider time, Func<CancellationToken, Task<GpuUse>> readGpus)
{
    // The commands have 20 s after SIGTERM, and then the agent uploads what they wrote. A timer of systemd ends the machine at its
    // lifetime.
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly long _startedAt = time.GetTimestamp();
    private long _idleSince = time.GetTimestamp();
    private long? _probedAt;
    private Task<GpuUse>? _probe;
    private GpuUse _gpus = GpuUse.Free;
    private bool _isRunning;

    /// <summary>For how long nothing has run; null while something does, and without a limit.</summary>
    public TimeSpan? IdleFor
    {
        get
        {
            lock (_gate)
                return options.Idle is null || _isRunning || _gpus != GpuUse.Free ? null : time.GetElapsedTime(_idleSince);
        }
    }

    /// <summary>What is known of the graphics processors while no run is there.</summary>
    public GpuUse Gpus
    {
        get
        {
            lock (_gate) return _gpus;
        }
    }

    /// <summary>True some minutes before the machine must be off: time for runs to save their work.</summary>
    public bool IsLifetimeOver => options.Lifetime is { } lifetime
        && options.Uptime + time.GetElapsedTime(_startedAt) >= lifetime - (lifetime / 4 < LongestMargin ? lifetime / 4 : LongestMargin);

    /// <summary>Decides; to be called again and again.</summary>
    /// <param name="isRunning">True while a run is on the machine.</param>
    /// <param name="cancellationToken">Cancels questions about the graphics processors.</param>
    /// <returns>Why the agent should end; null when it should not.</returns>
    public PoolEnding? Decide(bool isRunning, CancellationToken cancellationToken)
    {
        if (IsLifetimeOver) return PoolEnding.Lifetime;
        if (options.Idle is not { } idle) return null;
        lock (_gate)
        {
            _isRunning = isRunning;
            if (isRunning)
            {
                (_idleSince, _gpus) = (time.GetTimestamp(), GpuUse.Free);
                return null;
            }

            ReadProbe(cancellationToken);
            // The last answer counts only while it is new: a program may have begun since.
            var isKnown = _probedAt is { } at && time.GetElapsedTime(at) < 2 * ProbeInterval && _probe is null;
            return isKnown && _gpus == GpuUse.Free && time.GetElapsedTime(_idleSince) >= idle ? PoolEnding.Idle : null;
        }
    }

    private void ReadProbe(CancellationToken cancellationToken)
    {
        if (_probe is { IsCompleted: true } ended)
        {
            var before = _gpus;
            _gpus = ended.IsCompletedSuccessfully ? ended.Result : GpuUse.Unknown;
            _probe = null;
            // The use may have ended just now.
            if (before != GpuUse.Free || _gpus != GpuUse.Free) _idleSince = time.GetTimestamp();
        }

        if (_probe is not null || (_probedAt is { } at && time.GetElapsedTime(at) < ProbeInterval)) return;
        _probedAt = time.GetTimestamp();
        _probe = readGpus(cancellationToken);
        if (_probe.IsCompleted) ReadProbe(cancellationToken);
    }
}
