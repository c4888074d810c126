using System.Text.Json;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Studies;

/// <summary>A trial as the ledger records it: one point of a study, and its outcome.</summary>
public sealed record TrialRecord
{
    /// <summary>The study.</summary>
    public required string Study { get; init; }

    /// <summary>Its number in the study, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its parameters, as a JSON object.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>What chose the point: the name of a search method, <c>start</c> or <c>again</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Why the point was chosen.</summary>
    public required Reason Reason { get; init; }

    /// <summary>The seed from which its runs' seeds are derived.</summary>
    public required long Seed { get; init; }

    /// <summary>When it was suggested.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The group of its runs; null when it runs outside Tenfold.</summary>
    public string? Group { get; init; }

    /// <summary>The lost trial whose point this one repeats; null for a new point.</summary>
    public int? Again { get; init; }

    /// <summary>Its state.</summary>
    public TrialState State { get; init; }

    /// <summary>Its values, one for each run that counts; empty while it runs, and when no run counts.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>
    /// In a study with several objectives, what <see cref="Values"/> is for the first one: for each further objective, in their order, a
    /// value for each run that counts. Empty otherwise.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Others { get; init; } = [];

    /// <summary>The rungs that it has reached, in ascending order; empty when the study doesn't prune.</summary>
    public IReadOnlyList<RungRecord> Rungs { get; init; } = [];

    /// <summary>Why it is in this state; null when there is no reason to give.</summary>
    public Reason? Why { get; init; }

    /// <summary>When its outcome was recorded; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// For how long its worker has the trial before it counts as lost, counted from the last sign of life; null for no limit.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// When its worker's lease ends or ended, by the ledger's clock; null without a lease, and once a result was told.
    /// </summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>The results that corrections have replaced, oldest first.</summary>
    public IReadOnlyList<ReplacedResult> Replaced { get; init; } = [];

    /// <summary>The mean of its values; null when there are none.</summary>
    public double? Value => Values.Count > 0 ? Values.Average() : null;

    /// <summary>The mean of each objective, in their order; empty when there are no values.</summary>
    public IReadOnlyList<double> Means => Values.Count > 0 ? [Values.Average(), .. Others.Select(values => values.Average())] : [];
}

/// <summary>The outcome of a trial, to be recorded.</summary>
/// <param name="Study">The study.</param>
/// <param name="Number">The trial.</param>
/// <param name="State">Its final state.</param>
/// <param name="Values">Its values; all finite.</param>
/// <param name="Why">Why it has that state; null when there is no reason to give.</param>
/// <param name="At">When it ended.</param>
/// <param name="IsCorrection">True to replace a result that is recorded already; the replaced result stays in the record.</param>
public sealed record TrialTell(
    string Study, int Number, TrialState State, IReadOnlyList<double> Values, Reason? Why, DateTimeOffset At, bool IsCorrection = false)
{
    /// <summary>Its values of the objectives after the first; see <see cref="TrialRecord.Others"/>.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Others { get; init; } = [];
}

/// <summary>A result of a trial that a correction has replaced.</summary>
/// <param name="State">The state of the trial before.</param>
/// <param name="Values">Its values before; empty when there were none.</param>
/// <param name="Why">Why it had that state; null when there was no reason to give.</param>
/// <param name="At">When that result was told.</param>
public sealed record ReplacedResult(TrialState State, IReadOnlyList<double> Values, Reason? Why, DateTimeOffset At)
{
    /// <summary>Its values of the objectives after the first; see <see cref="TrialRecord.Others"/>.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Others { get; init; } = [];
}

/// <summary>A value that a trial has reached at a step, as the worker that runs the trial reported it.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Step">The step, from 0.</param>
/// <param name="Value">The metric's value there; NaN when it is not finite.</param>
public sealed record ReportedValue(int Number, long Step, double Value);

/// <summary>Records that a trial reached a rung, and what was decided there.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Rung">The rung's step.</param>
/// <param name="Value">The metric's value there, in its own unit and direction.</param>
/// <param name="At">When this was observed.</param>
/// <param name="IsPruned">True when the trial was pruned there.</param>
/// <param name="Against">The value it was compared with, in the metric's unit; null when too few trials had reached the rung.</param>
public sealed record RungRecord(int Number, long Rung, double Value, DateTimeOffset At, bool IsPruned, double? Against);
