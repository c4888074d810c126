using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Control;

/// <summary>The limits of a home, and the ledger that keeps them.</summary>
/// <param name="Ledger">The ledger.</param>
/// <param name="Home">Reads the limits of all runs of this home.</param>
public sealed record QueueControl(IQueueLedger Ledger, Func<HomeLimits> Home);

/// <summary>The limits of all runs of a home.</summary>
/// <param name="Limits">The limits; null for none.</param>
/// <param name="Fault">Why they can't be read; then nothing is admitted. Null when they can.</param>
public sealed record HomeLimits(RunLimits? Limits, ControlFault? Fault = null);

/// <summary>
/// Holds pending attempts back while a limit is reached. An attempt is admitted in the ledger before it is handed to its target, and keeps
/// its place until it has ended, so a limit holds whatever controller is killed, and however many share the ledger.
/// </summary>
/// <remarks>Without limits nothing is read and nothing is recorded. See docs/decisions/0045.</remarks>
/// <param name="ledger">The ledger.</param>
/// <param name="queue">The limits of the home, and their ledger.</param>
/// <param name="time">The clock.</param>
internal sealed class Admission(ILedger ledger, QueueControl queue, TimeProvider time)
{
    private readonly GroupFacts _groups = new(ledger);

    /// <summary>Admits what may start, and takes the other pending attempts out of a round.</summary>
    /// <param name="live">Every attempt that has not ended.</param>
    /// <param name="targets">The attempts of each target that this controller can reach.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why the limits can't be read, or which group is not counted; null when all is well.</returns>
    public async Task<ControlFault?> HoldBackAsync(
        IReadOnlyList<LiveAttempt> live, IEnumerable<List<LiveAttempt>> targets, CancellationToken cancellationToken)
    {
        List<LiveAttempt> startable = [.. targets.SelectMany(attempts => attempts).Where(one =>
            one.Attempt.State == AttemptState.Pending && one.Run.CancelRequestedAt is null && one.IsOwn)];
        var (held, fault) = await AdmitAsync(live, startable, cancellationToken);
        fault ??= _groups.Fault;
        if (held.Count == 0) return fault;
        foreach (var attempts in targets) attempts.RemoveAll(one => held.ContainsKey(one.Attempt.Id));
        List<AttemptChange> changes = [.. startable
            .Where(one => held.GetValueOrDefault(one.Attempt.Id) is { } reason && one.Attempt.Reason != reason)
            .Select(one => new AttemptChange
            {
                Attempt = one.Attempt.Id,
                At = time.GetUtcNow(),
                State = AttemptState.Pending,
                Reason = held[one.Attempt.Id],
            })];
        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
        return fault;
    }

    private async Task<AdmissionResult> AdmitAsync(
        IReadOnlyList<LiveAttempt> live, IReadOnlyCollection<LiveAttempt> startable, CancellationToken cancellationToken)
    {
        if (startable.All(one => one.Attempt.AdmittedAt is not null)) return AdmissionResult.None;
        var home = queue.Home();
        var limits = LimitsByProject(live);
        List<string> waiting = [.. startable
            .Where(one => one.Attempt.AdmittedAt is null
                && (home.Fault is not null || home.Limits is { IsEmpty: false } || limits.ContainsKey(one.Group.Spec.Project)))
            .Select(one => one.Attempt.Id)];
        if (waiting.Count == 0) return AdmissionResult.None;
        if (home.Fault is { } fault)
            return new AdmissionResult(waiting.ToDictionary(one => one, Reason? (_) => new Reason.Note(fault.Detail)), fault);
        // The count first: what another controller admits after this makes the admission fail.
        var admissions = await queue.Ledger.ReadAdmissionsAsync(cancellationToken);
        var chosen = await ChooseAsync(
            await ledger.ListLiveAttemptsAsync(cancellationToken), waiting.ToHashSet(), home, limits, admissions, cancellationToken);
        if (chosen.Admitted.Count == 0
            || await queue.Ledger.AdmitAsync(chosen.Admitted, admissions.Count, time.GetUtcNow(), cancellationToken))
            return new AdmissionResult(chosen.Held, null);
        return new AdmissionResult(waiting.ToDictionary(one => one, Reason? (_) => null), null);
    }

