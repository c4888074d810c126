namespace Tenfold.Core.Results;

/// <content>Notes on the trials of a study.</content>
public abstract partial record Note
{
    /// <summary>The study had not finished when the report was made.</summary>
    /// <param name="IsConfirming">True when the best trials are being run again; false while trials are still being suggested.</param>
    public sealed record StudyUnfinished(bool IsConfirming) : Note("study-unfinished");

    /// <summary>The study was cancelled.</summary>
    /// <param name="Reason">Why, in the words of the user or of the program; null when no reason was given.</param>
    public sealed record StudyCancelled(string? Reason) : Note("study-cancelled");

    /// <summary>Trials failed.</summary>
    /// <param name="Failed">The number of failed trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsFailed(int Failed, int Trials) : Note("trials-failed");

    /// <summary>Trials were lost with their machine.</summary>
    /// <param name="Lost">The number of lost trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsLost(int Lost, int Trials) : Note("trials-lost");

    /// <summary>Trials were cancelled.</summary>
    /// <param name="Cancelled">The number of cancelled trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsCancelled(int Cancelled, int Trials) : Note("trials-cancelled");

    /// <summary>Trials completed without a finite value.</summary>
    /// <param name="Trials">The number of such trials.</param>
    public sealed record TrialsWithoutValue(int Trials) : Note("trials-without-value");

    /// <summary>Runs of trials printed lines of metrics that could not be read, so that their last value may be an older one.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Trials">The numbers of these trials, which have a value; at least one. 0 is the baseline of a confirmation.</param>
    public sealed record TrialLinesUnread(string Metric, IReadOnlyList<int> Trials) : Note("trial-lines-unread");

    /// <summary>No trial has a value.</summary>
    /// <param name="Metric">The metric's name.</param>
    public sealed record NoTrialValues(string Metric) : Note("no-trial-values");

    /// <summary>The best trials were not run again, so the best value is optimistic.</summary>
    /// <param name="Values">The number of values from which the best was picked.</param>
    public sealed record NotConfirmed(int Values) : Note("not-confirmed");

    /// <summary>No setting was run twice, so the noise of one run is unknown.</summary>
    public sealed record NoiseUnknown() : Note("noise-unknown");

    /// <summary>The best quarter of the values has less spread than the runs of a single trial.</summary>
    /// <param name="Noise">The standard deviation of one run, in the metric's unit.</param>
    public sealed record OrderIsNoise(double Noise) : Note("order-is-noise");

    /// <summary>All repeats of each trial gave the same value.</summary>
    public sealed record EqualRepeats() : Note("equal-repeats");

    /// <summary>There are few values for the number of parameters.</summary>
    /// <param name="Values">The number of values.</param>
    /// <param name="Parameters">The number of varying parameters.</param>
    public sealed record FewTrialValues(int Values, int Parameters) : Note("few-trial-values");

    /// <summary>There are too few values for a model.</summary>
    public sealed record NoModel() : Note("no-model");

    /// <summary>The trial with the best value is not the best one by the model.</summary>
    /// <param name="ByValue">The number of the trial with the best value.</param>
    /// <param name="Value">The best value, in the metric's unit.</param>
    /// <param name="ByModel">The number of the best trial by the model.</param>
    /// <param name="Spread">The spread that determines how values are rounded; null when it is unknown.</param>
    public sealed record ModelDisagrees(int ByValue, double Value, int ByModel, double? Spread) : Note("model-disagrees");

    /// <summary>All trials have the same value.</summary>
    public sealed record EqualTrialValues() : Note("equal-trial-values");

    /// <summary>The best trial lies at an end of the range of some parameters.</summary>
    /// <param name="Parameters">The names of these parameters; at least one.</param>
    public sealed record BestAtEnd(IReadOnlyList<string> Parameters) : Note("best-at-end");
}
