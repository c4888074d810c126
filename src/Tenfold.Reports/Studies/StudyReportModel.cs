using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Everything that a study's report shows, as plain data without words or layout. Immutable.</summary>
public sealed record StudyReportModel
{
    /// <summary>The study's record in the ledger.</summary>
    public required StudyRecord Study { get; init; }

    /// <summary>The varying parameters, in the order of <c>tenfold.yaml</c>.</summary>
    public required IReadOnlyList<StudyAxis> Axes { get; init; }

    /// <summary>Every trial, by number.</summary>
    public required IReadOnlyList<StudyTrial> Trials { get; init; }

    /// <summary>The trials with a value, best first; by the first of several objectives.</summary>
    public required IReadOnlyList<StudyTrial> Ranked { get; init; }

    /// <summary>With several objectives, the trials on the front, the best by the first objective first; empty otherwise.</summary>
    public required IReadOnlyList<StudyTrial> Front { get; init; }

    /// <summary>The rungs that trials reached.</summary>
    public required IReadOnlyList<RungRecord> Rungs { get; init; }

    /// <summary>The axis of the metric's values in all charts.</summary>
    public required ClippedAxis Values { get; init; }

    /// <summary>
    /// The best trial by the model's mean, or by its value without a model. Null when no trial has a value, and with several objectives.
    /// </summary>
    public required StudyTrial? Best { get; init; }

    /// <summary>The model's mean at the best trial with its standard deviation, in the metric's unit; null without a model.</summary>
    public required (double Mean, double StandardDeviation)? Predicted { get; init; }

    /// <summary>The standard deviation of repeats, pooled over trials with several runs; null when no trial has several.</summary>
    public required double? Noise { get; init; }

    /// <summary>True when there is a model of the values; without a model the report says nothing about parameters.</summary>
    public required bool HasModel { get; init; }

    /// <summary>How much each parameter matters to the model; null without a model or without parameters.</summary>
    public required Importance? Importance { get; init; }

    /// <summary>The model's prediction along each axis; without points where there is no prediction.</summary>
    public required IReadOnlyList<StudySlice> Slices { get; init; }

    /// <summary>The model over the two most important parameters; null without a model, or with fewer than two active parameters.</summary>
    public required StudyContour? Contour { get; init; }

    /// <summary>The finalists, run again with fresh seeds; null when there are none.</summary>
    public required StudyConfirmation? Confirmation { get; init; }

    /// <summary>With several objectives, the points of the front that were run again; null when there are none.</summary>
    public FrontConfirmation? ConfirmedFront { get; init; }

    /// <summary>The workers, each with the runs that it executed.</summary>
    public required IReadOnlyList<StudyLane> Lanes { get; init; }

    /// <summary>Reasons for caution, most important first.</summary>
    public required IReadOnlyList<Note> Notes { get; init; }

    /// <summary>When the model was made.</summary>
    public required DateTimeOffset GeneratedAt { get; init; }

    /// <summary>The name of the deciding metric. It comes from a user and must be escaped.</summary>
    public string Metric => Study.Spec.Metric.Name;

    /// <summary>Which way the metric is better.</summary>
    public MetricGoal Goal => Study.Spec.Metric.Goal;

    /// <summary>True when the worst values are at the top of a chart.</summary>
    public bool IsWorstOnTop => Goal == MetricGoal.Minimize;

    /// <summary>Where trials without a value are drawn: <c>at the bottom</c> or <c>at the top</c>.</summary>
    public string WorstEdge => IsWorstOnTop ? "at the top" : "at the bottom";

    /// <summary>The title of the metric's axis: its name, and which way is better.</summary>
    public string MetricTitle => $"{ParameterText.Cut(Metric, 36)} ({(Goal == MetricGoal.Maximize ? "higher" : "lower")} is better)";

    /// <summary>The spread that determines how values are rounded; null when it is unknown.</summary>
    public required double? Spread { get; init; }

    /// <summary>A value of the metric as text.</summary>
    public string Text(double value) => PageText.Of(Numbers.Format(value, Spread));

    /// <summary>A trial in a line: its number, its value or state, and its settings.</summary>
    public string Describe(StudyTrial trial) =>
        $"trial {trial.Number}: {(trial.Value is { } value ? Text(value) : trial.StateText)} · {trial.SettingsText(Axes)}";

