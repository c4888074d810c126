using System.Reflection;
using Tenfold.Reports.Studies;

namespace Tenfold.Reports.Tests;

public sealed class Study_notes_become_sentences
{
    private static readonly (StudyNote Note, string Begin)[] Notes =
    [
        (new StudyNote.Unfinished(IsConfirming: true), "The study had not finished when this report was made (confirming): "),
        (new StudyNote.StudyCancelled("cancelled by ada"), "The study was cancelled: cancelled by ada."),
        (new StudyNote.StudyCancelled(null), "The study was cancelled before its end."),
        (new StudyNote.TrialsFailed(2, 10), "2 of 10 trials failed ("),
        (new StudyNote.TrialsLost(1, 10), "1 of 10 trials was lost with the machine: "),
        (new StudyNote.TrialsCancelled(3, 10), "3 of 10 trials were cancelled: "),
        (new StudyNote.TrialsWithoutValue(1), "1 trial completed without a finite value."),
        (new StudyNote.NoValues(), "No trial has a value of "),
        (new StudyNote.NotConfirmed(60), "No trial was run again with fresh seeds. The best of 60 values is optimistic: "),
        (new StudyNote.NoiseUnknown(), "Each trial is one run, "),
        (new StudyNote.OrderIsNoise(0.0123), "The best quarter of the trials differ less than runs of one trial with different seeds do "
            + "(standard deviation 0.012): "),
        (new StudyNote.EqualRepeats(), "All repeats of a trial gave the same value: "),
        (new StudyNote.FewValues(1, 3), "There is only 1 value for 3 parameters: "),
        (new StudyNote.NoModel(), "There are too few values for a model: "),
        (new StudyNote.ModelDisagrees(4, 0.5, 2), "Trial 4 has the best single value ("),
        (new StudyNote.EqualValues(), "Every trial has the same value: "),
        (new StudyNote.BestAtEnd(["depth", "width"]), "The best trial lies at an end of the range of depth, width: "),
        (new StudyNote.UncommittedChanges(), "Files differed from the commit. "),
    ];

    [Fact]
    public void Study_notes_are_worded()
    {
        var model = Study_reports_are_safe_pages.All["sixty"];
        foreach (var (note, begin) in Notes) StudyNoteText.Sentence(note, model).ShouldStartWith(begin, Case.Sensitive);
    }

    [Fact]
    public void Every_kind_of_note_has_words() =>
        typeof(StudyNote).GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(typeof(StudyNote)))
            .ShouldBeSubsetOf(Notes.Select(one => one.Note.GetType()));
}
