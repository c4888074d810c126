using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// Decides whose reports a round reads. Few attempts are all read in each round. Of many, those that run as the ledger knows already take
/// turns, since a read brings no more than newer metrics: so a round costs what its turns cost, and not what all attempts cost.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ReadingTurns(TimeProvider time)
{
    /// <summary>Up to so many attempts, every round reads every report.</summary>
    public const int Few = 500;

    /// <summary>The time in which each of very many attempts has its turn. A turn makes two requests to the store.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // A further attempt makes the turns longer by so much.
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, long> _read = [];
    private long? _last;

    /// <summary>Chooses the attempts to read.</summary>
    /// <param name="attempts">The attempts, each with its backend's state.</param>
    /// <returns>Those that are read in this round.</returns>
    public IReadOnlyList<(LiveAttempt Attempt, BackendState State)> Choose(
        IReadOnlyList<(LiveAttempt Attempt, BackendState State)> attempts)
    {
        var now = time.GetTimestamp();
        var since = _last is { } last ? time.GetElapsedTime(last, now) : TimeSpan.Zero;
        _last = now;
        if (attempts.Count <= Few)
        {
            _read.Clear();
            return attempts;
        }

        Forget(attempts);
        var turns = attempts.ToLookup(pair => IsSteady(pair.Attempt, pair.State));
        var all = TimeSpan.FromTicks(Math.Min(Longest.Ticks, Each.Ticks * (attempts.Count - Few)));
        var count = (int)Math.Ceiling(turns[true].Count() * Math.Min(1, since / all));
        List<(LiveAttempt Attempt, BackendState State)> chosen =
        [
            .. turns[false],
            .. turns[true].OrderBy(pair => _read.GetValueOrDefault(pair.Attempt.Attempt.Id)).Take(count),
        ];
        foreach (var (attempt, _) in chosen) _read[attempt.Attempt.Id] = now;
        return chosen;
    }

    private static bool IsSteady(LiveAttempt attempt, BackendState state) =>
        state.Kind == BackendKind.Running && attempt.Attempt.State == AttemptState.Running && attempt.Run.CancelRequestedAt is null;

    private void Forget(IReadOnlyList<(LiveAttempt Attempt, BackendState State)> attempts)
    {
        if (_read.Count <= attempts.Count) return;
        var live = attempts.Select(pair => pair.Attempt.Attempt.Id).ToHashSet();
        foreach (var id in _read.Keys.Where(id => !live.Contains(id)).ToList()) _read.Remove(id);
    }
}
