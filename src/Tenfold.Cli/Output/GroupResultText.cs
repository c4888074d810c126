using Tenfold.App;
using Tenfold.App.Listing;
using Tenfold.App.Views;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Prints a group's result.</summary>
internal static class GroupResultText
{
    /// <summary>Loads a group, prints its result and judges it.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="group">The group.</param>
    /// <param name="json">True for JSON.</param>
    /// <param name="judge">True to end with a failure when a run failed or gave no value of the metric.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> PrintAsync(
        Services services, GroupRecord group, bool json, bool judge, CancellationToken cancellationToken)
    {
        var listing = GroupListing.Of(group, await services.Ledger.RunsOfAsync(group.Id, cancellationToken));
        Print(listing, json);
        return !judge || listing.HasSucceeded ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    /// <summary>Prints a group's result: as JSON, or for a person once a run has ended.</summary>
    public static void Print(GroupListing listing, bool json)
    {
        if (json) Json.Write([GroupResultView.Of(listing)], ViewJson.Default.IReadOnlyListGroupResultView);
        else if (listing.Runs.Any(run => run.Run.State.IsFinal()))
            Write(Console.Out, listing.Group, listing.Runs, listing.Statistics);
    }

    /// <summary>Writes the statistics for a person.</summary>
    public static void Write(TextWriter writer, GroupRecord group, IReadOnlyList<RunWithMetrics> runs, GroupStatistics? statistics)
    {
        var ended = runs.Select(run => run.Run.EndedAt).Max();
        writer.WriteLine($"{runs.Count(run => run.Run.State == RunState.Succeeded)} of {Numbers.Count(runs.Count, "run")} succeeded" +
            (runs.All(run => run.Run.State.IsFinal()) && ended is { } end ? $" in {Numbers.Duration(end - group.CreatedAt)}" : ""));
        foreach (var reason in runs.Where(run => run.Run.State is RunState.Failed).GroupBy(run => HumanText.Indented(run.Run, 4)))
        {
            var more = reason.Count() > 3 ? $" and {reason.Count() - 3} more" : "";
            writer.WriteLine($"{string.Join(", ", reason.Take(3).Select(run => run.Run.Id))}{more} failed: {reason.Key}");
        }

        foreach (var warned in runs.Where(run => run.Run is { State: RunState.Succeeded, Warnings.Count: > 0 })
            .GroupBy(run => HumanText.Indented(run.Run, 4)))
            writer.WriteLine($"{string.Join(", ", warned.Take(3).Select(run => run.Run.Id))}: {warned.Key}");
        if (statistics is null)
        {
            WithoutMetric(writer, group, runs);
            return;
        }

        if (statistics.Summary is { } summary)
        {
            var name = statistics.Metric.Name;
            var spread = summary.StandardDeviation ?? 0;
            string N(double value) => Numbers.Format(value, spread);
            writer.WriteLine();
            foreach (var line in ValueStrip.Render(summary, Math.Clamp(Terminal.Width ?? 80, 40, 100) - 4, Terminal.IsAscii))
                writer.WriteLine($"  {line}");
            writer.WriteLine();
            writer.WriteLine(
                $"  {name}   n {summary.N}   mean " +
                $"{N(summary.Mean)}{(summary.StandardDeviation is { } deviation ? $"   sd {Numbers.Format(deviation, deviation)}" : "")}" +
                $"{(summary.Interval is { } interval ? $"   95 % interval [{N(interval.Low)}, {N(interval.High)}]" : "")}");
            writer.WriteLine(
                $"  {new string(' ', name.Length)}   median {N(summary.Median)}   min {N(summary.Min)}   max {N(summary.Max)}");
        }

        foreach (var note in statistics.Notes) writer.WriteLine($"  note: {NoteText.Sentence(note)}");
    }

    private static void WithoutMetric(TextWriter writer, GroupRecord group, IReadOnlyList<RunWithMetrics> runs)
    {
        var names = runs.SelectMany(run => run.Metrics.Select(metric => metric.Name)).Distinct().Take(8).ToList();
        foreach (var name in names)
        {
            var values = runs.Select(run => RunValue.Of(run, name).Value).OfType<double>().ToList();
            if (values.Count == 0) continue;
            var summary = Numerics.Statistics.Summary.Of(values);
            var spread = summary.StandardDeviation is { } deviation ? $"   sd {Numbers.Format(deviation, deviation)}" : "";
            writer.WriteLine($"  {name}   n {summary.N}   mean {Numbers.Format(summary.Mean, summary.StandardDeviation ?? 0)}{spread}");
        }

        writer.WriteLine(names.Count > 0
            ? $"  note: no metric is named to decide; give one: --metric {names[0]}:maximize, or train.metric in tenfold.yaml"
            : "  note: no metric was printed; a script reports one with a line {\"metric\":\"accuracy\",\"value\":0.93}");
        writer.WriteLine($"  tenfold show {group.Id}   tenfold fetch {runs[0].Run.Id} out/");
    }
}
