using Tenfold.Core.Statistics;

namespace Tenfold.Cli.Reports;

/// <summary>A study's finalists, run again with fresh seeds.</summary>
/// <param name="Trials">The finalists, in order; the first is the one that the sweep took for the best.</param>
/// <param name="Runs">Their runs, a group each, in the same order; compared with the first.</param>
/// <param name="Winner">Which of them is taken for the best; null when none has a value.</param>
internal sealed record StudyConfirmation(IReadOnlyList<int> Trials, ReportModel Runs, int? Winner)
{
    /// <summary>The winner's trial; null when there is none.</summary>
    public int? WinnerTrial => Winner is { } place ? Trials[place] : null;

    /// <summary>The winner's confirmed values; null when there is none.</summary>
    public Summary? WinnerSummary => Winner is { } place ? Runs.Groups[place].Summary : null;

    /// <summary>Reckons it; null when nothing was confirmed.</summary>
    public static StudyConfirmation? Of(StudyReportInput input, IReadOnlyList<StudyTrial> ranked)
    {
        if (input.Confirmed.Count == 0) return null;
        var metric = input.Study.Spec.Metric;
        var runs = ReportModel.From([.. input.Confirmed.Select(one => one.Runs with { Label = $"trial {one.Trial}" })], metric.Name,
            metric.Goal, input.Now, input.Options);
        return new([.. input.Confirmed.Select(one => one.Trial)], runs, WinnerOf(runs));
    }

    /// <summary>
    /// The first finalist, unless others are shown to be better than it: then the best of those. A mean that is higher by chance takes
    /// nobody's place.
    /// </summary>
    private static int? WinnerOf(ReportModel runs)
    {
        var sign = StudyReportModel.Sign(runs.Goal);
        var places = runs.Groups.Index().Where(one => one.Item.Summary is not null).ToArray();
        if (places.Length == 0) return null;
        if (runs.Groups[0].Summary is null) return Best(places);
        var better = places.Where(one => one.Index > 0 && runs.Comparisons[one.Index - 1].Verdict == Verdict.Better).ToArray();
        return better.Length > 0 ? Best(better) : 0;

        int Best((int Index, ReportGroup Item)[] among) => among.MaxBy(one => sign * one.Item.Summary!.Mean).Index;
    }
}
