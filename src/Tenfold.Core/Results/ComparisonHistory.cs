using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;

namespace Tenfold.Core.Results;

/// <summary>
/// Compares two groups with regard to earlier looks at them. A planned look is made at the plan's level. Without a plan, repeats that were
/// added after a look are judged alone: a test of all repeats, made again because the first showed nothing, is false too often.
/// </summary>
/// <param name="looks">The looks at the two groups by the metric, oldest first.</param>
public sealed class ComparisonHistory(IReadOnlyList<ComparisonLook> looks)
{
    /// <summary>The looks, oldest first.</summary>
    public IReadOnlyList<ComparisonLook> Looks => looks;

    /// <summary>The plan; null for none.</summary>
    public ComparisonPlan? Plan => looks.LastOrDefault(look => look.Plan is not null)?.Plan;

    /// <summary>The last comparison without a plan; null for none.</summary>
    public ComparisonLook? Unplanned => looks.LastOrDefault(look => look.Plan is null);

    /// <summary>Compares the two groups.</summary>
    /// <param name="baseline">The baseline's runs.</param>
    /// <param name="candidate">The candidate's runs.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="options">How sure the comparison must be.</param>
    public Comparison Compare(GroupRuns baseline, GroupRuns candidate, MetricSpec metric, ComparisonOptions options)
    {
        if (PlanFor(baseline.Group, candidate.Group) is { } plan) return ComparePlanned(plan, baseline, candidate, metric, options);
        var judged = JudgedOf(baseline, candidate, metric, options.Alpha);
        return WithNote(judged, Comparison.Between(judged.Candidate, judged.Baseline, metric.Goal, options));
    }

    /// <summary>Compares several groups with one baseline, each with regard to the earlier looks at the two.</summary>
    /// <param name="histories">The looks at each candidate. Their plans don't count, since a plan is for two groups.</param>
    /// <param name="groups">The baseline, then the candidates.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="options">How sure the comparisons must be.</param>
    /// <returns>A comparison for each candidate, whose p-values are corrected by Holm.</returns>
    public static IReadOnlyList<Comparison> CompareAll(
        IReadOnlyList<ComparisonHistory> histories, IReadOnlyList<GroupRuns> groups, MetricSpec metric, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var judged = histories.Zip(groups.Skip(1), (history, group) => history.JudgedOf(groups[0], group, metric, options.Alpha)).ToArray();
        var compared = Comparison.FamilyOfSides([.. judged.Select(one => (one.Candidate, one.Baseline))], metric.Goal, options);
        return [.. histories.Select((history, i) => history.WithNote(judged[i], compared[i]))];
    }

    /// <summary>
    /// The rates of bad runs among the repeats that <see cref="Compare"/>, or <see cref="CompareAll"/>, compares; null when none is bad.
    /// A run whose pair is incomplete counts, because bad runs are what makes pairs incomplete.
    /// </summary>
    /// <param name="baseline">The baseline's runs.</param>
    /// <param name="candidate">The candidate's runs.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="isFamily">True when several candidates are compared, whose plans don't count.</param>
    public RateComparison? BadRunsOf(GroupRuns baseline, GroupRuns candidate, MetricSpec metric, bool isFamily)
    {
        var scope = !isFamily && PlanFor(baseline.Group, candidate.Group) is { } plan
            ? new Scope(new(0, plan.Max), new(0, plan.Max), null) : ScopeOf(baseline.Group, candidate.Group);
        return BadRuns.Compare(metric, [.. scope.Candidate.Of(candidate)], [.. scope.Baseline.Of(baseline)]);
    }

    private ComparisonPlan? PlanFor(GroupRecord baseline, GroupRecord candidate) =>
        Plan is { } plan && Math.Min(baseline.Repeat, candidate.Repeat) <= plan.Max ? plan : null;

    private Judged JudgedOf(GroupRuns baseline, GroupRuns candidate, MetricSpec metric, double alpha)
    {
        var scope = ScopeOf(baseline.Group, candidate.Group);
        var note = scope.Note is ComparisonNote.FreshOnly fresh ? fresh with { Alpha = alpha } : scope.Note;
        return new(ValuesOf(candidate, metric, scope.Candidate), ValuesOf(baseline, metric, scope.Baseline), note);
    }

