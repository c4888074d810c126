using System.CommandLine;
using Tenfold.App.Queueing;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Queueing;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold queue</c>: which runs wait, in the order in which they start, and why.</summary>
internal static class QueueCommand
{
    private const int Rows = 20, MaxRows = 100_000;

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
            else Write(waiting, rows);
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
            var word = moved.Priority.ToString().ToLowerInvariant();
            Terminal.Say($"{moved.Group} has {word} priority: {Numbers.Count(moved.Waiting, "waiting run")}");
            if (moved.Why is { } why) Terminal.Say($"{Numbers.Count(moved.Kept, "run")} of these can't be moved: {why}");
            return ExitCodes.Success;
        });
    }

    private static void Write(IReadOnlyList<WaitingRun> waiting, int rows)
    {
        if (waiting.Count == 0)
        {
            Terminal.Say("no run waits");
            return;
        }

        var table = new TextTable("TARGET", "AHEAD>", "RUN", "PROJECT", "?USER", "PRIORITY", "WHY");
        foreach (var one in waiting.Take(rows))
        {
            var group = one.Attempt.Group;
            table.Add(
                group.Target, one.Ahead is { } ahead ? $"{ahead}" : "?", one.Attempt.Run.Id, group.Spec.Project, group.Spec.User,
                group.Priority.ToString().ToLowerInvariant(), HumanText.FirstLine(one.Why) ?? " ");
        }

        table.Write(Console.Out, Terminal.Width);
        if (waiting.Any(one => one.Ahead is null)) Terminal.Say("?: the target has a queue of its own, and decides the order itself");
        if (waiting.Count > rows)
            Terminal.Say($"and {Numbers.Count(waiting.Count - rows, "more run")}: tenfold queue -n {Math.Min(waiting.Count, MaxRows)}");
    }
}
