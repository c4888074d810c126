using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Studies;

/// <summary>A study as the ledger gives it, and the model of its values: what its report is made of.</summary>
public sealed record StudyReportInput
{
    /// <summary>The study.</summary>
    public required StudyRecord Study { get; init; }

    /// <summary>Its trials, whatever became of them.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The rungs that trials reached; empty when none is ended early.</summary>
    public IReadOnlyList<RungRecord> Rungs { get; init; } = [];

    /// <summary>When and where the trials' runs ran; those that have not started are left out.</summary>
    public IReadOnlyList<TrialSpan> Spans { get; init; } = [];

    /// <summary>
    /// The best trials' runs with fresh seeds, the one that the sweep took for the best first; empty when there are none.
    /// </summary>
    public IReadOnlyList<ConfirmedTrial> Confirmed { get; init; } = [];

    /// <summary>The model of the values; null when there is none.</summary>
    public StudyModel? Model { get; init; }

    /// <summary>Why there is no model, as the end of a sentence.</summary>
    public string WithoutModel { get; init; } = "there are too few values for one";

    /// <summary>How sure comparisons and intervals are; null for the defaults.</summary>
    public ComparisonOptions? Options { get; init; }

    /// <summary>The time of the report.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>A trial's run, or all its runs, on a worker.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Start">When it started.</param>
/// <param name="End">When it ended; null while it runs.</param>
/// <param name="Host">The machine; null when not known.</param>
/// <param name="Lane">Which of the machine's places it had; null when not known: then it is put where there is room.</param>
/// <param name="IsConfirmation">True for a finalist's run with a fresh seed.</param>
public sealed record TrialSpan(int Trial, DateTimeOffset Start, DateTimeOffset? End, string? Host = null, int? Lane = null,
    bool IsConfirmation = false);

/// <summary>A trial that was run again with fresh seeds.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Runs">The group of these runs, with their values.</param>
public sealed record ConfirmedTrial(int Trial, GroupRuns Runs);

/// <summary>A model of a study's values, at snapped points of its space; larger is better, whatever the metric's goal.</summary>
/// <param name="Mean">The predicted mean: called some twenty thousand times, so it should be quick.</param>
/// <param name="Predict">
/// The predicted mean with its standard deviation (of the mean, without the noise of one run): called some hundred times.
/// </param>
public sealed record StudyModel(Func<double[], double> Mean, Func<double[], (double Mean, double StandardDeviation)> Predict);
