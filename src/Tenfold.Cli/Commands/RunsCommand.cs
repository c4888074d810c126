using System.CommandLine;
using Tenfold.App.Listing;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold runs</c>: lists runs and groups.</summary>
internal static class RunsCommand
{
    private const int Rows = 20, MaxRows = 100_000;

    private const string Description =
        "List runs, newest first. WHEN is when a run was recorded. TOOK is the time from its first start to its last end, including " +
        "the waits between its attempts.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var group = new Argument<string?>("group") { Description = "Only this group's runs.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int?>("--limit", "-n")
        {
            Description = $"How many rows. Default: {Rows}, or all with --json. A group's runs are always listed completely.",
        };
        var page = new Option<int?>("--page")
        {
            Description = $"Show this page, counted from 1. A page has --limit rows, or {Rows} rows without --limit.",
        };
        var state = new Option<RunState?>("--state") { Description = "Only runs in this state." };
        var groups = new Option<bool>("--groups", "-g") { Description = "A row for each group instead of each run." };
        var json = CommandOptions.Json();
        limit.Validators.Add(result => CommandOptions.CheckCount(result, "--limit", MaxRows));
        page.Validators.Add(result => CommandOptions.CheckCount(result, "--page", MaxRows));
        var description = Description.WithExample("tenfold runs", "tenfold runs --groups", "tenfold runs --state failed --json");
        var command = new Command("runs", description) { group, limit, page, state, groups, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var lister = new RunLister(services);
            var (isJson, one, now) = (parsed.GetValue(json), parsed.GetValue(state), services.Time.GetUtcNow());
            var (given, number) = (parsed.GetValue(limit), parsed.GetValue(page));
            // Programs add up what JSON lists, and rows left out silently would make their sums wrong.
            var rows = given ?? (isJson && number is null ? int.MaxValue : Rows);
            if (parsed.GetValue(groups))
            {
                // Asks for one group more than it shows, to learn whether there are more.
                var found = await lister.ListGroupsAsync(isJson ? rows : rows + 1, cancellationToken);
                return WriteGroups([.. found.Select(GroupResultView.Of)], rows, isJson, now);
            }

            if (parsed.GetValue(group) is { } id)
            {
                var runs = await lister.ListGroupRunsAsync(id, one, cancellationToken).OrFailAsync();
                Write([.. runs.Select(RunView.Of)], isJson, now);
                return ExitCodes.Success;
            }

            var listing = await lister.ListNewestRunsAsync(one, rows, number ?? 1, cancellationToken);
            Write([.. listing.Select(RunView.Of)], isJson, now);
            if (isJson || listing.Count < rows) return ExitCodes.Success;
            if (await lister.CountAfterAsync(one, rows, number ?? 1, cancellationToken) is > 0 and var more)
                Terminal.Say($"and {Numbers.Count(more, "more run")}: {CommandForMore(one, rows, given, number, more)}");
            return ExitCodes.Success;
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var remote = new RemoteRuns(server, parsed.GetValue(state), parsed.GetValue(limit), parsed.GetValue(page));
            var (isJson, now) = (parsed.GetValue(json), TimeProvider.System.GetUtcNow());
            if (parsed.GetValue(groups))
            {
                var (found, rows) = await remote.ListGroupsAsync(isJson, isJson ? null : Rows, cancellationToken);
                return WriteGroups(found, rows, isJson, now);
            }

            Write(
                parsed.GetValue(group) is { } id ? await remote.ListGroupRunsAsync(id, cancellationToken)
                : await remote.ListAsync(isJson ? null : Rows, cancellationToken), isJson, now);
            return ExitCodes.Success;
        });
    }

    // Suggests all rows at once when they fill a few screens at most, otherwise the next page.
    private static string CommandForMore(RunState? state, int rows, int? given, int? page, long more)
    {
        var filter = state is { } one ? $" --state {one.ToString().ToLowerInvariant()}" : "";
        var all = (((page ?? 1) - 1L) * rows) + rows + more;
        return page is null && all <= 10 * Rows
            ? $"tenfold runs{filter} -n {all}"
            : $"tenfold runs{filter}{(given is null ? "" : $" -n {rows}")} --page {(page ?? 1) + 1}";
    }

    private static void Write(IReadOnlyList<RunView> listing, bool json, DateTimeOffset now)
    {
        if (json)
        {
            Json.Write(listing, ViewJson.Default.IReadOnlyListRunView);
            return;
        }

        if (listing.Count == 0)
        {
            Terminal.Say("no runs yet; `tenfold fit` starts some, and `tenfold demo` shows how");
            return;
        }

        var table = new TextTable("RUN", "?PROJECT", "STATE", "?METRIC", "VALUE>", "?SEED>", "TOOK>", "WHEN", "WHY");
        foreach (var row in listing)
        {
            table.Add(
                row.Id, row.Project, row.State, row.Metric, row.Value is { } value ? $"{value:G6}" : null, $"{row.Seed}",
                HumanText.Took(row.StartedAt, row.EndedAt, now), HumanText.Ago(row.CreatedAt, now),
                HumanText.FirstLine(row.Reason) ?? " ");
        }

        table.Write(Console.Out, Terminal.Width);
    }

    private static int WriteGroups(IReadOnlyList<GroupResultView> found, int limit, bool json, DateTimeOffset now)
    {
        if (json)
        {
            Json.Write(found, ViewJson.Default.IReadOnlyListGroupResultView);
            return ExitCodes.Success;
        }

        var table = new TextTable("GROUP", "?PROJECT", "RUNS", "?METRIC", "MEAN>", "SD>", "WHEN", "PARAMETERS");
        foreach (var (group, runs, statistics) in found.Take(limit))
        {
            table.Add(
                group.Id, group.Project, States(runs), group.Metric, statistics?.Mean is { } mean ? $"{mean:G6}" : null,
                statistics?.StandardDeviation is { } deviation ? $"{deviation:G3}" : null, HumanText.Ago(group.CreatedAt, now),
                HumanText.Parameters(group.Parameters));
        }

        table.Write(Console.Out, Terminal.Width);
        if (found.Count > limit) Terminal.Say($"and more groups: tenfold runs --groups -n {Math.Min(2 * limit, MaxRows)}");
        return ExitCodes.Success;
    }

    private static string States(IReadOnlyList<RunView> runs)
    {
        var states = runs.GroupBy(run => Enum.TryParse<RunState>(run.State, ignoreCase: true, out var state) ? state : (RunState?)null)
            .OrderBy(state => state.Key == RunState.Succeeded ? -1 : (int?)state.Key);
        return string.Join(", ", states.Select(state => $"{state.Count()} {state.First().State}"));
    }
}
