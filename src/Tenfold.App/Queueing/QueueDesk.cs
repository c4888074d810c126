using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;

namespace Tenfold.App.Queueing;

/// <summary>Shows which runs wait, in the order in which they start, and changes their priorities.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="isOfServer">
/// True in a server, where who asks may be somebody else than the home's user: what another home has submitted is not touched at its
/// target.
/// </param>
public sealed class QueueDesk(Services services, bool isOfServer = false)
{
    /// <summary>
    /// The waiting runs: those of each target together, in the order in which they start. The order is a forecast: it supposes that a run
    /// starts wherever one ends.
    /// </summary>
    public async Task<IReadOnlyList<WaitingRun>> ListAsync(CancellationToken cancellationToken)
    {
        var live = await services.Ledger.ListLiveAttemptsAsync(cancellationToken);
        return
        [
            .. live.GroupBy(one => PlaceOf(one.Group)).OrderBy(place => place.First().Group.Target, StringComparer.Ordinal)
                .ThenBy(place => place.Key, StringComparer.Ordinal).SelectMany(place => InOrder([.. place])),
        ];
    }

    /// <summary>Changes the priority of a group: of its runs that wait, and of those that are added or retried later.</summary>
    /// <param name="prefix">A prefix of the id of the group, or of one of its runs.</param>
    /// <param name="priority">The priority.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was changed; or a refusal: no such group, or none of its runs waits.</returns>
    public async Task<Outcome<MovedGroup>> MoveAsync(string prefix, RunPriority priority, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveGroupOrRunAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        var group = RunNames.GroupOf(id);
        List<LiveAttempt> waiting =
            [.. (await services.Ledger.ListLiveAttemptsAsync(cancellationToken)).Where(one => one.Group.Id == group && IsWaiting(one))];
        if (waiting.Count == 0) return Refusal.NotFound($"no run of {group} waits, so there is nothing to move");
        await services.QueueControl.Ledger.SetPriorityAsync(group, priority, services.Time.GetUtcNow(), cancellationToken);
        List<string> submitted = [.. waiting.Where(one => one.Attempt.State == AttemptState.Queued).Select(one => one.Attempt.Id)];
        var moved = new MovedGroup(group, priority, waiting.Count);
        if (submitted.Count == 0) return moved;
        if (isOfServer && !waiting.TrueForAll(one => one.IsOwn))
            return moved with { Kept = submitted.Count, Why = "another home has submitted them" };
        try
        {
            var found = await services.Targets.FindAsync(waiting[0].Group, cancellationToken);
            if (found.Target is not { } target) return moved with { Kept = submitted.Count, Why = "it is not controlled from here" };
            if (target.Target is not IOrdersQueue queue)
            {
                return moved with
                {
                    Kept = submitted.Count,
                    Why = $"{waiting[0].Group.Target} has a queue of its own, and starts what was submitted in its own order",
                };
            }

            await queue.SetPriorityAsync(submitted, priority, cancellationToken);
            return moved;
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return moved with { Kept = submitted.Count, Why = e.Message };
        }
    }

    private static string PlaceOf(GroupRecord group) =>
        group.Spec.Target is { IsLocal: false } target ? $"{target.Kind} {target.Place} {group.Spec.Store}" : $"local {group.Host}";

    private static bool IsWaiting(LiveAttempt one) =>
        one.Attempt.State is AttemptState.Pending or AttemptState.Queued && one.Run.CancelRequestedAt is null;

    private static IEnumerable<WaitingRun> InOrder(IReadOnlyList<LiveAttempt> place)
    {
        List<LiveAttempt> waiting = [.. place.Where(IsWaiting).OrderBy(one => one.Group.CreatedAt).ThenBy(one => one.Group.Id)
            .ThenBy(one => one.Run.Repeat)];
        var target = place[0].Group.Spec.Target;
        // The machines of a pool choose by the fair order too.
        if (target is { IsLocal: false } && target.Kind != PoolKind.Declaration.Kind)
            return waiting.Select(one => new WaitingRun(one, null, one.Run.Reason));
        var order = new FairOrder();
        foreach (var one in place.Where(one => one.Attempt.State == AttemptState.Running).OrderBy(one => one.Attempt.StartedAt))
            order.Start(one.Group.Owner);
        // What a limit holds back starts after what its target has.
        var held = waiting.ToLookup(one => one.Run.Reason is Reason.WaitsForRunLimit or Reason.WaitsForDayLimit);
        return Forecast(order, [.. held[false]]).Concat(Forecast(order, [.. held[true]]))
            .Select((one, ahead) => new WaitingRun(one, ahead, WhyOf(one.Run.Reason, ahead)));
    }

    private static List<LiveAttempt> Forecast(FairOrder order, IReadOnlyList<LiveAttempt> waiting)
    {
        var next = new List<LiveAttempt>();
        foreach (var one in order.Order(waiting, one => one.Group.Owner))
        {
            next.Add(one);
            order.Start(one.Group.Owner);
        }

        return next;
    }

    private static Reason? WhyOf(Reason? reason, int ahead) => ahead == 0 ? reason
        : new Reason.WaitsBehind(ahead, reason is Reason.WaitsForRoom or Reason.WaitsForAgent ? null : reason);
}

/// <summary>A run that waits.</summary>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Ahead">How many runs of its target start before it; null when the target decides that itself.</param>
/// <param name="Why">Why it waits; null when nothing is known.</param>
public sealed record WaitingRun(LiveAttempt Attempt, int? Ahead, Reason? Why);

/// <summary>A group whose priority was changed.</summary>
/// <param name="Group">Its id.</param>
/// <param name="Priority">The priority.</param>
/// <param name="Waiting">How many of its runs wait.</param>
public sealed record MovedGroup(string Group, RunPriority Priority, int Waiting)
{
    /// <summary>How many of these keep their place in the queue of their target.</summary>
    public int Kept { get; init; }

    /// <summary>Why they do; null when none does.</summary>
    public string? Why { get; init; }
}