    // What is compared. When only one group grew, the repeats that were compared before are compared again.
    private Scope ScopeOf(GroupRecord baseline, GroupRecord candidate)
    {
        if (Before(baseline, candidate) is not { } seen) return new(Repeats.All, Repeats.All, null);
        var (moreOfBaseline, moreOfCandidate) = (baseline.Repeat - seen.Baseline, candidate.Repeat - seen.Candidate);
        return moreOfBaseline > 0 && moreOfCandidate > 0
            ? new(
                Repeats.All with { After = seen.Candidate }, Repeats.All with { After = seen.Baseline },
                new ComparisonNote.FreshOnly(seen.Candidate, seen.Baseline)
                {
                    Test = 1 + looks.Count(look => look is { Plan: null, Pairs: > 0 } && look.RepeatsOf(baseline.Id) <= seen.Baseline),
                })
            : new(
                new(0, seen.Candidate), new(0, seen.Baseline),
                moreOfBaseline > 0 || moreOfCandidate > 0 ? new ComparisonNote.OneSideGrew(moreOfCandidate, moreOfBaseline) : null);
    }

    private Comparison WithNote(Judged judged, Comparison compared)
    {
        var told = judged.Note is ComparisonNote.FreshOnly ? compared : WithStatisticNote(compared);
        return judged.Note is { } note ? told with { Notes = [note, .. told.Notes] } : told;
    }

    private Comparison ComparePlanned(
        ComparisonPlan plan, GroupRuns baseline, GroupRuns candidate, MetricSpec metric, ComparisonOptions options)
    {
        var (one, other) = (ValuesOf(candidate, metric, new(0, plan.Max)), ValuesOf(baseline, metric, new(0, plan.Max)));
        var counted = Comparison.Between(one, other, metric.Goal, new() { Plans = false, PermutationDraws = 0 });
        if (counted.Method is null) return counted;
        var pairs = PairsOf(counted);
        int[] made = [.. looks.Where(look => look.Plan == plan && look.Pairs > 0).Select(look => look.Pairs).Distinct().Order()];
        int[] now = [.. made.Where(earlier => earlier < pairs), pairs];
        var isLast = new[] { baseline, candidate }.All(
            group => group.Group.Repeat >= plan.Max && group.Runs.All(run => run.Run.State.IsFinal()));
        var spending = new SpendingPlan { Max = plan.Max, Alpha = plan.Alpha, Spent = plan.Spent };
        var bounds = spending.BoundsAt(now, isLast)[^1];
        var margin = options.Margin ?? plan.Margin;
        var compared = Comparison.Between(one, other, metric.Goal, options with { Alpha = bounds.Level, Plans = false, Margin = margin });
        // A one-sided test at the level of a two-sided look spends less than α: the looks at higher levels are more alike.
        var isFutile = compared.Margin is { } judged
            ? judged.Conclusion == MarginConclusion.NotShown && judged.EdgePValue > bounds.Futile
            : compared.Verdict == Verdict.NotShown && compared.PValue > bounds.Futile;
        // What the plan has left of alpha, and each test before it.
        var before = looks.Count(look => look is { Plan: null, Pairs: > 0 });
        var over = plan.Alpha - plan.Spent + (before * plan.Alpha);
        return compared with
        {
            Notes =
            [
                new ComparisonNote.PlannedLook(now.Length, plan.Max, over, bounds.Level, isFutile) { Margin = margin },
                // The plan is one for means, so no other statistic is recommended.
                .. compared.Notes.Select(note => note is ComparisonNote.FarOut far ? far with { Recommended = null } : note),
            ],
        };
    }

