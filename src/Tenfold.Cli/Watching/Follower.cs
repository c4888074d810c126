using System.Runtime.InteropServices;
using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Core.Control;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Watching;

/// <summary>
/// Shows a watch until everything has ended: on a terminal as a picture that changes in place, in logs and pipes as a line for each
/// end.
/// </summary>
/// <param name="loop">Observes the watch.</param>
internal sealed class Follower(WatchLoop loop)
{
    private volatile bool _interrupted;
    private IReadOnlyList<ControlFault> _shownFaults = [];

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
            switch (await AskAsync(watch, text.Leaving, cancellationToken))
            {
                case null: return true;
                case Answer.Leave: return false;
            }
        }
    }

    // Returns true when everything has ended, and false when the user interrupted it.
    private async Task<bool> ShowAsync<TSnapshot>(
        IWatch<TSnapshot> watch, IWatchText<TSnapshot> text, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        using var picture = Terminal.IsInteractive ? new LivePicture(Terminal.Pictures) : null;
        await foreach (var outcome in loop.RunAsync(watch, cancellationToken))
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
        context.Cancel = true;
        // A second signal ends this program; the runs continue.
        if (_interrupted) Environment.Exit(ExitCodes.Interrupted);
        _interrupted = true;
    }

    // Returns null when everything has ended before the user answered.
    private async Task<Answer?> AskAsync<TSnapshot>(IWatch<TSnapshot> watch, string leaving, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        Console.Error.Write($"Enter: leave ({leaving})    type cancel: cancel    type watch: continue watching  > ");
        // Reading from a terminal can't be cancelled. When the runs end first, its thread ends with the program.
        var line = Task.Run(Console.In.ReadLine, CancellationToken.None);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = IsOverAsync(watch, answered.Token);
        if (await Task.WhenAny(line, over) == over && await over)
        {
            Console.Error.WriteLine();
            return null;
        }

        var answer = Read(await line);
        await answered.CancelAsync();
        await over;
        _interrupted = false;
        if (answer == Answer.Cancel) await watch.CancelAsync(cancellationToken);
        return answer == Answer.Leave ? Answer.Leave : Answer.Stay;
    }

    // Waits until everything has ended; false when that was cancelled.
    private async Task<bool> IsOverAsync<TSnapshot>(IWatch<TSnapshot> watch, CancellationToken cancellationToken)
        where TSnapshot : WatchSnapshot
    {
        try
        {
            await foreach (var outcome in loop.RunAsync(watch, cancellationToken))
                if (outcome.OrFail().IsOver) return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        return false;
    }

    /// <summary>
    /// Reads an answer. Any input other than two words leaves, because a user who believes to be back at the shell may type anything.
    /// </summary>
    /// <param name="line">The line; null when there is no more input.</param>
    internal static Answer Read(string? line) => line?.Trim().ToLowerInvariant() switch
    {
        "cancel" => Answer.Cancel,
        "watch" => Answer.Stay,
        _ => Answer.Leave,
    };

    /// <summary>What a user wants after Ctrl-C.</summary>
    internal enum Answer
    {
        /// <summary>To continue watching.</summary>
        Stay,

        /// <summary>To leave; the runs continue.</summary>
        Leave,

        /// <summary>To cancel the runs.</summary>
        Cancel,
    }
}
