using Tenfold.Core.Results;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Study_notes_become_sentences
{
    internal static readonly (Note Note, string Begin)[] Notes =
    [
        (new Note.StudyUnfinished(IsConfirming: true), "The study had not finished when this report was made (confirming): "),
        (new Note.StudyCancelled("cancelled by ada"), "The study was cancelled: cancelled by ada."),
        (new Note.StudyCancelled(null), "The study was cancelled before its end."),
        (new Note.TrialsFailed(2, 10), "2 of 10 trials failed ("),
        (new Note.TrialsLost(1, 10), "1 of 10 trials was lost with the machine: "),
        (new Note.TrialsCancelled(3, 10), "3 of 10 trials were cancelled: "),
        (new Note.TrialsWithoutValue(1), "1 trial completed without a finite value."),
        (new Note.TrialLinesUnread("accuracy", [3]), "Runs of trial 3 printed metric lines that could not be read, so the last accuracy "),
        (new Note.TrialLinesUnread("accuracy", [0]), "Runs of the baseline printed metric lines "),
        (new Note.TrialLinesUnread("loss", [0, 1, 2, 3, 4, 5]), "Runs of the baseline and of trials 1, 2, 3 and 2 more printed "),
        (new Note.NoTrialValues("accuracy"), "No trial has a value of accuracy "),
        (new Note.StepsDiffer("loss", 3, 10, ["a-1"]), "The last loss is of an earlier step in a-1 (from step 3) than in the others (step "
            + "10). Unless the script stops early on purpose, values are missing there."),
        (new Note.NotConfirmed(60), "No trial was run again with fresh seeds. The best of 60 values is optimistic: "),
        (new Note.NoiseUnknown(), "Each trial is one run, "),
        (new Note.OrderIsNoise(0.0123), "The best quarter of the trials differ less than runs of one trial with different seeds do "
            + "(standard deviation 0.012): "),
        (new Note.EqualRepeats(), "All repeats of a trial gave the same value: "),
        (new Note.FewTrialValues(1, 3), "There is only 1 value for 3 parameters: "),
        (new Note.NoModel(), "There are too few values for a model: "),
        (new Note.ModelDisagrees(4, 0.5, 2, 0.1), "Trial 4 has the best single value (0.50), "),
        (new Note.EqualTrialValues(), "Every trial has the same value: "),
        (new Note.BestAtEnd(["depth", "width"]), "The best trial lies at an end of the range of depth, width: "),
    ];

    [Fact]
    public void Study_notes_are_worded()
    {
        foreach (var (note, begin) in Notes) NoteText.Sentence(note).ShouldStartWith(begin, Case.Sensitive);
    }
}