    /// <summary>
    /// The look that a comparison is; null when it is none, because nothing was tested, or because runs are unfinished and there is no
    /// plan. A plan allows for looks at any time, and counts them all.
    /// </summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="at">When it was made.</param>
    public ComparisonLook? LookOf(
        GroupRuns baseline, GroupRuns candidate, MetricSpec metric, Comparison comparison, DateTimeOffset at)
    {
        var isOver = baseline.Runs.Concat(candidate.Runs).All(run => run.Run.State.IsFinal());
        var isPlanned = comparison.Notes.Any(note => note is ComparisonNote.PlannedLook);
        if (!(isOver || isPlanned) || comparison.Method is null) return null;
        var look = new ComparisonLook
        {
            Baseline = baseline.Group.Id,
            Candidate = candidate.Group.Id,
            Metric = metric.Name,
            At = at,
            BaselineRepeats = baseline.Group.Repeat,
            CandidateRepeats = candidate.Group.Repeat,
            Pairs = PairsOf(comparison),
            IsShown = comparison.Verdict != Verdict.NotShown,
            Statistic = comparison.Statistic == LocationStatistic.Mean ? null : comparison.Statistic,
            Plan = isPlanned ? Plan : null,
        };
        // A look at repeats that were compared before is the earlier look.
        var isKnown = looks.Any(known => known.Pairs > 0 && known.Plan == look.Plan
            && (known.Plan is null
                ? known.RepeatsOf(look.Baseline) >= look.BaselineRepeats || known.RepeatsOf(look.Candidate) >= look.CandidateRepeats
                : known.Pairs >= look.Pairs));
        return isKnown ? null : look;
    }

    // The same repeats tested by another statistic are tested a second time.
    private Comparison WithStatisticNote(Comparison compared)
    {
        if (compared.Method is null || looks.FirstOrDefault(look => look.Pairs > 0) is not { } first) return compared;
        var earlier = first.Statistic ?? LocationStatistic.Mean;
        if (earlier == compared.Statistic) return compared;
        var recommended = compared.Notes.OfType<ComparisonNote.FarOut>().FirstOrDefault()?.Recommended ?? LocationStatistic.Mean;
        return compared with
        {
            Notes =
            [
                .. compared.Notes, new ComparisonNote.ComparedOtherwise(earlier, compared.Statistic, recommended == compared.Statistic),
            ],
        };
    }

    // How many repeats a look without a plan has seen, or the plan itself if both groups outgrew it.
    private (int Baseline, int Candidate)? Before(GroupRecord baseline, GroupRecord candidate)
    {
        if (looks.Count == 0) return null;
        var past = looks.Where(look => look.Pairs > 0)
            .Where(look => look.RepeatsOf(baseline.Id) < baseline.Repeat && look.RepeatsOf(candidate.Id) < candidate.Repeat).ToList();
        if (past.Count > 0) return (past.Max(look => look.RepeatsOf(baseline.Id)), past.Max(look => look.RepeatsOf(candidate.Id)));
        return looks.FirstOrDefault(look => look.Pairs > 0) is { } first
            ? (first.RepeatsOf(baseline.Id), first.RepeatsOf(candidate.Id)) : null;
    }

    private static int PairsOf(Comparison comparison) => comparison.Method == ComparisonMethod.Paired
        ? comparison.PairsUsed : Math.Min(comparison.Candidate!.N, comparison.Baseline!.N);

    private static IReadOnlyList<SeedValue> ValuesOf(GroupRuns group, MetricSpec metric, Repeats repeats) =>
        [.. repeats.Of(group).Select(run => new SeedValue(run.Run.Seed, RunValue.Of(run, metric.Name).Value))];

    // Repeats after one number and up to another.
    private sealed record Repeats(int After, int Until)
    {
        public static Repeats All { get; } = new(0, int.MaxValue);

        public IEnumerable<RunWithMetrics> Of(GroupRuns group) =>
            group.Runs.Where(run => run.Run.Repeat > After && run.Run.Repeat <= Until);
    }

    private sealed record Scope(Repeats Candidate, Repeats Baseline, ComparisonNote? Note);

    private sealed record Judged(
        IReadOnlyList<SeedValue> Candidate, IReadOnlyList<SeedValue> Baseline, ComparisonNote? Note);
}
