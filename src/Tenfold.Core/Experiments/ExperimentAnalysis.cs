using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Core.Experiments;

/// <summary>Judges an experiment by its outcomes. Pure: equal arguments give equal results.</summary>
/// <remarks>
/// The independent unit is a key, whose outcomes are averaged: requests of one user are not independent. A request without a key is a unit
/// of its own.
/// </remarks>
public static class ExperimentAnalysis
{
    /// <summary>The chance that the sample-ratio tests ever block an experiment whose keys are divided as intended.</summary>
    public const double SampleRatioAlpha = 0.001;

    private const int MostLooks = 500;
    private static readonly TimeSpan RecentTraffic = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestTraffic = TimeSpan.FromMinutes(1);

    /// <summary>Judges an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="routes">All routes of its model, oldest first.</param>
    /// <param name="outcomes">Its outcomes, as <see cref="ExperimentMetric.QueryOf"/> asks for them.</param>
    /// <param name="now">The time.</param>
    public static ExperimentStatus Judge(
        Experiment experiment, IReadOnlyList<Route> routes, IReadOnlyList<KeyOutcome> outcomes, DateTimeOffset now)
    {
        var all = ExperimentUnits.Of(experiment, routes, outcomes);
        var comparison = Compare(experiment, all, all.Units);
        var ratios = RatiosOf(experiment, all).ToArray();
        var perHour = KeysPerHour(experiment, all, now);
        var isBlocked = ratios.Any(ratio => ratio.Test.IsMismatch);
        return new()
        {
            Experiment = experiment,
            At = now,
            Baseline = ArmOf(experiment.Baseline, all, isCandidate: false),
            Candidate = ArmOf(experiment.Candidate, all, isCandidate: true),
            Comparison = comparison,
            Verdict = isBlocked ? ExperimentVerdict.Blocked : comparison.Verdict switch
            {
                SequentialVerdict.Better => ExperimentVerdict.Better,
                SequentialVerdict.Worse => ExperimentVerdict.Worse,
                _ => ExperimentVerdict.KeepGoing,
            },
            Remaining = isBlocked || experiment.EndedAt is not null ? null
                : RemainingOf(comparison, CurrentShare(experiment, routes), perHour),
            KeysPerHour = perHour,
            SampleRatioPValue = all.Units.Count == 0 ? null : ratios.Min(ratio => ratio.Test.PValue),
            Notes =
            [
                .. ratios.Where(ratio => ratio.Test.IsMismatch).Select(ratio => ratio.ToNote()),
                .. NotesOf(experiment, routes, all, comparison),
            ],
        };
    }

    /// <summary>The interval as it developed, at times that are spaced evenly.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="routes">All routes of its model, oldest first.</param>
    /// <param name="outcomes">Its outcomes, as <see cref="ExperimentMetric.QueryOf"/> asks for them.</param>
    /// <param name="now">The time.</param>
    /// <param name="points">How many times.</param>
    public static IReadOnlyList<ExperimentPoint> History(
        Experiment experiment, IReadOnlyList<Route> routes, IReadOnlyList<KeyOutcome> outcomes, DateTimeOffset now, int points = 60)
    {
        var all = ExperimentUnits.Of(experiment, routes, outcomes);
        var end = experiment.EndedAt ?? now;
        var (history, strata, next, measured) = (new List<ExperimentPoint>(), EmptyStrata(all), 0, 0L);
        for (var i = 1; i <= points; i++)
        {
            var at = experiment.StartedAt + (end - experiment.StartedAt) * ((double)i / points);
            for (; next < all.Units.Count && all.Units[next].FirstAt <= at; next++)
                if (Add(strata, all.Units[next])) measured++;
            history.Add(new(at, measured, Compare(experiment, strata)));
        }

        return history;
    }

    private static SequentialComparison Compare(Experiment experiment, ExperimentUnits all, IEnumerable<ExperimentUnit> units)
    {
        var strata = EmptyStrata(all);
        foreach (var unit in units) Add(strata, unit);
        return Compare(experiment, strata);
    }

    private static SequentialComparison Compare(Experiment experiment, UnitMoments[][] strata) => SequentialComparison.Of(
        [.. strata.Where(arms => arms[0].Count + arms[1].Count > 0).Select(arms => new ArmStratum(arms[0], arms[1]))],
        experiment.Goal,
        new()
        {
            Alpha = experiment.Alpha,
            TightestAt = Math.Max(1, experiment.TunedFor),
            FirstLook = (int)Math.Clamp(experiment.FirstLook, 2, int.MaxValue),
        });

    private static UnitMoments[][] EmptyStrata(ExperimentUnits all) =>
        [.. all.Shares.Select(_ => new[] { UnitMoments.None, UnitMoments.None })];

