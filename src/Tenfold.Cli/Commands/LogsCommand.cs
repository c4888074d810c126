using System.CommandLine;
using Tenfold.App.Logs;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold logs</c>: prints a run's output, also while it runs.</summary>
internal static class LogsCommand
{
    // What the API sends at most.
    private const int MostLines = 1_000_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A run");
        var follow = new Option<bool>("--follow", "-f") { Description = "Keep printing until the run has ended." };
        var times = new Option<bool>("--timestamps", "-t") { Description = "Put the time before each line." };
        var tail = new Option<int?>("--tail") { Description = "Print only this many lines from the end." };
        var attempt = new Option<int?>("--attempt") { Description = "Which attempt, from 1. Default: the latest." };
        var json = new Option<bool>("--json")
        {
            Description = "Print a JSON object for each line: at, source (out, err or tenfold), text as it was written, continues.",
        };
        var description = "Print a run's output.".WithExample("tenfold logs k7m2xqab-3", "tenfold logs -f k7m2xqab-3");
        var command = new Command("logs", description) { id, follow, times, tail, attempt, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var request = new LogRequest(
                parsed.GetValue(id)!, parsed.GetValue(attempt), parsed.GetValue(tail), parsed.GetValue(follow), parsed.GetValue(json));
            var log = await new LogReader(services).OpenAsync(request, cancellationToken).OrFailAsync();
            await using var output = new StandardOutput();
            await using var writer = new StreamWriter(output, bufferSize: 64 * 1024);
            var isLive = parsed.GetValue(follow) && !parsed.GetValue(json) && Terminal.CanRedraw;
            using var picture = isLive ? new LivePicture(writer) : null;
            using var printer = new LogPrinter(writer, parsed.GetValue(times), parsed.GetValue(json), picture);
            await foreach (var update in log.ReadAsync(cancellationToken)) printer.Print(update);
            return ExitCodes.Success;
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var path = PathOf(
                parsed.GetValue(id)!, parsed.GetValue(attempt), parsed.GetValue(tail), parsed.GetValue(follow), parsed.GetValue(json));
            await using var output = new StandardOutput();
            await using var writer = new StreamWriter(output, bufferSize: 64 * 1024) { AutoFlush = parsed.GetValue(follow) };
            using var printer = new LogPrinter(writer, parsed.GetValue(times), parsed.GetValue(json));
            var (log, count) = (new RemoteLog(isRaw: parsed.GetValue(json)), 0);
            await foreach (var line in server.GetLinesAsync(path, LineJson.Default.LogView, cancellationToken))
            {
                if (log.Read(line) is { } text) printer.Print(new LogUpdate.Output([text]));
                else printer.Say(RemoteLog.OneLine(line.Text));
                count++;
            }

            return parsed.GetValue(follow) || count < MostLines ? ExitCodes.Success : throw new CommandException(
                ExitCodes.BadInput, $"the server sends {MostLines:N0} lines at a time, and the log may have more: use --tail");
        });
    }

    private static string PathOf(string id, int? attempt, int? tail, bool follow, bool isRaw)
    {
        List<string> query = [follow ? "follow=true" : $"limit={MostLines}", isRaw ? "raw=true" : "raw=false"];
        if (attempt is { } number) query.Add($"attempt={number}");
        if (tail is { } lines) query.Add($"tail={lines}");
        return $"runs/{Uri.EscapeDataString(id)}/logs?{string.Join('&', query)}";
    }
}
