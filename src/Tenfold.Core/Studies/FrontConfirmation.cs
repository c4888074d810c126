using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Objectives;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>
/// The result of running points of a Pareto front again with fresh seeds. There is no winner: each point has a mean with an interval for
/// each objective, which luck in the sweep did not choose.
/// </summary>
/// <param name="Points">The points, the best by the first objective in the sweep first.</param>
public sealed record FrontConfirmation(IReadOnlyList<ConfirmedFrontPoint> Points)
{
    /// <summary>
    /// The trials of a front that are run again: all of them, or as many as are wanted, chosen so that they dominate as much as possible of
    /// what the front dominates.
    /// </summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">The study's trials.</param>
    /// <param name="top">How many, at most.</param>
    /// <returns>The trials, the best by the first objective first; trials at one point are represented by the earliest.</returns>
    /// <remarks>
    /// Greedy: each step adds the trial that increases the hypervolume most, where each objective counts in its range on the front. Source:
    /// Guerreiro, Fonseca and Paquete, "Greedy hypervolume subset selection in low dimensions", Evolutionary Computation 24 (2016).
    /// </remarks>
    public static IReadOnlyList<TrialRecord> Choose(StudySpec spec, IReadOnlyList<TrialRecord> trials, int top)
    {
        var space = spec.ReadSpace();
        var history = new StudyHistory(spec, space);
        var front = StudyFront.Of(spec, trials).OrderBy(trial => trial.Number)
            .DistinctBy(trial => SearchSpace.Key(history.PointOf(trial))).ToList();
        if (front.Count > top)
        {
            var points = Scaled(front.ConvertAll(trial => StudyFront.Scores(spec, trial.Values, trial.Others)));
            front = [.. Greedy(points, top).Select(i => front[i])];
        }

        var chosen = front.Select(trial => trial.Number).ToHashSet();
        return [.. StudyFront.Of(spec, trials).Where(trial => chosen.Contains(trial.Number))];
    }

    /// <summary>Summarises the fresh runs of each point.</summary>
    /// <param name="spec">The study's specification.</param>
    /// <param name="trials">The study's trials.</param>
    /// <param name="groups">The fresh runs by trial number.</param>
    /// <param name="options">The confidence of the intervals; null for the defaults.</param>
    public static FrontConfirmation Of(
        StudySpec spec, IReadOnlyList<TrialRecord> trials, IReadOnlyDictionary<int, IReadOnlyList<RunWithMetrics>> groups,
        ComparisonOptions? options = null)
    {
        options ??= new();
        if (spec.Work?.TestFraction is { } resampled) options = options with { TestFraction = resampled };
        List<ConfirmedFrontPoint> points = [.. groups.Select(group => PointOf(spec, trials.First(trial => trial.Number == group.Key),
            group.Value, options))];
        var valid = points.Where(point => point.Objectives.Count > 0 && point.Broken is null).ToList();
        var front = ParetoFront.Of([.. valid.Select(point => point.Objectives
            .Zip(spec.Objectives, (one, metric) => metric.Goal == MetricGoal.Maximize ? one.Mean : -one.Mean).ToArray())])
            .Select(i => valid[i].Trial.Number).ToHashSet();
        return new FrontConfirmation([.. points.Select(point => point with { IsOnFront = front.Contains(point.Trial.Number) })]);
    }

    private static ConfirmedFrontPoint PointOf(
        StudySpec spec, TrialRecord trial, IReadOnlyList<RunWithMetrics> runs, ComparisonOptions options)
    {
        // A run counts when it has every objective, as in the sweep.
        var counting = runs.Where(run => spec.Objectives.All(metric => TrialOutcome.Value(run, metric.Name) is not null)).ToList();
        if (counting.Count == 0) return new ConfirmedFrontPoint(trial, [], runs.Count);
        var summaries = spec.Objectives.Select(metric => Summary.Of(
            [.. counting.Select(run => TrialOutcome.Value(run, metric.Name)!.Value)], options.Confidence, options.TestFraction));
        return new ConfirmedFrontPoint(trial, [.. summaries], runs.Count)
        {
            Broken = MetricLimit.Check(spec.Constraints, name => MetricLimit.MeanOf(counting, name))?.Why,
        };
    }

    // To the range from 0 to 1 in each objective. Halves, so that no difference overflows.
    private static List<double[]> Scaled(List<double[]> scores)
    {
        var lows = Enumerable.Range(0, scores[0].Length).Select(j => scores.Min(score => score[j])).ToList();
        var widths = lows.Select((low, j) => (scores.Max(score => score[j]) / 2) - (low / 2)).ToList();
        return scores.ConvertAll(score =>
            score.Select((value, j) => widths[j] > 0 ? ((value / 2) - (lows[j] / 2)) / widths[j] : 1).ToArray());
    }

    private static List<int> Greedy(List<double[]> points, int top)
    {
        // The reference is a little worse than the front's ends, so that they count too.
        double[] reference = [.. points[0].Select(_ => -0.1)];
        var chosen = new List<int>();
        while (chosen.Count < top)
        {
            var rest = Enumerable.Range(0, points.Count).Except(chosen);
            chosen.Add(rest.MaxBy(i => (ParetoFront.Hypervolume([.. chosen.Append(i).Select(one => points[one])], reference), -i)));
        }

        return chosen;
    }
}

/// <summary>A point of a Pareto front with its fresh runs.</summary>
/// <param name="Trial">The trial. Its own values don't count here, because it was selected by them.</param>
/// <param name="Objectives">A summary of the fresh values of each objective, in their order; empty when no fresh run counts.</param>
/// <param name="Runs">How many fresh runs it has; fewer count when some failed.</param>
public sealed record ConfirmedFrontPoint(TrialRecord Trial, IReadOnlyList<Summary> Objectives, int Runs)
{
    /// <summary>The constraint that the mean of the fresh runs breaks; null when they keep all.</summary>
    public Reason? Broken { get; init; }

    /// <summary>True when no other confirmed point beats it by the means of the fresh runs.</summary>
    public bool IsOnFront { get; init; }
}
