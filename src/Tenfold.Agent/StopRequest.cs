using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent;

/// <summary>A request to stop an attempt, with its reason. The first reason stands. Safe for several threads at once.</summary>
public sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _gate = new();
    private bool _isPreempted;

    /// <summary>How the attempt is to end; <see cref="Ending.None"/> while nothing was requested.</summary>
    public Ending Ending { get; private set; }

    /// <summary>Why; null while nothing was requested.</summary>
    public Reason? Reason { get; private set; }

    /// <summary>True once the host ends the job, whatever was requested first: less time is left then.</summary>
    public bool IsPreempted
    {
        get => Volatile.Read(ref _isPreempted);
        private set => Volatile.Write(ref _isPreempted, value);
    }

    /// <summary>Cancelled by the first request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Requests the stop. Later requests change nothing.</summary>
    public void Request(Ending ending, Reason reason)
    {
        lock (_gate)
        {
            if (Ending != Ending.None) return;
            (Ending, Reason) = (ending, reason);
        }

        _source.Cancel();
    }

    /// <summary>Requests the stop because the host ends the job.</summary>
    public void Preempt(Reason reason)
    {
        IsPreempted = true;
        Request(Ending.Lost, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
