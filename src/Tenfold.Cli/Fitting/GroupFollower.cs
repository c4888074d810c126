using System.Runtime.InteropServices;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Fitting;

/// <summary>Watches a group until its last run has ended. The runs don't need it: they go on when it ends.</summary>
/// <param name="place">The parts to work with.</param>
internal sealed class GroupFollower(Workplace place)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private volatile bool _interrupted;

    /// <summary>Watches.</summary>
    /// <returns>True when every run has ended; false when the user left.</returns>
    public async Task<bool> FollowAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        var view = Terminal.IsInteractive ? (IGroupView)new LiveGroupView(group, place.Time) : new PlainGroupView(group, place.Time);
        while (true)
        {
            var left = await view.ShowAsync(show => WatchAsync(group, show, cancellationToken));
            if (left != Left.Asks) return left == Left.No;
            if (await AskAsync(group, cancellationToken) is { } answer) return answer;
        }
    }

    private async Task<Left> WatchAsync(GroupRecord group, Action<IReadOnlyList<RunWithMetrics>> show, CancellationToken cancellationToken)
    {
        var changed = place.Time.GetTimestamp();
        var ended = 0;
        while (true)
        {
            var start = place.Time.GetTimestamp();
            await place.Controller.RoundAsync(cancellationToken);
            var runs = await place.Ledger.RunsOfAsync(group.Id, cancellationToken);
            show(runs);
            var before = ended;
            ended = runs.Count(run => run.Run.State.IsFinal());
            if (ended == runs.Count) return Left.No;
            if (_interrupted) return Terminal.IsInteractive ? Left.Asks : Left.Yes;
            if (ended > before) changed = start;
            else if (IsFull(place.Home))
                throw new CommandException(
                    ExitCodes.CannotWrite,
                    $"the disk that holds {place.Home} is full; what runs keeps its results back until there is room. Free some space, then `tenfold show {group.Id}`.");
            await Task.Delay(Pause(place.Time.GetElapsedTime(start), place.Time.GetElapsedTime(changed)), place.Time, cancellationToken);
        }
    }

    // Looking stays a small part of what the machine does: a look takes longer the more runs there are, and the longer no run has ended,
    // the less often there is something to see.
    private static TimeSpan Pause(TimeSpan look, TimeSpan quiet)
    {
        var pause = quiet / 10;
        if (pause > Longest) pause = Longest;
        if (pause < Shortest) pause = Shortest;
        return pause > look * 5 ? pause : look * 5;
    }

    private static bool IsFull(string folder) => new DriveInfo(folder).AvailableFreeSpace < 4096;

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = !_interrupted; // the second time ends this program; the runs go on
        _interrupted = true;
    }

    // True: cancelled, and watched to the end; false: left; null: goes on watching.
    private async Task<bool?> AskAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        Console.Error.Write("d: leave, the runs go on    c: cancel them    any other key: go on watching  ");
        var key = Console.ReadKey(intercept: true).KeyChar;
        Terminal.Say("");
        _interrupted = false;
        if (key is 'd' or 'D') return false;
        if (key is not ('c' or 'C')) return null;
        var runs = await place.Ledger.RunsOfAsync(group.Id, cancellationToken);
        await place.Ledger.AskCancelAsync([.. runs.Select(run => run.Run.Id)], place.Time.GetUtcNow(), null, cancellationToken);
        return null;
    }
}

/// <summary>Whether the user left.</summary>
internal enum Left
{
    /// <summary>No: every run has ended.</summary>
    No,

    /// <summary>Pressed Ctrl-C, and is to be asked what is meant.</summary>
    Asks,

    /// <summary>Yes.</summary>
    Yes,
}

/// <summary>Shows how a group gets on.</summary>
internal interface IGroupView
{
    /// <summary>Shows while <paramref name="watch"/> goes on; it calls what it is given after each look.</summary>
    Task<Left> ShowAsync(Func<Action<IReadOnlyList<RunWithMetrics>>, Task<Left>> watch);
}
