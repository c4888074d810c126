using System.Runtime.CompilerServices;

namespace Tenfold.App.Watching;

/// <summary>Observes something again and again until it has ended. Runs don't need it: they continue when it stops.</summary>
/// <param name="services">The services of this home.</param>
public sealed class WatchLoop(Services services)
{
    private const int RemoteFactor = 10;
    private const long MinFreeBytes = 4096;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Observes at once, and then after each pause. The last snapshot says that everything has ended. A consumer that leaves earlier
    /// leaves the runs as they are.
    /// </summary>
    /// <returns>Snapshots; or, as the last outcome, CannotWrite when the disk of the home is full and no run ends any more.</returns>
    public async IAsyncEnumerable<Outcome<TSnapshot>> RunAsync<TSnapshot>(
        IWatch<TSnapshot> watch, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        var changed = services.Time.GetTimestamp();
        var ended = 0;
        while (true)
        {
            var start = services.Time.GetTimestamp();
            var snapshot = await watch.ObserveAsync(cancellationToken);
            yield return snapshot;
            if (snapshot.IsOver) yield break;
            if (snapshot.Ended > ended) changed = start;
            else if (new DriveInfo(services.Home).AvailableFreeSpace < MinFreeBytes)
            {
                yield return Refusal.CannotWrite(
                    $"the disk that holds {services.Home} is full; what runs keeps its results back until there is room. " +
                    $"Free some space, then `tenfold show {watch.Id}`.");
                yield break;
            }

            ended = snapshot.Ended;
            var pause = PauseAfter(services.Time.GetElapsedTime(start), services.Time.GetElapsedTime(changed), watch.IsRemote);
            await Task.Delay(pause, services.Time, cancellationToken);
        }
    }

    // Observing must stay a small part of what the machine does. Observing takes longer the more runs there are, and the longer no run
    // has ended, the less often there is something new.
    private static TimeSpan PauseAfter(TimeSpan observing, TimeSpan quiet, bool isRemote)
    {
        var (shortest, longest) = isRemote ? (Shortest * RemoteFactor, Longest * RemoteFactor) : (Shortest, Longest);
        var pause = quiet / 10;
        if (pause > longest) pause = longest;
        if (pause < shortest) pause = shortest;
        return pause > observing * 5 ? pause : observing * 5;
    }
}

/// <summary>Something that is observed until it has ended: a group, a study.</summary>
/// <typeparam name="TSnapshot">What an observation returns.</typeparam>
public interface IWatch<TSnapshot>
    where TSnapshot : WatchSnapshot
{
    /// <summary>The id of the group or study.</summary>
    string Id { get; }

    /// <summary>True when observing asks another machine's scheduler, which must not be asked as often as this machine.</summary>
    bool IsRemote { get; }

    /// <summary>Observes once, and does what is needed to go on: submits what is pending, asks a study's next trials.</summary>
    Task<TSnapshot> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>Cancels what has not ended.</summary>
    Task CancelAsync(CancellationToken cancellationToken);
}

/// <summary>What one observation saw.</summary>
/// <param name="Ended">How many parts have ended. While it grows, work proceeds.</param>
/// <param name="IsOver">True once every part has ended.</param>
/// <param name="Faults">What could not be observed, and why. The next observation tries again.</param>
public abstract record WatchSnapshot(int Ended, bool IsOver, IReadOnlyList<string> Faults);
