using Tenfold.Core.Experiments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>An experiment, in <c>ab start</c> and <c>ab stop</c>.</summary>
public sealed record ExperimentView(
    int Number, string Model, string Baseline, string Candidate, string Metric, string Goal, double Alpha, long ExpectedKeys,
    DateTimeOffset StartedAt, string StartedBy, DateTimeOffset? EndedAt, string? EndReason, string? EndReasonCode)
{
    /// <summary>The view of a record.</summary>
    public static ExperimentView Of(Experiment experiment) => new(
        experiment.Number, experiment.Model, experiment.Baseline, experiment.Candidate, experiment.Metric,
        experiment.Goal.ToString().ToLowerInvariant(), experiment.Alpha, experiment.TunedFor, experiment.StartedAt, experiment.StartedBy,
        experiment.EndedAt, experiment.EndReason.Words(), experiment.EndReason?.Code);
}

/// <summary>An arm of an experiment.</summary>
public sealed record ArmView(string Version, long Keys, long Requests, long Measured, double? Mean)
{
    /// <summary>The view of an arm.</summary>
    public static ArmView Of(ArmStatus arm) => new(arm.Version, arm.Keys, arm.Requests, arm.Measured, arm.Mean);
}

/// <summary>An experiment with its verdict, in <c>ab show</c>.</summary>
public sealed record ExperimentStatusView(
    ExperimentView Experiment, string Verdict, double? Difference, double? Low, double? High, double Confidence, double? PValue,
    ArmView Baseline, ArmView Candidate, double? SampleRatioPValue, double? KeysPerHour, double? MoreKeys, double? RemainingSeconds,
    string Text, IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes)
{
    /// <summary>The view of a status.</summary>
    public static ExperimentStatusView Of(ExperimentStatus status)
    {
        var comparison = status.Comparison;
        return new(
            ExperimentView.Of(status.Experiment), ExperimentText.Word(status.Verdict), comparison.Difference, comparison.Interval?.Low,
            comparison.Interval?.High, 1 - status.Experiment.Alpha, comparison.PValue, ArmView.Of(status.Baseline),
            ArmView.Of(status.Candidate), status.SampleRatioPValue, status.KeysPerHour,
            status.Verdict == ExperimentVerdict.Blocked ? null : comparison.MoreUnits, status.Remaining?.TotalSeconds,
            ExperimentText.Sentence(status), [.. status.Notes.Select(ExperimentText.Sentence)],
            [.. status.Notes.Select(note => note.Code)]);
    }
}
