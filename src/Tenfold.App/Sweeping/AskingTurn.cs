using Tenfold.Core.Control;
using Tenfold.Core.Ledger;

namespace Tenfold.App.Sweeping;

/// <summary>
/// The turn of one process among those that ask a study for its next trial. A suggestion takes long to compute, and only one process at a
/// time can record the next number: the others would compute in vain.
/// </summary>
/// <remarks>The turn only saves work. Whoever goes without one still gets a trial of its own.</remarks>
internal sealed class AskingTurn : IAsyncDisposable
{
    // Longer than a suggestion takes. A holder that died on this machine is noticed at once.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ILedger _ledger;
    private readonly Lease? _lease;

    private AskingTurn(ILedger ledger, Lease? lease) => (_ledger, _lease) = (ledger, lease);

    /// <summary>Waits for the turn, at most as long as a dead process on another machine can keep it.</summary>
    public static async Task<AskingTurn> WaitAsync(ILedger ledger, string study, TimeProvider time, CancellationToken cancellationToken)
    {
        var (name, holder, start) = ($"ask {study}", LeaseHolder.New(), time.GetTimestamp());
        string? dead = null;
        while (true)
        {
            if (await ledger.TryAcquireLeaseAsync(name, holder, Duration, dead, cancellationToken) is { } lease) return new(ledger, lease);
            LeaseRecord? held;
            do
            {
                if (time.GetElapsedTime(start) > Duration) return new(ledger, null);
                await Task.Delay(Pause, time, cancellationToken);
                held = await ledger.FindLeaseAsync(name, cancellationToken);
                dead = held is { IsHeld: true, Holder: { } other } && LeaseHolder.IsKnownDead(other) ? other : null;
            }
            while (held is { IsHeld: true } && dead is null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lease is null) return;
        try
        {
            await _ledger.ReleaseAsync(_lease, CancellationToken.None);
        }
        catch (LedgerException)
        {
            // The trial is recorded, and the turn ends by itself.
        }
    }
}
