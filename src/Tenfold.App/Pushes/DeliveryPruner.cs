using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>Removes the bodies of old deliveries, which may have 25 MB each. It looks once an hour.</summary>
/// <param name="ledger">The record.</param>
/// <param name="keep">How long a body is kept.</param>
/// <param name="time">The clock.</param>
public sealed class DeliveryPruner(IPushLedger ledger, TimeSpan keep, TimeProvider time)
{
    private const int AtOnce = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private long? _last;

    /// <summary>Removes what is too old, unless it was done within the last hour.</summary>
    /// <returns>How many bodies were removed.</returns>
    /// <exception cref="Core.Ledger.LedgerException">The record can't be read or written.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last) < Pause) return 0;
        var (before, count) = (time.GetUtcNow() - keep, 0);
        while (await ledger.RemoveBodiesAsync(before, AtOnce, cancellationToken) is > 0 and var removed) count += removed;
        _last = time.GetTimestamp();
        return count;
    }
}
