using Tenfold.Core.Costs;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.App.Costs;

/// <summary>Adds up what the machines of runs have cost, from the ledger.</summary>
/// <remarks>
/// It counts the time during which commands ran, at the price that was recorded with the group. It leaves out the minutes in which a
/// machine starts and prepares a run, and the cost of disks and transfers.
/// </remarks>
/// <param name="services">The services of this home.</param>
public sealed class CostReader(Services services)
{
    private const int Rows = 1000;

    // No run takes longer: whatever was recorded earlier had ended when the period began.
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(60);

    /// <summary>Adds up the cost of a period.</summary>
    /// <param name="since">When the period begins; it ends now.</param>
    /// <param name="by">What the rows are.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A row for each project, target or user that used machines, the most expensive first.</returns>
    public async Task<IReadOnlyList<CostRow>> ReadAsync(DateTimeOffset since, CostKey by, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        var groups = new Dictionary<string, GroupRecord>();
        var rows = new Dictionary<string, CostRow>();
        var count = await services.Ledger.CountRunsAsync(state: null, cancellationToken);
        for (var page = 0; page * Rows < count; page++)
        {
            var runs = await services.Ledger.ListNewestRunsAsync(state: null, Rows, page * Rows, cancellationToken);
            foreach (var row in runs.Where(row => row.Run.StartedAt is not null && (row.Run.EndedAt ?? now) > since))
            {
                if (await services.Damaged.ReadAsync($"run {row.Run.Id}", () => ReadAsync(row.Run)) is not { } one) continue;
                rows[one.Key] = rows.GetValueOrDefault(one.Key, new CostRow(one.Key)).Add(one.Time, one.UsdPerHour);
            }

            // A page may have fewer rows: damaged ones are left out.
            if (runs is [.., var last] && last.Run.CreatedAt < since - LongestRun) break;
        }

        return [.. rows.Values.OrderByDescending(row => row.Usd).ThenByDescending(row => row.MachineTime)];

        async Task<RunCost?> ReadAsync(RunRecord run)
        {
            if (!groups.TryGetValue(run.Group, out var group))
                groups[run.Group] = group = (await services.Ledger.FindGroupAsync(run.Group, cancellationToken))!;
            var time = await GroupCost.MachineTimeAsync(services.Ledger, run, now, cancellationToken, since);
            return new RunCost(KeyOf(group, by), time, PriceOf(group.Spec));
        }
    }

    /// <summary>The price of an hour of a group's machines; 0 for this machine; null when it isn't known.</summary>
    public static decimal? PriceOf(WorkSpec work) => work.UsdPerHour ?? (work.IsLocal ? 0 : null);

    private static string KeyOf(GroupRecord group, CostKey by) => by switch
    {
        CostKey.Target => group.Target,
        CostKey.User => group.Spec.User ?? "unknown",
        _ => group.Spec.Project,
    };

    private sealed record RunCost(string Key, TimeSpan Time, decimal? UsdPerHour);
}

/// <summary>What the rows of a cost report are.</summary>
public enum CostKey
{
    /// <summary>A row for each project.</summary>
    Project,

    /// <summary>A row for each target.</summary>
    Target,

    /// <summary>A row for each user.</summary>
    User,
}

/// <summary>What machines have cost.</summary>
/// <param name="Key">The project, target or user.</param>
/// <param name="Runs">How many runs used machines.</param>
/// <param name="MachineTime">The time in which commands ran.</param>
/// <param name="Usd">The cost of the time whose price is known, in US dollars.</param>
/// <param name="UnpricedTime">The part of the time whose price is not known.</param>
public sealed record CostRow(
    string Key, int Runs = 0, TimeSpan MachineTime = default, decimal Usd = 0, TimeSpan UnpricedTime = default)
{
    internal CostRow Add(TimeSpan time, decimal? usdPerHour) => this with
    {
        Runs = Runs + 1,
        MachineTime = CostMath.Add(MachineTime, time),
        Usd = CostMath.Add(Usd, CostMath.Cost(usdPerHour ?? 0, time)),
        UnpricedTime = CostMath.Add(UnpricedTime, usdPerHour is null ? time : TimeSpan.Zero),
    };
}
