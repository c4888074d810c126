using System.Runtime.InteropServices;
using Tenfold.App;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Following;

/// <summary>
/// Watches something until it has ended: with a picture that changes in place for a terminal, with a line for each end for logs and pipes.
/// Runs don't need it: they go on when it ends.
/// </summary>
/// <param name="services">The services of this home.</param>
internal sealed class Follower(Services services)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private const int FarAway = 10;

    private volatile bool _interrupted;
    private IReadOnlyList<string> _said = [];

    /// <summary>Watches.</summary>
    /// <returns>True when all has ended; false when the user left.</returns>
    public async Task<bool> FollowAsync(IFollowed followed, CancellationToken cancellationToken)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        while (true)
        {
            var left = await ShowAsync(followed, cancellationToken);
            if (left != Left.Asks) return left == Left.No;
            if (await AskAsync(followed, cancellationToken) is { } answer) return answer;
        }
    }

    private async Task<Left> ShowAsync(IFollowed followed, CancellationToken cancellationToken)
    {
        if (!Terminal.IsInteractive) return await WatchAsync(followed, Tell, cancellationToken);
        using var picture = new LivePicture(Console.Error);
        return await WatchAsync(followed, () => picture.Draw([.. followed.Picture().Concat(followed.Faults.Select(fault => $"  ! {fault}")).Select(Plain)], Console.WindowWidth), cancellationToken);

        void Tell()
        {
            foreach (var line in followed.News()) Terminal.Say(line);
            foreach (var fault in followed.Faults.Except(_said)) Terminal.Say($"{fault} (it is tried again)");
            _said = followed.Faults;
        }
    }

    private async Task<Left> WatchAsync(IFollowed followed, Action show, CancellationToken cancellationToken)
    {
        var changed = services.Time.GetTimestamp();
        var ended = 0;
        while (true)
        {
            var start = services.Time.GetTimestamp();
            var isOver = await followed.LookAsync(cancellationToken);
            show();
            if (isOver) return Left.No;
            if (_interrupted) return Terminal.IsInteractive ? Left.Asks : Left.Yes;
            if (followed.Ended > ended) changed = start;
            else if (IsFull(services.Home))
                throw new CommandException(
                    ExitCodes.CannotWrite,
                    $"the disk that holds {services.Home} is full; what runs keeps its results back until there is room. Free some space, then `tenfold show {followed.Id}`.");
            ended = followed.Ended;
            await Task.Delay(Pause(services.Time.GetElapsedTime(start), services.Time.GetElapsedTime(changed), followed.IsFarAway), services.Time, cancellationToken);
        }
    }

    // Looking stays a small part of what the machine does: a look takes longer the more runs there are, and the longer no run has ended,
    // the less often there is something to see.
    private static TimeSpan Pause(TimeSpan look, TimeSpan quiet, bool isFarAway)
    {
        var (shortest, longest) = isFarAway ? (Shortest * FarAway, Longest * FarAway) : (Shortest, Longest);
        var pause = quiet / 10;
        if (pause > longest) pause = longest;
        if (pause < shortest) pause = shortest;
        return pause > look * 5 ? pause : look * 5;
    }

    private static bool IsFull(string folder) => new DriveInfo(folder).AvailableFreeSpace < 4096;

    private static string Plain(string line) => string.Concat(line.Where(c => !char.IsControl(c)));

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = !_interrupted; // the second time ends this program; the runs go on
        _interrupted = true;
    }

    // True: cancelled, and watched to the end; false: left; null: goes on watching.
    private async Task<bool?> AskAsync(IFollowed followed, CancellationToken cancellationToken)
    {
        Console.Error.Write($"d: leave, {followed.Leaving}    c: cancel    any other key: go on watching  ");
        var key = Console.ReadKey(intercept: true).KeyChar;
        Terminal.Say("");
        _interrupted = false;
        if (key is 'd' or 'D') return false;
        if (key is 'c' or 'C') await followed.CancelAsync(cancellationToken);
        return null;
    }

    /// <summary>Whether the user left.</summary>
    private enum Left
    {
        /// <summary>No: all has ended.</summary>
        No,

        /// <summary>Pressed Ctrl-C, and is to be asked what is meant.</summary>
        Asks,

        /// <summary>Yes.</summary>
        Yes,
    }
}
