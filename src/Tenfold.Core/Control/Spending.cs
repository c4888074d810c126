using Tenfold.Core.Costs;
using Tenfold.Core.Ledger;

namespace Tenfold.Core.Control;

/// <summary>What runs have cost today, and are expected to cost.</summary>
/// <remarks>
/// A run is expected to take as long as the mean of its group's runs that ended today; if none has, as long as its time limit; if it has
/// none, an hour. Without an expectation, all runs of a day would start at midnight, when nothing is spent.
/// </remarks>
internal sealed class Spending
{
    private static readonly TimeSpan Assumed = TimeSpan.FromHours(1);

    private readonly Dictionary<string, TimeSpan> _means = [];
    private readonly DateTimeOffset _now;

    private Spending(DateTimeOffset now) => _now = now;

    /// <summary>Reads what the runs that ended today have cost, and adds it to each scope with a limit of dollars.</summary>
    public static async Task<Spending> ReadAsync(
        IQueueLedger ledger, GroupFacts groups, IReadOnlyList<LiveAttempt> live, IReadOnlyList<LimitScope> scopes, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var spending = new Spending(now);
        List<(LimitScope Scope, DateTimeOffset Day)> priced =
            [.. scopes.Where(scope => scope.Limits.UsdPerDay is not null).Select(scope => (scope, scope.Limits.StartOfDay(now)))];
        if (priced.Count == 0) return spending;
        var ended = await ledger.ListEndedAsync(priced.Min(one => one.Day), cancellationToken);
        foreach (var group in ended.GroupBy(one => one.Group))
        {
            spending._means[group.Key] = TimeSpan.FromTicks((long)group.Average(one => Between(one.StartedAt, one.EndedAt).Ticks));
            if (await groups.FindAsync(group.Key, live, cancellationToken) is not { } found) continue;
            var price = GroupFacts.PriceOf(found);
            foreach (var (scope, day) in priced.Where(one => one.Scope.Covers(found.Spec.Project)))
                foreach (var one in group) scope.AddSpent(Cost(price, Between(one.StartedAt < day ? day : one.StartedAt, one.EndedAt)));
        }

        return spending;
    }

    /// <summary>What a run of a group is expected to cost; 0 on this machine, null when the price is unknown.</summary>
    public decimal? ExpectedCost(GroupRecord group) =>
        GroupFacts.PriceOf(group) is { } price ? Cost(price, ExpectedTime(group)) : null;

    /// <summary>What an attempt that has its place has cost today, and is expected to cost until its end.</summary>
    public decimal CommittedTo(LiveAttempt live, LimitScope scope)
    {
        if (live.Attempt.StartedAt is not { } start) return ExpectedCost(live.Group) ?? 0;
        var day = scope.Limits.StartOfDay(_now);
        var left = ExpectedTime(live.Group) - Between(start, _now);
        return Cost(
            GroupFacts.PriceOf(live.Group), Between(start < day ? day : start, _now) + (left > TimeSpan.Zero ? left : TimeSpan.Zero));
    }

    private TimeSpan ExpectedTime(GroupRecord group) =>
        _means.TryGetValue(group.Id, out var mean) ? mean
        : group.Spec.Resources.MaxRuntime is { } most ? (most > TimeSpan.Zero ? most : TimeSpan.Zero) : Assumed;

    private static decimal Cost(decimal? usdPerHour, TimeSpan time) => CostMath.Cost(usdPerHour ?? 0, time);

    private static TimeSpan Between(DateTimeOffset from, DateTimeOffset until) => until > from ? until - from : TimeSpan.Zero;
}

/// <summary>What is known of groups, also of those whose runs have ended. A group never changes in this.</summary>
/// <param name="ledger">The ledger.</param>
internal sealed class GroupFacts(ILedger ledger)
{
    private const int Most = 10_000;

    private readonly Dictionary<string, GroupRecord> _ended = [];

    /// <summary>Why the last group that could not be read is not counted; null when every group could be read.</summary>
    public ControlFault? Fault { get; private set; }

    /// <summary>The price of an hour of the group's machines; 0 for this machine, null when it is unknown.</summary>
    public static decimal? PriceOf(GroupRecord group) => group.Spec.UsdPerHour ?? (group.Spec.IsLocal ? 0 : null);

    /// <summary>A group; null when its record is damaged, and then <see cref="Fault"/> says so.</summary>
    /// <param name="group">Its id.</param>
    /// <param name="live">The attempts that have not ended, with their groups.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<GroupRecord?> FindAsync(string group, IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        if (_ended.TryGetValue(group, out var known)) return known;
        if (live.FirstOrDefault(one => one.Group.Id == group) is { } open) return open.Group;
        if (_ended.Count >= Most) _ended.Clear();
        try
        {
            if (await ledger.FindGroupAsync(group, cancellationToken) is { } found) return _ended[group] = found;
            Fault = new ControlFault(ControlFaultKind.Record, group, $"the record of the group {group} is missing in the ledger");
        }
        catch (LedgerException e) when (e.IsUnreadable)
        {
            Fault = new ControlFault(ControlFaultKind.Record, group, e.Message);
        }

        return null;
    }
}
