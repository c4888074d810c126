using Tenfold.Core.Attempts;

namespace Tenfold.Agent;

/// <summary>That an attempt is to stop, and why. The first reason stands; safe for several threads at once.</summary>
public sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _gate = new();
    private bool _isTaken;

    /// <summary>Why; <see cref="Ending.None"/> while nobody has asked.</summary>
    public Ending Ending { get; private set; }

    /// <summary>Why, in plain words; null while nobody has asked.</summary>
    public string? Reason { get; private set; }

    /// <summary>True once the machine is being taken away, whoever asked first: what is left to do has less time then.</summary>
    public bool IsTaken
    {
        get => Volatile.Read(ref _isTaken);
        private set => Volatile.Write(ref _isTaken, value);
    }

    /// <summary>Cancelled once somebody asks.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Asks. Later reasons change nothing.</summary>
    public void Ask(Ending ending, string reason)
    {
        lock (_gate)
        {
            if (Ending != Ending.None) return;
            (Ending, Reason) = (ending, reason);
        }

        _source.Cancel();
    }

    /// <summary>Asks since the machine is being taken away.</summary>
    public void Take(string reason)
    {
        IsTaken = true;
        Ask(Ending.Lost, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
