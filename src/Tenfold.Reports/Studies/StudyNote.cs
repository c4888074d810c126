namespace Tenfold.Reports.Studies;

/// <summary>A reason for caution when reading a study's report: data without words. <see cref="StudyNoteText"/> words it.</summary>
public abstract record StudyNote
{
    private StudyNote()
    {
    }

    /// <summary>The study had not finished when the report was made.</summary>
    /// <param name="IsConfirming">True when the best trials are being run again; false while trials are still being suggested.</param>
    public sealed record Unfinished(bool IsConfirming) : StudyNote;

    /// <summary>The study was cancelled.</summary>
    /// <param name="Reason">Why, in the words of the user or of the program; null when no reason was given.</param>
    public sealed record StudyCancelled(string? Reason) : StudyNote;

    /// <summary>Trials failed.</summary>
    /// <param name="Failed">The number of failed trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsFailed(int Failed, int Trials) : StudyNote;

    /// <summary>Trials were lost with their machine.</summary>
    /// <param name="Lost">The number of lost trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsLost(int Lost, int Trials) : StudyNote;

    /// <summary>Trials were cancelled.</summary>
    /// <param name="Cancelled">The number of cancelled trials.</param>
    /// <param name="Trials">The number of all trials.</param>
    public sealed record TrialsCancelled(int Cancelled, int Trials) : StudyNote;

    /// <summary>Trials completed without a finite value.</summary>
    /// <param name="Trials">The number of such trials.</param>
    public sealed record TrialsWithoutValue(int Trials) : StudyNote;

    /// <summary>No trial has a value.</summary>
    public sealed record NoValues : StudyNote;

    /// <summary>The best trials were not run again, so the best value is optimistic.</summary>
    /// <param name="Values">The number of values from which the best was picked.</param>
    public sealed record NotConfirmed(int Values) : StudyNote;

    /// <summary>No setting was run twice, so the noise of one run is unknown.</summary>
    public sealed record NoiseUnknown : StudyNote;

    /// <summary>The best quarter of the values has less spread than the runs of a single trial.</summary>
    /// <param name="Noise">The standard deviation of one run, in the metric's unit.</param>
    public sealed record OrderIsNoise(double Noise) : StudyNote;

    /// <summary>All repeats of each trial gave the same value.</summary>
    public sealed record EqualRepeats : StudyNote;

    /// <summary>There are few values for the number of parameters.</summary>
    /// <param name="Values">The number of values.</param>
    /// <param name="Parameters">The number of varying parameters.</param>
    public sealed record FewValues(int Values, int Parameters) : StudyNote;

    /// <summary>There are too few values for a model.</summary>
    public sealed record NoModel : StudyNote;

    /// <summary>The trial with the best value is not the best one by the model.</summary>
    /// <param name="ByValue">The number of the trial with the best value.</param>
    /// <param name="Value">The best value, in the metric's unit.</param>
    /// <param name="ByModel">The number of the best trial by the model.</param>
    public sealed record ModelDisagrees(int ByValue, double Value, int ByModel) : StudyNote;

    /// <summary>All trials have the same value.</summary>
    public sealed record EqualValues : StudyNote;

    /// <summary>The best trial lies at an end of the range of some parameters.</summary>
    /// <param name="Parameters">The names of these parameters; at least one.</param>
    public sealed record BestAtEnd(IReadOnlyList<string> Parameters) : StudyNote;

    /// <summary>Files differed from the commit when the study was made.</summary>
    public sealed record UncommittedChanges : StudyNote;
}