    private static bool Add(UnitMoments[][] strata, ExperimentUnit unit)
    {
        if (unit.Value is not { } value || !double.IsFinite(value)) return false;
        ref var arm = ref strata[unit.Period][unit.IsCandidate ? 1 : 0];
        arm = arm.Join(UnitMoments.Of([value]));
        return true;
    }

    private static ArmStatus ArmOf(string version, ExperimentUnits all, bool isCandidate)
    {
        var units = all.Units.Where(unit => unit.IsCandidate == isCandidate).ToList();
        double[] values = [.. units.Select(unit => unit.Value).OfType<double>()];
        return new(version, units.Count, isCandidate ? all.Requests.Candidate : all.Requests.Baseline, values.Length,
            values.Length == 0 ? null : values.Average());
    }

    // All keys, in the order in which they came, and watched on the way; and those with an outcome. Outcomes come late and in another
    // order, so only their counts of now are a look. Both tests share the level.
    private static IEnumerable<KeyRatio> RatiosOf(Experiment experiment, ExperimentUnits all)
    {
        if (all.Units.Count == 0) yield break;
        var isFeedback = ExperimentMetric.MeasureOf(experiment.Metric) == Measure.Feedback;
        var alpha = isFeedback ? SampleRatioAlpha / 2 : SampleRatioAlpha;
        yield return KeyRatio.Of(CountedKeys.All, all, all.Units, alpha, all.Units.Count / MostLooks + 1);
        if (!isFeedback) yield break;
        ExperimentUnit[] measured = [.. all.Units.Where(unit => unit.Value is not null)];
        if (measured.Length > 0) yield return KeyRatio.Of(CountedKeys.WithOutcome, all, measured, alpha, int.MaxValue);
    }

    private static double? CurrentShare(Experiment experiment, IReadOnlyList<Route> routes) =>
        routes.Count == 0 ? null : ExperimentUnits.ShareOf(experiment, routes[^1]);

    private static double? KeysPerHour(Experiment experiment, ExperimentUnits all, DateTimeOffset now)
    {
        var end = experiment.EndedAt ?? now;
        var start = end - experiment.StartedAt > RecentTraffic ? end - RecentTraffic : experiment.StartedAt;
        return end - start < ShortestTraffic ? null
            : all.Units.Count(unit => unit.Value is not null && unit.FirstAt >= start) / (end - start).TotalHours;
    }

    private static TimeSpan? RemainingOf(SequentialComparison comparison, double? share, double? perHour)
    {
        if (comparison.Verdict != SequentialVerdict.KeepGoing) return TimeSpan.Zero;
        if (comparison.MoreUnits is not { } more || share is not { } theta || perHour is not > 0) return null;
        // The shares of now may differ from those so far, so units are converted to those of equal arms.
        var units = more * comparison.EffectiveUnits / (comparison.Baseline + comparison.Candidate);
        var hours = units / (perHour.Value * 4 * theta * (1 - theta));
        return hours < 24 * 365 * 10 ? TimeSpan.FromHours(hours) : null;
    }

    private static IEnumerable<ExperimentNote> NotesOf(
        Experiment experiment, IReadOnlyList<Route> routes, ExperimentUnits all, SequentialComparison comparison)
    {
        var measured = all.Units.LongCount(unit => unit.Value is not null);
        if (measured == 0) yield return new ExperimentNote.NoOutcomes(experiment.Metric);
        foreach (var note in comparison.Notes)
        {
            if (note is SequentialNote.TooFewUnits few && measured > 0)
                yield return new ExperimentNote.TooFewKeys(few.Baseline, few.Candidate, few.Needed);
            if (note is SequentialNote.EqualUnits equal) yield return new ExperimentNote.EqualOutcomes(equal.Value);
            if (note is SequentialNote.StrataLeftOut left)
                yield return new ExperimentNote.PeriodsLeftOut(left.Strata, left.Baseline + left.Candidate);
        }

        if (measured > 0 && measured < all.Units.Count)
            yield return new ExperimentNote.OutcomesMissing(all.Units.Count - measured, all.Units.Count);
        if (all.WithoutKey > 0) yield return new ExperimentNote.WithoutKey(all.WithoutKey, all.Units.Count);
        if (all.Moved > 0) yield return new ExperimentNote.KeysMoved(all.Moved);
        if (all.Outside > 0) yield return new ExperimentNote.KeysOutside(all.Outside);
        if (experiment.EndedAt is not null || routes.Count == 0) yield break;
        var shares = routes[^1].Shares();
        foreach (var version in (string[])[experiment.Baseline, experiment.Candidate])
            if (shares.GetValueOrDefault(version) == 0) yield return new ExperimentNote.NoTraffic(version);
    }
}
