using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Studies;

/// <summary>The input of a study's report: the study's records in the ledger, and the model of its values.</summary>
public sealed record StudyReportInput
{
    /// <summary>The study.</summary>
    public required StudyRecord Study { get; init; }

    /// <summary>All trials of the study, in any state.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The rungs that trials reached; empty when the study doesn't prune.</summary>
    public IReadOnlyList<RungRecord> Rungs { get; init; } = [];

    /// <summary>When and where the runs of the trials ran, without runs that have not started.</summary>
    public IReadOnlyList<TrialSpan> Spans { get; init; } = [];

    /// <summary>The fresh runs of the best trials, starting with the best of the sweep; empty when there are none.</summary>
    public IReadOnlyList<ConfirmedTrial> Confirmed { get; init; } = [];

    /// <summary>With several objectives, the points of the front that were run again; null when there are none.</summary>
    public FrontConfirmation? ConfirmedFront { get; init; }

    /// <summary>The winner's runs after the choice, beside the baseline's; null when there are none.</summary>
    public ConfirmationMeasurement? Measured { get; init; }

    /// <summary>The trials whose values may be older ones; see <see cref="TrialWarnings.LinesUnread"/>.</summary>
    public IReadOnlyList<int> LinesUnread { get; init; } = [];

    /// <summary>The model of the values; null when there are too few values for one.</summary>
    public StudyModel? Model { get; init; }

    /// <summary>The significance level and power of comparisons; null for the defaults.</summary>
    public ComparisonOptions? Options { get; init; }

    /// <summary>The time of the report.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>When and where a run of a trial, or all its runs, ran.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Start">When it started.</param>
/// <param name="End">When it ended; null while it runs.</param>
/// <param name="Host">The machine; null when it is unknown.</param>
/// <param name="Lane">The number of the worker on the machine. Null when it is unknown; the report then assumes the first free
/// worker.</param>
/// <param name="IsConfirmation">True for a finalist's run with a fresh seed.</param>
public sealed record TrialSpan(
    int Trial, DateTimeOffset Start, DateTimeOffset? End, string? Host = null, int? Lane = null, bool IsConfirmation = false);

/// <summary>A trial that was run again with fresh seeds.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Runs">The group of the fresh runs by which the winner is chosen.</param>
public sealed record ConfirmedTrial(int Trial, GroupRuns Runs);

/// <summary>A model of a study's values, at snapped points of its space; larger is better, whatever the metric's goal.</summary>
/// <param name="Mean">Predicts the mean. The report calls it about 20,000 times, so it should be fast.</param>
/// <param name="Predict">
/// Predicts the mean with its standard deviation, without the noise of one run. The report calls it a few hundred times.
/// </param>
public sealed record StudyModel(Func<double[], double> Mean, Func<double[], (double Mean, double StandardDeviation)> Predict);
