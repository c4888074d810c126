using Tenfold.Core.Output;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes comparisons of groups as text.</summary>
internal static class ComparisonText
{
    private const int MostPlanned = 1_000;

    /// <summary>Writes a comparison.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="notes">The notes on each candidate, in words; null for those of the comparison.</param>
    public static void Write(TextWriter writer, GroupComparison comparison, IReadOnlyList<IReadOnlyList<string>>? notes = null)
    {
        notes ??= [.. comparison.Candidates.Select(candidate => candidate.Notes.Select(note => NoteText.Sentence(note)).ToList())];
        var metric = comparison.Metric;
        var family = comparison.Candidates.Count > 1 ? $", Holm-corrected over {comparison.Candidates.Count} comparisons" : "";
        var better = metric.Goal == MetricGoal.Maximize ? "more is better" : "less is better";
        var by = comparison.Options.Statistic == LocationStatistic.Mean ? "" : $"{StatisticText.Name(comparison.Options.Statistic)} of ";
        writer.WriteLine($"{by}{metric.Name}, {better}; α = {comparison.Options.Alpha:0.####}{family}");
        // What holds for each of several candidates is said once.
        string[] shared = notes.Count < 2 ? [] : [.. notes[0].Where(note => notes.All(own => own.Contains(note))).Distinct()];
        foreach (var (candidate, own) in comparison.Candidates.Zip(notes))
            Write(writer, comparison, candidate, [.. own.Except(shared)]);
        if (shared.Length > 0) writer.WriteLine();
        foreach (var note in shared) writer.WriteLine($"  note on each: {PlainText.Of(note)}");
        if (VerdictText.OfProject(comparison.MadeInProject, comparison.Options.Alpha) is { } made) writer.WriteLine($"  note: {made}");
    }

    private static void Write(TextWriter writer, GroupComparison all, ComparedGroup candidate, IReadOnlyList<string> notes)
    {
        var comparison = candidate.Comparison;
        var (baseline, other) = (all.Baseline.Group, candidate.Measured.Group);
        var width = Math.Clamp(Terminal.Width ?? 80, 40, 100) - 4;
        var differing = ParameterText.Differing([baseline.Spec.Parameters, other.Spec.Parameters]);
        StripGroup[] strips =
        [
            new($"baseline   {ParameterText.Label(baseline, differing)}", comparison.Baseline) { Location = comparison.BaselineLocation },
            new($"candidate  {ParameterText.Label(other, differing)}", comparison.Candidate) { Location = comparison.CandidateLocation },
        ];
        var sentence = VerdictText.Sentence(comparison, other.Id, baseline.Id, all.Metric.Name);
        writer.WriteLine();
        foreach (var line in ValueStrip.Compare(strips, width, Terminal.IsAscii)) writer.WriteLine($"  {line}");
        writer.WriteLine();
        foreach (var line in HumanText.Wrapped($"{VerdictText.Word(comparison).ToUpperInvariant()}: {sentence}", width))
            writer.WriteLine($"  {line}");
        if (comparison.Margin is { } margin)
        {
            var words = VerdictText.Sentence(margin, comparison.Method == ComparisonMethod.Paired);
            foreach (var line in HumanText.Wrapped($"MARGIN: {words}", width)) writer.WriteLine($"  {line}");
        }

        foreach (var (name, value) in VerdictText.Facts(comparison, isFamily: all.Candidates.Count > 1))
            writer.WriteLine($"    {name,-36} {value}");
        if (candidate.BadRuns is { } bad) writer.WriteLine($"    {"Runs that failed or diverged",-36} {VerdictText.Words(bad)}");
        if (Advice(all, comparison) is { } advice)
        {
            foreach (var line in HumanText.Wrapped(advice, width)) writer.WriteLine($"  {line}");
        }

        foreach (var note in notes) writer.WriteLine($"  note: {PlainText.Of(note)}");
    }

    // Whoever just adds repeats and compares again finds differences that don't exist too often.
    private static string? Advice(GroupComparison all, Comparison comparison)
    {
        // A plan is there already, needs independent runs and their means, shows nothing where the change doesn't reach the script, or
        // would come after several tests, which together are false more often than its promise says.
        if (comparison.Notes.Any(note => note is ComparisonNote.PlannedLook or ComparisonNote.Resampled or ComparisonNote.FarOut
            or ComparisonNote.FreshOnly or ComparisonNote.ZeroSpread { Kind: ZeroSpreadKind.EqualPairs }))
            return null;
        var isOpen = comparison.Margin is { } judged
            ? judged.Conclusion == MarginConclusion.NotShown : comparison.Verdict == Verdict.NotShown;
        if (comparison.Method is null || !isOpen || all.Candidates.Count > 1) return null;
        if (comparison.Statistic != LocationStatistic.Mean || comparison.DifferenceDeviation is not { } deviation) return null;
        var (effect, what) = comparison.Margin is { } margin
            ? (margin.Margin / deviation, "that the candidate is no worse by the margin in 80 % of cases, if there is no true difference")
            : (Math.Abs(comparison.Difference!.Value) / deviation, "the observed difference in 80 % of cases, if it is the true one");
        var (alpha, existing) = (all.Options.Alpha, all.Groups.Max(group => group.Group.Repeat));
        var max = effect == 0 ? null : SpendingPlan.FindMax(
            effect, comparison.DegreesOfFreedom!.Value, existing,
            new() { Max = MostPlanned, Alpha = alpha, Spent = (1 - ComparisonPlan.LeftAfterLook) * alpha }, MostPlanned);
        string[] ids = [all.Baseline.Group.Id, all.Candidates[0].Measured.Group.Id];
        return (max is { } enough
            ? $"To go on, run more repeats with a plan: {PlanCommand.Of(ids, enough, all.Options)}. It shows {what}."
            : $"A plan that shows {what} needs more than a thousand repeats of each group. A smaller one shows larger differences: "
                + $"{PlanCommand.Of(ids, Math.Max(40, 4 * existing), all.Options)}.")
            + $" All looks together give a false verdict in at most {Numbers.Percent(1.1 * alpha)} of cases.";
    }
}