    /// <summary>Computes everything that the report shows.</summary>
    /// <exception cref="System.Text.Json.JsonException">The study's space can't be read.</exception>
    public static StudyReportModel From(StudyReportInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var spec = input.Study.Spec;
        var dimensions = SpaceJson.Read(spec.Space);
        var space = spec.ReadSpace();
        var axes = StudyAxis.Of(space, dimensions);
        var (trials, ranked) = Rank(input, space, axes);
        var view = input.Model is { } model ? new StudyModelView(model, space, Sign(spec.Metric.Goal)) : null;
        var modelled = view is null ? [] : ranked.Where(trial => trial.Point is not null);
        var front = StudyFront.Of(spec, input.Trials).Select(trial => ranked.First(one => one.Number == trial.Number)).ToList();
        var best = spec.HasFront ? null : modelled.MaxBy(trial => view!.Score(trial.Point!)) ?? ranked.FirstOrDefault();
        var predicted = best?.Point is { } point ? view?.Predict(point) : null;
        var importance = view is null || axes.Count == 0 ? null : Importance.Of(space, view.Mean);
        var confirmation = StudyConfirmation.Of(input, ranked);
        var noise = NoiseOf(ranked);
        var made = new StudyReportModel
        {
            Study = input.Study,
            Axes = axes,
            Trials = trials,
            Ranked = ranked,
            Front = front,
            Rungs = input.Rungs,
            Values = ClippedAxis.Of([.. ranked.Select(trial => trial.Value!.Value)], spec.Metric.Goal,
                [.. new[] { confirmation?.WinnerSummary?.Mean, predicted?.Mean }.OfType<double>()]),
            Best = best,
            Predicted = predicted,
            Noise = noise,
            HasModel = view is not null,
            Importance = importance,
            Slices = [.. axes.Select(axis => StudySlice.Of(axis, space, best?.Point, view))],
            Contour = importance is null || best?.Point is null ? null : StudyContour.Of(axes, space, importance, best.Point, view!),
            Confirmation = confirmation,
            ConfirmedFront = input.ConfirmedFront,
            Lanes = StudyLanes.Of(input.Spans, input.Now),
            Spread = confirmation?.Runs.Spread ?? noise ?? SpreadOf(ranked),
            Notes = [],
            GeneratedAt = input.Now,
        };
        return made with { Notes = [.. StudyNotes.Of(made, input.LinesUnread)] };
    }

    // All trials by number, and those with a value from the best to the worst.
    private static (StudyTrial[] Trials, StudyTrial[] Ranked) Rank(
        StudyReportInput input, SearchSpace space, IReadOnlyList<StudyAxis> axes)
    {
        var rungs = input.Rungs.GroupBy(rung => rung.Number).ToDictionary(trial => trial.Key, trial => trial.MaxBy(rung => rung.Rung));
        StudyTrial[] trials = [.. input.Trials.OrderBy(trial => trial.Number)
            .Select(trial => StudyTrial.Of(trial, space, axes, rungs.GetValueOrDefault(trial.Number)))];
        StudyTrial[] ranked =
        [
            .. trials.Where(trial => trial.Value is not null)
                .OrderBy(trial => -Sign(input.Study.Spec.Metric.Goal) * trial.Value!.Value).Select((trial, i) => trial with { Rank = i }),
        ];
        var byNumber = ranked.ToDictionary(trial => trial.Number);
        return ([.. trials.Select(trial => byNumber.GetValueOrDefault(trial.Number, trial))], ranked);
    }

    /// <summary>1 when higher is better, −1 when lower is better.</summary>
    internal static int Sign(MetricGoal goal) => goal == MetricGoal.Maximize ? 1 : -1;

    private static double? NoiseOf(StudyTrial[] trials)
    {
        var summaries = trials.Where(trial => trial.Record.Values.Count > 1).Select(trial => Summary.Of(trial.Record.Values)).ToArray();
        if (summaries.Length == 0) return null;
        var largest = summaries.Max(summary => summary.StandardDeviation!.Value);
        if (largest == 0) return 0;
        // Scale by the largest, so that no square overflows.
        var squares = summaries.Sum(summary => (summary.N - 1) * Math.Pow(summary.StandardDeviation!.Value / largest, 2));
        return largest * Math.Sqrt(squares / summaries.Sum(summary => summary.N - 1));
    }

    /// <summary>The spread of the better half of the values, used when there are no repeats.</summary>
    private static double? SpreadOf(StudyTrial[] ranked)
    {
        double[] better = [.. ranked.Take((ranked.Length + 1) / 2).Select(trial => trial.Value!.Value)];
        return better.Length < 2 ? null : Summary.Of(better).StandardDeviation is > 0 and var spread ? spread : null;
    }
}
