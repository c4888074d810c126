using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold logs</c>: what a run printed, also while it runs.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FarLook = TimeSpan.FromSeconds(2);

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A run");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the run has ended." };
        var times = new Option<bool>("--timestamps", "-t") { Description = "Put the time before each line." };
        var tail = new Option<int?>("--tail") { Description = "Only the last so many lines." };
        var attempt = new Option<int?>("--attempt") { Description = "Which attempt, from 1. Default: the latest." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object for each line: at, source (out, err or tenfold), text." };
        return new Command("logs", "Print what a run has printed.".WithExample("tenfold logs k7m2xqab-3", "tenfold logs -f k7m2xqab-3")) { id, follow, times, tail, attempt, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var run = await services.Ids.RunAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                var number = parsed.GetValue(attempt) ?? run.Attempts;
                if (number < 1 || number > run.Attempts) throw new CommandException(ExitCodes.NotFound, $"{run.Id} has had {Numbers.Count(run.Attempts, "attempt")}; --attempt {number} is none of them");
                await using var output = Console.OpenStandardOutput();
                await using var writer = new StreamWriter(output, bufferSize: 64 * 1024);
                using var printer = new LogPrinter(writer, parsed.GetValue(times), parsed.GetValue(json));
                var store = await services.StoreOfAsync(run.Id, cancellationToken).OrFailAsync();
                var start = parsed.GetValue(tail) is { } lines ? await LogTail.OffsetAsync(store, AttemptKeys.Log(RunNames.Attempt(run.Id, number)), lines, cancellationToken) : 0;
                await PrintAsync(services, store, run.Id, number, start, parsed.GetValue(follow), printer, cancellationToken);
                return ExitCodes.Success;
            });
    }

    private static async Task PrintAsync(Services services, IStore store, string run, int number, long offset, bool follow, LogPrinter printer, CancellationToken cancellationToken)
    {
        // Another machine's scheduler is not asked as often as the log is looked at.
        var isFarAway = (await services.Ledger.GroupAsync(RunNames.GroupOf(run), cancellationToken))!.Spec.Target is { Kind: not "local" };
        var (said, asked) = ((string?)null, (long?)null);
        while (true)
        {
            // First whether it has ended, then what it printed: so nothing that came before the end is missed.
            if (asked is null || !isFarAway || services.Time.GetElapsedTime(asked.Value) > FarLook)
            {
                var look = await services.Controller.ReconcileAsync(cancellationToken);
                if (look.Faults is [var fault, ..] && fault != said) Terminal.Say($"-- {said = fault} (it is tried again)");
                asked = services.Time.GetTimestamp();
            }

            var attempts = await services.Ledger.AttemptsOfAsync(run, cancellationToken);
            var ended = attempts[number - 1].State.IsFinal();
            var from = offset;
            await using (var stream = await store.OpenSegmentsAsync(AttemptKeys.Log(RunNames.Attempt(run, number)), offset, cancellationToken))
                offset += await printer.PrintAsync(stream, cancellationToken);
            if (!follow) return;
            if (ended && attempts.Count > number)
            {
                Terminal.Say($"-- attempt {number} {attempts[number - 1].State.ToString().ToLowerInvariant()}; attempt {number + 1} follows");
                (number, offset) = (number + 1, 0);
            }
            else if (ended) return;
            else if (offset == from) await Task.Delay(Look, services.Time, cancellationToken);
        }
    }
}
