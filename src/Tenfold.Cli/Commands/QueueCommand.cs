using System.CommandLine;
using System.Text.Json.Nodes;
using Tenfold.App.Queueing;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Queueing;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold queue</c>: which runs wait, in the order in which they start, and why.</summary>
internal static class QueueCommand
{
    // The last is what a server lists at most.
    private const int Rows = 20, MaxRows = 100_000, MostOfServer = 10_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var limit = new Option<int?>("--limit", "-n") { Description = $"How many rows. Default: {Rows}, or all with --json." };
        limit.Validators.Add(result => CommandOptions.CheckCount(result, "--limit", MaxRows));
        var json = CommandOptions.Json();
        var description = "List the runs that wait, in the order in which they start on each target, and why they wait.".WithExample(
            "tenfold queue", "tenfold queue move k7m2xqab --priority high");
        return new Command("queue", description) { limit, json, Move() }.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var waiting = await new QueueDesk(services).ListAsync(cancellationToken);
            var isJson = parsed.GetValue(json);
            var rows = parsed.GetValue(limit) ?? (isJson ? int.MaxValue : Rows);
            if (isJson) Json.Write([.. waiting.Take(rows).Select(WaitingRunView.Of)], ViewJson.Default.IReadOnlyListWaitingRunView);
            else Write([.. waiting.Select(WaitingRunView.Of)], rows);
            return ExitCodes.Success;
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var given = parsed.GetValue(limit);
            if (given > MostOfServer) throw TooMany();
            var waiting = await server.GetAsync(
                $"queue?limit={MostOfServer}", ViewJson.Default.IReadOnlyListWaitingRunView, cancellationToken);
            if (!parsed.GetValue(json))
            {
                Write(waiting, given ?? Rows);
                return ExitCodes.Success;
            }

            // Programs add up what JSON lists, and rows left out silently would make their sums wrong.
            if (given is null && waiting.Count >= MostOfServer) throw TooMany();
            Json.Write([.. waiting.Take(given ?? MostOfServer)], ViewJson.Default.IReadOnlyListWaitingRunView);
            return ExitCodes.Success;
        });
    }

    private static Command Move()
    {
        var group = new Argument<string>("group") { Description = "The id of a group, or of one of its runs." };
        var priority = new Option<RunPriority>("--priority") { Description = "low, normal or high.", Required = true };
        var description = "Change the priority of a group's waiting runs.".WithExample("tenfold queue move k7m2xqab --priority high");
        return new Command("move", description) { group, priority }.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var moved = await new QueueDesk(services).MoveAsync(
                parsed.GetValue(group)!, parsed.GetValue(priority), cancellationToken).OrFailAsync();
            return Say(MovedGroupView.Of(moved));
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var body = new JsonObject
            {
                ["group"] = parsed.GetValue(group),
                ["priority"] = parsed.GetValue(priority).ToString().ToLowerInvariant(),
            };
            return Say(await server.PostAsync("queue/move", body, ViewJson.Default.MovedGroupView, cancellationToken));
        });
    }

    private static CommandException TooMany() => new(
        ExitCodes.BadInput, $"the server lists at most {MostOfServer:N0} waiting runs: ask for fewer with --limit");

    private static int Say(MovedGroupView moved)
    {
        Terminal.Say($"{moved.Group} has {moved.Priority} priority: {Numbers.Count(moved.Waiting, "waiting run")}");
        if (moved.Why is { } why) Terminal.Say($"{Numbers.Count(moved.Kept, "run")} of these can't be moved: {why}");
        return ExitCodes.Success;
    }

    private static void Write(IReadOnlyList<WaitingRunView> waiting, int rows)
    {
        if (waiting.Count == 0)
        {
            Terminal.Say("no run waits");
            return;
        }

        var table = new TextTable("TARGET", "AHEAD>", "RUN", "PROJECT", "?USER", "PRIORITY", "WHY");
        foreach (var one in waiting.Take(rows))
        {
            table.Add(
                one.Target, one.Ahead is { } ahead ? $"{ahead}" : "?", one.Run, one.Project, one.User, one.Priority,
                HumanText.FirstLine(one.Reason) ?? " ");
        }

        table.Write(Console.Out, Terminal.Width);
        if (waiting.Any(one => one.Ahead is null)) Terminal.Say("?: the target has a queue of its own, and decides the order itself");
        if (waiting.Count > rows)
            Terminal.Say($"and {Numbers.Count(waiting.Count - rows, "more run")}: tenfold queue -n {Math.Min(waiting.Count, MaxRows)}");
    }
}