    /// <summary>
    /// The limits of each project that has some: those of its newest group. A group that repeats another one has that one's old limits, so
    /// it counts only when there is no other.
    /// </summary>
    public static Dictionary<string, RunLimits> LimitsByProject(IReadOnlyList<LiveAttempt> live) => live.Where(one => one.IsOwn)
        .Select(one => one.Group).DistinctBy(group => group.Id).GroupBy(group => group.Spec.Project)
        .Select(project => (project.Key, project.OrderBy(group => group.Like is null).ThenBy(group => group.CreatedAt).Last().Spec.Limits))
        .Where(project => project.Limits is { IsEmpty: false }).ToDictionary(project => project.Key, project => project.Limits!);

    private async Task<(List<AdmittedAttempt> Admitted, Dictionary<string, Reason?> Held)> ChooseAsync(
        IReadOnlyList<LiveAttempt> live, HashSet<string> waiting, HomeLimits home, Dictionary<string, RunLimits> limits,
        Admissions admissions, CancellationToken cancellationToken)
    {
        var scopes = limits.Select(one => new LimitScope(one.Value, one.Key)).ToList();
        if (home.Limits is { IsEmpty: false } all) scopes.Add(new LimitScope(all, null));
        var order = new FairOrder();
        foreach (var group in admissions.Groups)
            if (await _groups.FindAsync(group, live, cancellationToken) is { } found) order.TakeTurn(found.Owner);
        var spending = await Spending.ReadAsync(queue.Ledger, _groups, live, scopes, time.GetUtcNow(), cancellationToken);
        foreach (var one in live.Where(IsOccupying))
        {
            order.AddRunning(one.Group.Owner);
            foreach (var scope in scopes.Where(scope => scope.Covers(one.Group))) scope.Add(spending.CommittedTo(one, scope));
        }

        var (admitted, held) = (new List<AdmittedAttempt>(), new Dictionary<string, Reason?>());
        foreach (var next in order.Order(InOrderOfAge(live.Where(one => waiting.Contains(one.Attempt.Id))), one => one.Group.Owner))
        {
            // It may have been admitted, cancelled or ended since the round began.
            if (next.Attempt.AdmittedAt is not null || next.Attempt.State != AttemptState.Pending) continue;
            var cost = spending.ExpectedCost(next.Group);
            List<LimitScope> covering = [.. scopes.Where(scope => scope.Covers(next.Group))];
            if (covering.Select(scope => scope.WhyNot(cost)).FirstOrDefault(why => why is not null) is { } reason)
            {
                held[next.Attempt.Id] = reason;
                continue;
            }

            foreach (var scope in covering) scope.Add(cost ?? 0);
            order.Start(next.Group.Owner);
            admitted.Add(new AdmittedAttempt(next.Attempt.Id, cost is null ? Uncounted(covering) : null));
        }

        return (admitted, held);
    }

    private static string? Uncounted(IEnumerable<LimitScope> scopes) => scopes.Any(scope => scope.Limits.UsdPerDay is not null)
        ? "the price of its machine is unknown, so limits.dollars_per_day does not count it" : null;

    /// <summary>True for an attempt that has its place: it was handed to its target, or will be.</summary>
    private static bool IsOccupying(LiveAttempt one) =>
        one.Attempt.State != AttemptState.Pending || (one.Attempt.AdmittedAt is not null && one.Run.CancelRequestedAt is null);

    private static IReadOnlyList<LiveAttempt> InOrderOfAge(IEnumerable<LiveAttempt> attempts) =>
        [.. attempts.OrderBy(one => one.Group.CreatedAt).ThenBy(one => one.Group.Id, StringComparer.Ordinal).ThenBy(one => one.Run.Repeat)];
}

/// <summary>Which attempts are held back.</summary>
/// <param name="Held">The attempts, each with its reason; a null reason when another controller was first.</param>
/// <param name="Fault">Why the limits can't be read; null when they can.</param>
internal sealed record AdmissionResult(IReadOnlyDictionary<string, Reason?> Held, ControlFault? Fault)
{
    public static AdmissionResult None { get; } = new(new Dictionary<string, Reason?>(), null);
}
