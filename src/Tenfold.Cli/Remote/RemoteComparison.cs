using Tenfold.App.Comparing;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Cli.Remote;

/// <summary>
/// Prints a server's comparison as one of this machine. What a server sends has the numbers, and not the objects from which the text is
/// made: the comparison is computed again from the values, and printed only when it is the server's.
/// </summary>
internal static class RemoteComparison
{
    /// <summary>Prints it.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="view">The server's comparison.</param>
    /// <param name="options">What the server was asked for.</param>
    /// <exception cref="CommandException">It can only be printed as JSON.</exception>
    public static void Write(TextWriter writer, CompareView view, ComparisonOptions options)
    {
        if (view.Comparisons.Count == 0 || view.Groups.Count != view.Comparisons.Count + 1) throw new FormatException();
        var metric = new MetricSpec(view.Comparisons[0].Metric, ViewRecords.Word<MetricGoal>(view.Comparisons[0].Goal));
        var groups = view.Groups.Select(ViewRecords.Of).Select(group => new GroupRuns(group.Group, group.Runs)).ToList();
        var histories = view.Comparisons.Select(HistoryOf).ToList();
        var isPlain = groups.Count > 2 && histories.All(history => history.Looks.Count == 0);
        var own = GroupComparison.Of(groups, metric, options, histories: isPlain ? null : histories) with
        {
            MadeInProject = view.ComparisonsOfProject,
        };
        if (own.Candidates.Zip(view.Comparisons).Any(pair => !IsAlike(ComparisonView.Of(own, pair.First), pair.Second)))
        {
            throw new CommandException(
                ExitCodes.Unavailable,
                "the server is of another version, which compares otherwise, so its comparison is printed as JSON only: add --json");
        }

        ComparisonText.Write(writer, own, [.. view.Comparisons.Select(one => one.Notes)]);
    }

    /// <summary>Prints a comparison across tasks.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="server">The server, which has the groups.</param>
    /// <param name="view">Its comparison.</param>
    /// <param name="ids">The groups, as the server was asked for them.</param>
    /// <param name="options">What the server was asked for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">The server refuses; or the comparison can only be printed as JSON.</exception>
    public static async Task WriteAcrossAsync(
        TextWriter writer, ServerClient server, AcrossView view, IReadOnlyList<string> ids, ComparisonOptions options,
        CancellationToken cancellationToken)
    {
        var groups = new List<GroupResultView>();
        foreach (var id in ids)
        {
            groups.Add(await server.GetAsync(
                $"groups/{Uri.EscapeDataString(id)}", ViewJson.Default.GroupResultView, cancellationToken));
        }

        ViewRecords.Print(() => WriteAcross(writer, view, groups, options));
    }

    private static void WriteAcross(
        TextWriter writer, AcrossView view, IReadOnlyList<GroupResultView> groups, ComparisonOptions options)
    {
        var metric = new MetricSpec(view.Metric, ViewRecords.Word<MetricGoal>(view.Goal));
        var compared = AcrossComparer.Compare(
            [.. groups.Select(ViewRecords.Of).Select(group => new GroupRuns(group.Group, group.Runs))], metric, view.Across, options);
        if (!compared.Succeeded(out var own, out _) || !AllOf(AcrossView.Of(own)).Select(Facts).SequenceEqual(AllOf(view).Select(Facts)))
        {
            throw new CommandException(
                ExitCodes.Unavailable,
                "runs have ended since the server compared the groups, or the server is of another version: compare again, or add --json");
        }

        AcrossText.Write(writer, own, view.Notes);
    }

    /// <summary>Each candidate of a comparison across tasks.</summary>
    public static IEnumerable<AcrossView> AllOf(AcrossView view) => [view, .. view.Further ?? []];

    private static object Facts(AcrossView view) => (
        (view.Verdict, view.Tasks, view.Difference, view.Low, view.High, view.PValue, view.SignedRankPValue),
        (view.Level, view.Margin, view.Candidate, view.AdjustedPValue));

    private static ComparisonHistory HistoryOf(ComparisonView view) => new(
    [
        .. (view.Looks ?? []).Select(look => new ComparisonLook
        {
            Baseline = view.Baseline,
            Candidate = view.Candidate,
            Metric = view.Metric,
            At = look.At,
            BaselineRepeats = look.BaselineRepeats,
            CandidateRepeats = look.CandidateRepeats,
            Pairs = look.Pairs,
            IsShown = look.IsShown,
            Statistic = ViewRecords.Word<LocationStatistic>(look.Statistic),
            Plan = look.Plan is { } plan ? new ComparisonPlan(plan.Max, plan.Alpha, plan.Existing, plan.Spent, plan.Margin) : null,
        }),
    ]);

    private static bool IsAlike(ComparisonView own, ComparisonView theirs) =>
        (own.Baseline, own.Candidate, own.Verdict, own.Method, own.Difference, own.Low, own.High, own.PValue)
            == (theirs.Baseline, theirs.Candidate, theirs.Verdict, theirs.Method, theirs.Difference, theirs.Low, theirs.High, theirs.PValue)
        && (own.Level, own.AdjustedPValue, own.PermutationPValue, own.MoreRepeats, own.Statistic, own.Margin, own.Plan)
            == (theirs.Level, theirs.AdjustedPValue, theirs.PermutationPValue, theirs.MoreRepeats, theirs.Statistic, theirs.Margin,
                theirs.Plan);
}
