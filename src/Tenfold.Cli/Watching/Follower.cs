using System.Runtime.InteropServices;
using Tenfold.App;
using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Watching;

/// <summary>
/// Shows a watch until everything has ended: on a terminal as a picture that changes in place, in logs and pipes as a line for each
/// end.
/// </summary>
/// <param name="services">The services of this home.</param>
internal sealed class Follower(Services services)
{
    private volatile bool _interrupted;
    private IReadOnlyList<string> _shownFaults = [];

    /// <summary>Follows the watch.</summary>
    /// <returns>True when everything has ended; false when the user left.</returns>
    public async Task<bool> FollowAsync<TSnapshot>(
        IWatch<TSnapshot> watch, IWatchText<TSnapshot> text, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        while (true)
        {
            if (await ShowAsync(watch, text, cancellationToken)) return true;
            if (!Terminal.IsInteractive) return false;
            if (await AskAsync(watch, text.Leaving, cancellationToken) == Answer.Leave) return false;
        }
    }

    // Returns true when everything has ended, and false when the user interrupted it.
    private async Task<bool> ShowAsync<TSnapshot>(
        IWatch<TSnapshot> watch, IWatchText<TSnapshot> text, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        using var picture = Terminal.IsInteractive ? new LivePicture(Console.Error) : null;
        await foreach (var outcome in new WatchLoop(services).RunAsync(watch, cancellationToken))
        {
            var snapshot = outcome.OrFail();
            if (picture is null) WriteNews(text, snapshot);
            else Draw(picture, text, snapshot);
            if (snapshot.IsOver) return true;
            if (_interrupted) return false;
        }

        return true;
    }

    private void WriteNews<TSnapshot>(IWatchText<TSnapshot> text, TSnapshot snapshot)
        where TSnapshot : WatchSnapshot
    {
        foreach (var line in text.News(snapshot)) Terminal.Say(line);
        foreach (var fault in snapshot.Faults.Except(_shownFaults)) Terminal.Say($"{fault} (will be tried again)");
        _shownFaults = snapshot.Faults;
    }

    private static void Draw<TSnapshot>(LivePicture picture, IWatchText<TSnapshot> text, TSnapshot snapshot)
        where TSnapshot : WatchSnapshot
    {
        var lines = text.Picture(snapshot).Concat(snapshot.Faults.Select(fault => $"  ! {fault}"));
        picture.Draw([.. lines.Select(line => PlainText.Of(line).Replace('\n', ' ').Replace('\t', ' '))], Console.WindowWidth);
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = !_interrupted; // a second signal ends this program; the runs continue
        _interrupted = true;
    }

    private async Task<Answer> AskAsync<TSnapshot>(IWatch<TSnapshot> watch, string leaving, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        Console.Error.Write($"d: leave, {leaving}    c: cancel    any other key: continue watching  ");
        var key = Console.ReadKey(intercept: true).KeyChar;
        Terminal.Say("");
        _interrupted = false;
        if (key is 'd' or 'D') return Answer.Leave;
        if (key is 'c' or 'C') await watch.CancelAsync(cancellationToken);
        return Answer.Stay;
    }

    private enum Answer
    {
        Stay,
        Leave,
    }
}
