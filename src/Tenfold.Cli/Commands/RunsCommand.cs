using System.CommandLine;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold runs</c>: what has run and what runs.</summary>
internal static class RunsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var group = new Argument<string?>("group") { Description = "Only this group's runs.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit", "-n") { Description = "How many rows.", DefaultValueFactory = _ => 20 };
        var page = new Option<int>("--page") { Description = "Which page of them, from 1.", DefaultValueFactory = _ => 1 };
        var state = new Option<RunState?>("--state") { Description = "Only runs in this state." };
        var groups = new Option<bool>("--groups", "-g") { Description = "A row for each group instead of each run." };
        var json = Shared.Json();
        limit.Validators.Add(result => Shared.AtLeastOne(result, "--limit"));
        page.Validators.Add(result => Shared.AtLeastOne(result, "--page"));
        return new Command("runs", "List runs, newest first.".WithExample("tenfold runs", "tenfold runs --groups", "tenfold runs --state failed --json")) { group, limit, page, state, groups, json }
            .Does(async (parsed, place, cancellationToken) =>
            {
                await place.LookAsync(cancellationToken);
                var (rows, number) = (Math.Clamp(parsed.GetValue(limit), 1, 100_000), Math.Max(1, parsed.GetValue(page)));
                if (parsed.GetValue(groups)) return await GroupsAsync(place, rows, parsed.GetValue(json), cancellationToken);
                var listing = parsed.GetValue(group) is { } id
                    ? await OfGroupAsync(place, id, cancellationToken)
                    : await place.Ledger.PageAsync(parsed.GetValue(state), rows, (number - 1) * rows, cancellationToken);
                listing = await WithReasonsAsync(place, listing, cancellationToken);
                if (parsed.GetValue(json)) Json.Write([.. listing.Select(RunView.Of)], ViewJson.Default.IReadOnlyListRunView);
                else Write(listing, place.Time.GetUtcNow());
                return ExitCodes.Success;
            });
    }

    private static async Task<IReadOnlyList<RunListing>> OfGroupAsync(Workplace place, string id, CancellationToken cancellationToken)
    {
        var group = await place.Ids.GroupAsync(id, cancellationToken);
        var metric = group.Spec.Metric?.Name;
        return [.. (await place.Ledger.RunsOfAsync(group.Id, cancellationToken)).Select(run =>
            new RunListing(run.Run, group.Spec.Project, group.Target, metric, run.Metrics.FirstOrDefault(m => m.Name == metric)?.Last))];
    }

    // Whoever looks after a place says why its runs wait. Of what waits elsewhere, this machine knows only who does.
    private static async Task<IReadOnlyList<RunListing>> WithReasonsAsync(Workplace place, IReadOnlyList<RunListing> listing, CancellationToken cancellationToken)
    {
        var others = new Dictionary<string, string?>();
        foreach (var group in listing.Where(row => row.Run is { State: RunState.Queued, Reason: null }).Select(row => row.Run.Group).Distinct())
            others[group] = await place.Places.OtherAsync((await place.Ledger.GroupAsync(group, cancellationToken))!, cancellationToken);
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

    private static async Task<int> GroupsAsync(Workplace place, int limit, bool json, CancellationToken cancellationToken)
    {
        var views = new List<GroupResultView>();
        var now = place.Time.GetUtcNow();
        var table = new TextTable("GROUP", "PROJECT", "RUNS", "METRIC", "MEAN>", "SD>", "WHEN", "PARAMETERS");
        foreach (var group in await place.Ledger.GroupsAsync(limit, cancellationToken))
        {
            var runs = await place.Ledger.RunsOfAsync(group.Id, cancellationToken);
            var statistics = group.Spec.Metric is { } metric ? GroupStatistics.Of(metric, runs) : null;
            views.Add(new GroupResultView(GroupView.Of(group), [.. runs.Select(run => RunView.Of(run, group))], statistics is null ? null : StatisticsView.Of(statistics)));
            var summary = statistics?.Summary;
            table.Add(
                group.Id, group.Spec.Project, States(runs), group.Spec.Metric?.Name, summary is null ? null : $"{summary.Mean:G6}",
                summary?.StandardDeviation is { } deviation ? $"{deviation:G3}" : null, Words.Ago(group.CreatedAt, now), Words.Parameters(group.Spec));
        }

        if (json) Json.Write(views, ViewJson.Default.IReadOnlyListGroupResultView);
        else table.Write(Console.Out, Terminal.Width);
        return ExitCodes.Success;
    }

    private static string States(IReadOnlyList<RunWithMetrics> runs)
    {
        var parts = runs.GroupBy(run => run.Run.State).OrderBy(state => state.Key == RunState.Succeeded ? -1 : (int)state.Key).Select(state => $"{state.Count()} {state.Key.ToString().ToLowerInvariant()}");
        return string.Join(", ", parts);
    }
}
