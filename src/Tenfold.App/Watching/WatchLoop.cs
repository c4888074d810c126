using System.Runtime.CompilerServices;
using Tenfold.Core.Control;

namespace Tenfold.App.Watching;

/// <summary>Observes something again and again until it has ended. Runs continue when nobody watches them.</summary>
/// <param name="time">The clock.</param>
/// <param name="home">The folder whose disk the runs of this machine fill; null when a server has them.</param>
public sealed class WatchLoop(TimeProvider time, string? home)
{
    private const int RemoteFactor = 10;
    private const long MinFreeBytes = 4096;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Observes at once, and then after each pause. The last snapshot says that everything has ended. A consumer may stop earlier; that
    /// changes nothing for the runs.
    /// </summary>
    /// <returns>Snapshots; and as the last outcome CannotWrite when the home's disk is full and no run ends any more.</returns>
    public async IAsyncEnumerable<Outcome<TSnapshot>> RunAsync<TSnapshot>(
        IWatch<TSnapshot> watch, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        var changed = time.GetTimestamp();
        var ended = 0;
        while (true)
        {
            var start = time.GetTimestamp();
            var snapshot = await watch.ObserveAsync(cancellationToken);
            yield return snapshot;
            if (snapshot.IsOver) yield break;
            if (snapshot.Ended > ended) changed = start;
            else if (home is not null && new DriveInfo(home).AvailableFreeSpace < MinFreeBytes)
            {
                yield return Refusal.CannotWrite(
                    $"the disk that holds {home} is full; running runs hold their results back until there is space. " +
                    $"Free some space, then `tenfold show {watch.Id}`.");
                yield break;
            }

            ended = snapshot.Ended;
            var pause = PauseAfter(time.GetElapsedTime(start), time.GetElapsedTime(changed), watch.IsRemote);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    // An observation takes longer the more runs there are, so the pause grows with it: watching must stay a small part of the machine's
    // work. The pause also grows while no run ends. But an observation that submitted runs may have uploaded the agent for a minute, and
    // that says nothing about the next one.
    internal static TimeSpan PauseAfter(TimeSpan observing, TimeSpan quiet, bool isRemote)
    {
        var (shortest, longest) = isRemote ? (Shortest * RemoteFactor, Longest * RemoteFactor) : (Shortest, Longest);
        var pause = quiet / 10;
        if (pause > longest) pause = longest;
        if (pause < shortest) pause = shortest;
        var work = observing * 5 < Slowest ? observing * 5 : Slowest;
        return pause > work ? pause : work;
    }
}

/// <summary>Something that is observed until it has ended: a group or a study.</summary>
/// <typeparam name="TSnapshot">What an observation returns.</typeparam>
public interface IWatch<TSnapshot>
    where TSnapshot : WatchSnapshot
{
    /// <summary>The id of the group or study.</summary>
    string Id { get; }

    /// <summary>True when observing asks another machine's scheduler, which must not be asked as often as this machine.</summary>
    bool IsRemote { get; }

    /// <summary>Observes once, and lets work proceed: submits pending attempts, and asks for a study's next trials.</summary>
    Task<TSnapshot> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>Cancels the runs that have not ended.</summary>
    Task CancelAsync(CancellationToken cancellationToken);
}

/// <summary>The result of one observation.</summary>
/// <param name="Ended">How many parts have ended. While this number grows, work proceeds.</param>
/// <param name="IsOver">True once every part has ended.</param>
/// <param name="Faults">What could not be observed, and why. The next observation tries again.</param>
public abstract record WatchSnapshot(int Ended, bool IsOver, IReadOnlyList<ControlFault> Faults);
