using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.App.Fitting;

/// <summary>What a user should know about the limits and the priority of new runs.</summary>
internal static class LimitNotes
{
    /// <summary>The limit of dollars can't count the runs; null when it can, or when there is none.</summary>
    public static string? OfPrice(WorkSpec spec) => spec is { Limits.UsdPerDay: not null, UsdPerHour: null, IsLocal: false }
        ? "limits.dollars_per_day does not count these runs, since the price of their machines is unknown" : null;

    /// <summary>The target does not follow priorities; null when it does, or when the priority is normal.</summary>
    public static string? OfPriority(RunPriority priority, string name, ITarget target) =>
        priority == RunPriority.Normal || target is IOrdersQueue ? null
            : $"{name} starts runs in the order of its own queue: the priority only counts for runs that `limits` hold back";
}
