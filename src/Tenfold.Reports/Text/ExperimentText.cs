using System.Globalization;
using Tenfold.Core.Experiments;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>Turns an experiment into words.</summary>
public static class ExperimentText
{
    /// <summary>The verdict in one or two words.</summary>
    public static string Word(ExperimentVerdict verdict) => verdict switch
    {
        ExperimentVerdict.Better => "better",
        ExperimentVerdict.Worse => "worse",
        ExperimentVerdict.Blocked => "blocked",
        _ => "keep going",
    };

    /// <summary>The verdict in a self-contained sentence.</summary>
    public static string Sentence(ExperimentStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var (candidate, baseline, metric) = (status.Candidate.Version, status.Baseline.Version, status.Experiment.Metric);
        if (status.Verdict == ExperimentVerdict.Blocked)
            return $"Nothing can be said about {candidate} and {baseline}, because the keys are not divided between them as intended.";
        if (status.Comparison is not { Difference: { } difference, Interval: { } interval })
            return $"There is not enough yet to compare {candidate} with {baseline} by {metric}.";
        var spread = (interval.High - interval.Low) / 2;
        var range = $"{Numbers.WithSign(interval.Low, spread)} to {Numbers.WithSign(interval.High, spread)}";
        var confidence = $"{Numbers.Percent(1 - status.Experiment.Alpha)} interval {range}, valid however often you look";
        if (status.Verdict == ExperimentVerdict.KeepGoing)
        {
            return $"A difference between {candidate} and {baseline} is not shown yet: the observed difference in {metric} is "
                + $"{Numbers.WithSign(difference, spread)} ({confidence}).";
        }

        var direction = difference > 0 ? "higher" : "lower";
        return $"{candidate} is {Word(status.Verdict)} than {baseline}: its {metric} is {direction} by "
            + $"{Numbers.Format(Math.Abs(difference), spread)} ({confidence}).";
    }

    /// <summary>How long a verdict may take; null when there is a verdict, or the experiment has ended.</summary>
    public static string? Remaining(ExperimentStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (status.Experiment.EndedAt is not null || status.Verdict is not ExperimentVerdict.KeepGoing) return null;
        var traffic = status.KeysPerHour is { } rate ? $"{Numbers.Format(rate)} new keys with an outcome an hour" : null;
        if (status.Remaining is not { } time) return traffic is null ? null : $"It can't be said how long a verdict may take ({traffic}).";
        var more = status.Comparison.MoreUnits is { } units ? $"{Count(units)} more keys, " : "";
        return $"If the observed difference is the true one, a verdict takes {more}about {Numbers.Duration(time)} ({traffic}).";
    }

    /// <summary>Which way the metric is better.</summary>
    public static string Goal(MetricGoal goal) => goal == MetricGoal.Maximize ? "more is better" : "less is better";

    /// <summary>Words a note in one or two sentences: what it is, then what to do.</summary>
    public static string Sentence(ExperimentNote note) => note switch
    {
        ExperimentNote.SampleRatioMismatch { Of: CountedKeys.All } it =>
            $"The arms should have {Expected(it)} keys and have {it.Baseline} and {it.Candidate} (p {Numbers.PValue(it.PValue)}). "
            + "The assignment, the log or a filter treats the arms differently: find out why, and start the experiment again.",
        ExperimentNote.SampleRatioMismatch it =>
            $"{it.Baseline} and {it.Candidate} keys have an outcome, where {Expected(it)} would be expected "
            + $"(p {Numbers.PValue(it.PValue)}). Outcomes are lost in one arm more than in the other. "
            + "Report an outcome for every request, also a bad one such as 0.",
        ExperimentNote.TooFewKeys it =>
            $"{it.Baseline} and {it.Candidate} keys have an outcome, and each arm needs {it.Needed} for a first look.",
        ExperimentNote.NoOutcomes it =>
            $"No request has an outcome of {it.Metric} yet: report it with POST /feedback, or with `tenfold feedback import`.",
        ExperimentNote.EqualOutcomes it => $"All outcomes are {Numbers.Format(it.Value)}, so there is nothing to compare.",
        ExperimentNote.OutcomesMissing it =>
            $"{it.Missing} of {it.Keys} keys have no outcome. If bad outcomes come later than good ones, both arms look too good.",
        ExperimentNote.WithoutKey it =>
            $"{it.Requests} of {it.Units} units are requests without a key. Each counts as a user of its own, so a user who sends many "
            + "counts many times and may see both versions.",
        ExperimentNote.KeysMoved it =>
            $"The change of shares moved {it.Keys} keys to the other version. Each counts in its first arm, with what it did there.",
        ExperimentNote.KeysOutside it => $"{it.Keys} keys came while one of the versions had no traffic. They don't count.",
        ExperimentNote.NoTraffic it => $"{it.Version} has no traffic now, so nothing more is learned: give it some with `tenfold traffic`.",
        ExperimentNote.PeriodsLeftOut it =>
            $"{it.Keys} keys came in {Numbers.Count(it.Periods, "period")} between changes of the shares. That is too short to compare the "
            + "versions, so these keys don't count.",
        _ => throw new ArgumentException($"There are no words for {note.Code}.", nameof(note)),
    };

    private static string Expected(ExperimentNote.SampleRatioMismatch it) =>
        $"{Count(it.Baseline + it.Candidate - it.Expected)} and {Count(it.Expected)}";

    private static string Count(double count) => Math.Round(count).ToString("0", CultureInfo.InvariantCulture);
}
