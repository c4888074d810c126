using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Listing;
using Tenfold.App.Views;
using Tenfold.Core.Ledger;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Prints the results of groups.</summary>
internal static class GroupResultText
{
    /// <summary>Loads a group, prints its result and judges it.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="group">The group.</param>
    /// <param name="json">True for JSON.</param>
    /// <param name="judge">True to return a failure when a run failed or gave no value of the metric.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> PrintAsync(
        Services services, GroupRecord group, bool json, bool judge, CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        var listing = GroupListing.Of(group, runs) with
        {
            Reproduction = await new ReproductionCheck(services).OfAsync(group, runs, cancellationToken),
            Cost = await GroupCost.ReadAsync(
                services.Ledger, group, runs.Select(run => run.Run), services.Time.GetUtcNow(), cancellationToken),
        };
        Print(listing, json);
        return !judge || listing.HasSucceeded ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    /// <summary>Prints a group's result: as JSON, or as text once a run has ended.</summary>
    public static void Print(GroupListing listing, bool json)
    {
        if (json) Json.Write([GroupResultView.Of(listing)], ViewJson.Default.IReadOnlyListGroupResultView);
        else if (listing.Runs.Any(run => run.Run.State.IsFinal()))
            Write(Console.Out, listing.Group, listing.Runs, listing.Statistics);
        if (!json && listing.Variance is { } variance && listing.Runs.Any(run => run.Run.State.IsFinal()))
            VarianceText.Write(Console.Out, variance);
        if (!json && HumanText.Cost(listing.Group.Spec, listing.Cost) is { } cost) Console.Out.WriteLine($"  {cost}");
        if (json || listing.Reproduction is not { } reproduction) return;
        foreach (var line in ReproductionText.Lines(reproduction)) Console.Out.WriteLine($"  {line}");
    }

    /// <summary>Writes a group's result as text.</summary>
    public static void Write(TextWriter writer, GroupRecord group, IReadOnlyList<RunWithMetrics> runs, GroupStatistics? statistics)
    {
        var succeeded = runs.Count(run => run.Run.State == RunState.Succeeded);
        var took = runs.All(run => run.Run.State.IsFinal()) ? $" in {Numbers.Duration(RunTimes.Busy(runs.Select(run => run.Run)))}" : "";
        writer.WriteLine($"{succeeded} of {Numbers.Count(runs.Count, "run")} succeeded{took}");
        foreach (var reason in runs.Where(run => run.Run.State is RunState.Failed).GroupBy(run => HumanText.Indented(run.Run, 4)))
        {
            var more = reason.Count() > 3 ? $" and {reason.Count() - 3} more" : "";
            writer.WriteLine($"{string.Join(", ", reason.Take(3).Select(run => run.Run.Id))}{more} failed: {reason.Key}");
        }

        var warnings = runs.Where(run => run.Run is { State: RunState.Succeeded, Warnings.Count: > 0 });
        foreach (var warning in warnings.GroupBy(run => HumanText.Indented(run.Run, 4)))
        {
            var more = warning.Count() > 3 ? $" and {warning.Count() - 3} more" : "";
            writer.WriteLine($"{string.Join(", ", warning.Take(3).Select(run => run.Run.Id))}{more}: {warning.Key}");
        }

        if (statistics is null)
        {
            WriteWithoutMetric(writer, group, runs);
            return;
        }

        if (statistics.Summary is { } summary) Write(writer, statistics.Metric.Name, summary);
        foreach (var note in statistics.Notes) writer.WriteLine($"  note: {PlainText.Of(NoteText.Sentence(note))}");
        if (statistics.Summary is null) WriteReading(writer, group, runs);
    }

    // How the metric is found without running anything again.
    private static void WriteReading(TextWriter writer, GroupRecord group, IReadOnlyList<RunWithMetrics> runs)
    {
        if (runs.SelectMany(run => run.Run.Warnings).OfType<Warning.MetricNotFound>().FirstOrDefault() is { } found)
            writer.WriteLine($"  tenfold metrics {group.Id} --pattern '{found.Metric}={found.Pattern}'   reads the logs again");
    }

    private static void Write(TextWriter writer, string name, Summary summary)
    {
        var deviation = summary.StandardDeviation is { } spread ? $"   sd {Numbers.Format(spread, spread)}" : "";
        var interval = summary.Interval is { } ends ? $"   95 % interval [{Format(ends.Low)}, {Format(ends.High)}]"
            : summary.N > 1 ? "   no interval: all values are equal" : "";
        writer.WriteLine();
        foreach (var line in ValueStrip.Render(summary, Math.Clamp(Terminal.Width ?? 80, 40, 100) - 4, Terminal.IsAscii))
            writer.WriteLine($"  {line}");
        writer.WriteLine();
        writer.WriteLine($"  {name}   n {summary.N}   mean {Format(summary.Mean)}{deviation}{interval}");
        writer.WriteLine(
            $"  {new string(' ', name.Length)}   median {Format(summary.Median)}   min {Format(summary.Min)}   max {Format(summary.Max)}");

        string Format(double value) => Numbers.Format(value, summary.StandardDeviation ?? 0);
    }

    private static void WriteWithoutMetric(TextWriter writer, GroupRecord group, IReadOnlyList<RunWithMetrics> runs)
    {
        var names = runs.SelectMany(run => run.Metrics.Select(metric => metric.Name)).Distinct().Take(8).ToList();
        foreach (var name in names)
        {
            var values = runs.Select(run => RunValue.Of(run, name).Value).OfType<double>().ToList();
            if (values.Count == 0) continue;
            var summary = Summary.Of(values);
            var spread = summary.StandardDeviation is { } deviation ? $"   sd {Numbers.Format(deviation, deviation)}" : "";
            writer.WriteLine($"  {name}   n {summary.N}   mean {Numbers.Format(summary.Mean, summary.StandardDeviation ?? 0)}{spread}");
        }

        writer.WriteLine(names.Count > 0
            ? $"  note: no metric is named to judge the runs by; name one with --metric {names[0]}:maximize or train.metric in tenfold.yaml"
            : "  note: the runs printed no metric; a script reports one with a line {\"metric\":\"accuracy\",\"value\":0.93}");
        writer.WriteLine($"  tenfold show {group.Id}   tenfold fetch {runs[0].Run.Id} out/");
    }
}
