using Tenfold.Core.Costs;
using Tenfold.Core.Ledger;

namespace Tenfold.Core.Results;

/// <summary>What the machines of a group's runs have cost so far.</summary>
/// <param name="UsdPerHour">The price of each run's machine; null when it isn't known.</param>
/// <param name="MachineTime">The time during which commands ran, over all attempts.</param>
public sealed record GroupCost(decimal? UsdPerHour, TimeSpan MachineTime)
{
    /// <summary>The cost in US dollars; null when the price isn't known.</summary>
    public decimal? Usd => UsdPerHour is { } price ? CostMath.Cost(price, MachineTime) : null;

    /// <summary>Computes the cost from the times in the ledger.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="group">The group.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<GroupCost> ReadAsync(
        ILedger ledger, GroupRecord group, IEnumerable<RunRecord> runs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sum = TimeSpan.Zero;
        foreach (var run in runs) sum = CostMath.Add(sum, await MachineTimeAsync(ledger, run, now, cancellationToken));
        return new GroupCost(group.Spec.UsdPerHour, sum);
    }

    /// <summary>The time during which the commands of a run's attempts ran.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="run">The run.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="since">Earlier time isn't counted; default: all time is.</param>
    public static async Task<TimeSpan> MachineTimeAsync(
        ILedger ledger, RunRecord run, DateTimeOffset now, CancellationToken cancellationToken, DateTimeOffset since = default)
    {
        // Between attempts no machine runs.
        if (run.Attempts <= 1) return Length(Later(run.StartedAt, since), run.EndedAt ?? now);
        var attempts = await ledger.ListAttemptsAsync(run.Id, cancellationToken);
        return attempts.Aggregate(
            TimeSpan.Zero,
            (sum, attempt) => CostMath.Add(sum, Length(Later(attempt.StartedAt, since), attempt.EndedAt ?? now)));
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset other) => one < other ? other : one;

    private static TimeSpan Length(DateTimeOffset? from, DateTimeOffset until) =>
        from is { } begin && until > begin ? until - begin : TimeSpan.Zero;
}
