using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold runs</c>: what has run and what runs.</summary>
internal static class RunsCommand
{
    private const int Rows = 20, MaxRows = 100_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var group = new Argument<string?>("group") { Description = "Only this group's runs.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int?>("--limit", "-n") { Description = $"How many rows. Default: {Rows}; with --json all. A group's runs are always listed whole." };
        var page = new Option<int?>("--page") { Description = $"Which page of so many rows, from 1; of {Rows} also with --json." };
        var state = new Option<RunState?>("--state") { Description = "Only runs in this state." };
        var groups = new Option<bool>("--groups", "-g") { Description = "A row for each group instead of each run." };
        var json = CommandOptions.Json();
        limit.Validators.Add(result => CommandOptions.AtLeastOne(result, "--limit", MaxRows));
        page.Validators.Add(result => CommandOptions.AtLeastOne(result, "--page", MaxRows));
        return new Command("runs", ("List runs, newest first. WHEN is when a run was recorded; TOOK is the time from its first start to its last end, waits between attempts included.").WithExample("tenfold runs", "tenfold runs --groups", "tenfold runs --state failed --json")) { group, limit, page, state, groups, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var (isJson, asked, number) = (parsed.GetValue(json), parsed.GetValue(limit), parsed.GetValue(page));
                // Whoever reads JSON sums over it: rows that are left out unsaid would make the sums wrong.
                var rows = asked ?? (isJson && number is null ? int.MaxValue : Rows);
                if (parsed.GetValue(groups)) return await GroupsAsync(services, rows, isJson, cancellationToken);
                if (parsed.GetValue(group) is { } id)
                {
                    var ofGroup = (await OfGroupAsync(services, id, cancellationToken)).Where(row => parsed.GetValue(state) is not { } one || row.Run.State == one);
                    await WriteAsync(services, [.. ofGroup], isJson, cancellationToken);
                    return ExitCodes.Success;
                }

                var before = ((number ?? 1) - 1L) * rows;
                var listing = before > int.MaxValue ? [] : await services.Ledger.PageAsync(parsed.GetValue(state), rows, (int)before, cancellationToken);
                await WriteAsync(services, listing, isJson, cancellationToken);
                // Counted only when there may be more.
                if (!isJson && listing.Count == rows && await services.Ledger.CountAsync(parsed.GetValue(state), cancellationToken) - before - rows is > 0 and var more)
                    Terminal.Say($"and {Numbers.Count((int)more, "more run")}: {Further(parsed.GetValue(state), rows, asked, number, before + rows + more)}");
                return ExitCodes.Success;
            });
    }

    // The command that shows the rest: all at once while that is a screen or two, else the next page.
    private static string Further(RunState? state, int rows, int? asked, int? page, long all)
    {
        var of = state is { } one ? $" --state {one.ToString().ToLowerInvariant()}" : "";
        return page is null && all <= 10 * Rows ? $"tenfold runs{of} -n {all}" : $"tenfold runs{of}{(asked is null ? "" : $" -n {rows}")} --page {(page ?? 1) + 1}";
    }

    private static async Task WriteAsync(Services services, IReadOnlyList<RunListing> listing, bool json, CancellationToken cancellationToken)
    {
        listing = await WithReasonsAsync(services, listing, cancellationToken);
        if (json) Json.Write([.. listing.Select(RunView.Of)], ViewJson.Default.IReadOnlyListRunView);
        else Write(listing, services.Time.GetUtcNow());
    }

    private static async Task<IReadOnlyList<RunListing>> OfGroupAsync(Services services, string id, CancellationToken cancellationToken)
    {
        var group = await services.Ids.GroupAsync(id, cancellationToken).OrFailAsync();
        var metric = group.Spec.Metric?.Name;
        return [.. (await services.Ledger.RunsOfAsync(group.Id, cancellationToken)).Select(run =>
            new RunListing(run.Run, group.Spec.Project, group.Target, metric, run.Metrics.FirstOrDefault(m => m.Name == metric)?.Last))];
    }

    // Whoever looks after a place says why its runs wait. Of what waits elsewhere, this machine knows only who does.
    private static async Task<IReadOnlyList<RunListing>> WithReasonsAsync(Services services, IReadOnlyList<RunListing> listing, CancellationToken cancellationToken)
    {
        var others = new Dictionary<string, string?>();
        foreach (var group in listing.Where(row => row.Run is { State: RunState.Queued, Reason: null }).Select(row => row.Run.Group).Distinct())
            others[group] = await services.Targets.WhyNotHereAsync((await services.Ledger.GroupAsync(group, cancellationToken))!, cancellationToken);
        if (others.Count == 0) return listing;
        return [.. listing.Select(row => row.Run is { State: RunState.Queued, Reason: null } && others[row.Run.Group] is { } other ? row with { Run = row.Run with { Reason = other } } : row)];
    }

    private static void Write(IReadOnlyList<RunListing> listing, DateTimeOffset now)
    {
        if (listing.Count == 0)
        {
            Terminal.Say("no runs yet; `tenfold fit` makes some, `tenfold demo` shows how");
            return;
        }

        var table = new TextTable("RUN", "PROJECT", "STATE", "METRIC", "VALUE>", "SEED>", "TOOK>", "WHEN", "WHY");
        foreach (var row in listing)
        {
            table.Add(
                row.Run.Id, row.Project, row.Run.State.ToString().ToLowerInvariant(), row.Metric, row.Value is { } value ? $"{value:G6}" : null, $"{row.Run.Seed}",
                Words.Took(row.Run, now), Words.Ago(row.Run.CreatedAt, now), Words.FirstLine(row.Run.Reason) ?? " ");
        }

        table.Write(Console.Out, Terminal.Width);
    }

    private static async Task<int> GroupsAsync(Services services, int limit, bool json, CancellationToken cancellationToken)
    {
        var views = new List<GroupResultView>();
        var now = services.Time.GetUtcNow();
        var table = new TextTable("GROUP", "PROJECT", "RUNS", "METRIC", "MEAN>", "SD>", "WHEN", "PARAMETERS");
        // One more than is shown tells whether there are more.
        var found = await services.Ledger.GroupsAsync(json ? limit : limit + 1, cancellationToken);
        foreach (var group in found.Take(limit))
        {
            var runs = await services.Ledger.RunsOfAsync(group.Id, cancellationToken);
            var statistics = group.Spec.Metric is { } metric ? GroupStatistics.Of(metric, runs) : null;
            views.Add(new GroupResultView(GroupView.Of(group), [.. runs.Select(run => RunView.Of(run, group))], statistics is null ? null : StatisticsView.Of(statistics)));
            var summary = statistics?.Summary;
            table.Add(
                group.Id, group.Spec.Project, States(runs), group.Spec.Metric?.Name, summary is null ? null : $"{summary.Mean:G6}",
                summary?.StandardDeviation is { } deviation ? $"{deviation:G3}" : null, Words.Ago(group.CreatedAt, now), Words.Parameters(group.Spec));
        }

        if (json) Json.Write(views, ViewJson.Default.IReadOnlyListGroupResultView);
        else table.Write(Console.Out, Terminal.Width);
        if (!json && found.Count > limit) Terminal.Say($"and more groups: tenfold runs --groups -n {Math.Min(2 * limit, MaxRows)}");
        return ExitCodes.Success;
    }

    private static string States(IReadOnlyList<RunWithMetrics> runs)
    {
        var parts = runs.GroupBy(run => run.Run.State).OrderBy(state => state.Key == RunState.Succeeded ? -1 : (int)state.Key).Select(state => $"{state.Count()} {state.Key.ToString().ToLowerInvariant()}");
        return string.Join(", ", parts);
    }
}
