using System.Reflection;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Notes_become_sentences
{
    private static readonly MetricSpec Accuracy = new("accuracy", MetricGoal.Maximize);

    private static readonly (Note Note, string Text)[] Notes =
    [
        (new Note.NoMetric(), "The project names no metric that decides (train.metric), so no values are compared."),
        (new Note.RunsFailed(1, 0, 4), "1 of 4 runs failed. If bad runs fail more often, the remaining values look too good."),
        (new Note.RunsFailed(1, 0, 1), "1 of 1 run failed."),
        (new Note.RunsFailed(0, 1, 4), "1 of 4 runs was cancelled. If bad runs fail more often, the remaining values look too good."),
        (new Note.RunsFailed(3, 2, 10),
            "3 of 10 runs failed, and 2 were cancelled. If bad runs fail more often, the remaining values look too good."),
        (new Note.RunsUnfinished(1, 1), "1 of 1 run has not ended yet."),
        (new Note.RunsUnfinished(2, 10), "2 of 10 runs have not ended yet."),
        (new Note.MetricMissing("accuracy", ["a-1"], []),
            "accuracy never appeared in a-1; no metric did. Print a line {\"metric\":\"accuracy\",\"value\":0.93}, "
            + "or give a pattern under train.metrics."),
        (new Note.MetricMissing("accuracy", ["a-1", "a-2", "a-3", "a-4"], ["loss", "acuracy"]),
            "accuracy never appeared in a-1, a-2, a-3 and 1 more; metrics that did: loss, acuracy. "
            + "Print a line {\"metric\":\"accuracy\",\"value\":0.93}, or give a pattern under train.metrics."),
        (new Note.MetricNotFinite("loss", double.NegativeInfinity, ["a-1"]),
            "loss ended as -infinity in a-1, which doesn't count. Training may have diverged there."),
        (new Note.MetricReread("acc", "acc: (.+)", ["a-1", "a-2"]),
            "acc was read from the logs of a-1, a-2 afterwards, with the pattern acc: (.+) (`tenfold metrics`)."),
        (new Note.FewValues(1), "Only 1 value: another seed may score quite differently. Repeat the run, best ten times (--repeat 10)."),
        (new Note.SkewedValues(7), "The 7 values look skewed. If they are, as losses and times often are, a 95 % interval of fewer than 10 "
            + "covers the mean in 87 to 92 % of cases. Repeat the run, best ten times (--repeat 10)."),
        (new Note.MetricLinesUnread("loss", ["a-1", "a-2"]), "a-1, a-2 printed metric lines that could not be read, so the last loss "
            + "there may be an older one (`tenfold show RUN` quotes the first)."),
        (new Note.FewValues(4), "Only 4 values: a spread from fewer than 5 means little. Repeat the run, best ten times (--repeat 10)."),
        (new Note.EqualValues(5), "Every run gave the same value: does the script use its seed ($TENFOLD_SEED, {seed})?"),
        (new Note.UncommittedChanges(null), "Files were not committed. The snapshot holds them as they were."),
        (new Note.UncommittedChanges(new string('c', 40)),
            "Files differed from commit cccccccccccc. The snapshot holds them as they were; the commit alone does not."),
        (new Note.ProjectDiffers("digits", "iris"), "The projects differ: digits against iris."),
        (new Note.CodeDiffers(new string('a', 64), new string('b', 64)), "The code differs: snapshot aaaaaaaaaaaa against bbbbbbbbbbbb."),
        (new Note.CommandDiffers("train.py", "python train.py\n--fast"), "The command differs: train.py against python train.py --fast."),
        (new Note.DataDiffers("train"), "The data differs: channel 'train'."),
        (new Note.VariablesDiffer(["HF_HOME", "SEED"]), "The environment variables differ: HF_HOME, SEED."),
        (new Note.EnvironmentDiffers(new("system"), new("conda", "e.yml", "h")), "The environment differs: system against conda."),
        (new Note.EnvironmentDiffers(new("conda", "e.yml", "g"), new("conda", "e.yml", "h")), "The environment differs."),
        (new Note.MetricDiffers(Accuracy, null), "The groups name different metrics: accuracy (maximize) against none."),
    ];

    private static readonly (ComparisonNote Note, string Text)[] NotesOfComparisons =
    [
        (new ComparisonNote.OneSideGrew(0, 14),
            "Repeats were added to the baseline alone after a comparison without a plan. So the 14 added ones are left out: a verdict with "
            + "them would be false too often. Add repeats to the candidate too (`tenfold fit --more`), and all added ones are compared."),
        (new ComparisonNote.TooFewToTest(1, 0),
            "The candidate has 1 value and the baseline 0: one run can't show a difference. Repeat both, best ten times (--repeat 10)."),
        (new ComparisonNote.FewRepeats(3, 4, 3),
            "Only 3 pairs: with fewer than 5, only large differences show, and the answer assumes normally distributed values."),
        (new ComparisonNote.FewRepeats(3, 4, null),
            "Only 3 against 4 repeats: with fewer than 5, only large differences show, "
            + "and the answer assumes normally distributed values."),
        (new ComparisonNote.FailedRepeats(2, 10, 1, 10),
            "2 of the candidate's 10 repeats and 1 of the baseline's 10 gave no value. "
            + "If bad runs fail more often, the remaining values look too good."),
        (new ComparisonNote.SeedsDiffer(),
            "The seeds of the two groups don't match, so they were compared unpaired (Welch). "
            + "Pairs often show smaller differences: make new groups with one base seed (--seed) and equally many repeats."),
        (new ComparisonNote.LeftOut(1, 2),
            "The difference leaves out 1 value of the candidate and 2 of the baseline, without a partner of the same seed."),
        (new ComparisonNote.FarOut(1, 10, 0, 10),
            "1 of the candidate's 10 values and 0 of the baseline's 10 are far from the others: did runs diverge? "
            + "Then the means and their interval describe neither the good runs nor the bad ones. "
            + "Compare how often runs diverge."),
        (new ComparisonNote.ZeroSpread(ZeroSpreadKind.Candidate, PermutationDecides: false),
            "Every repeat of the candidate gave the same value, so they count as one run, and the difference was not tested. "
            + "Does the script set its random seed from TENFOLD_SEED?"),
        (new ComparisonNote.ZeroSpread(ZeroSpreadKind.ConstantDifference, PermutationDecides: true),
            "Every pair differs by the same amount: does the change only shift the metric? "
            + "The t test is undefined here, so the permutation test decides."),
        (new ComparisonNote.Resampled(0.2),
            "The seed chooses which 20 % of the data are tested, so the runs overlap; the test and the interval allow for it "
            + "(Nadeau and Bengio 2003). They are about training on new data of this kind and size."),
        (new ComparisonNote.PlannedLook(2, 40, 0.05, 0.0123, IsFutile: false),
            "Look 2 of a plan of at most 40 repeats: the test is made at 0.0123, so that all looks together keep 5 %."),
        (new ComparisonNote.PlannedLook(2, 40, 0.05, 0.0123, IsFutile: true),
            "Look 2 of a plan of at most 40 repeats: the test is made at 0.0123, so that all looks together keep 5 %. "
            + "The difference that the plan can show has become unlikely, so going on is in vain."),
        (new ComparisonNote.PlannedLook(2, 40, 0.05, 0.0123, IsFutile: true) { Margin = 0.002 },
            "Look 2 of a plan of at most 40 repeats: the test is made at 0.0123, so that all looks together keep 5 %. The candidate is "
            + "worse by so nearly 0.0020 that 40 repeats can hardly tell whether it is by less, so going on is in vain."),
        (new ComparisonNote.FreshOnly(6, 5),
            "Repeats were added after a comparison without a plan. So only the added ones are compared: the first 6 of the candidate and 5 "
            + "of the baseline are left out. A verdict on all would be false too often. This is test 2 of these groups, and each gives a "
            + "false verdict in 5 % of cases: together up to 9.8 %."),
        (new ComparisonNote.SkewedDifference(7),
            "The difference looks skewed, and one group scatters much more than the other. If it is, as that of losses and times often is, "
            + "the interval from 7 repeats may be too narrow: 95 % ones cover the difference in 86 to 93 % of cases. Add repeats with a "
            + "plan (--until-shown), or compare logarithms."),
        (new ComparisonNote.TestsDisagree(0.01, 0.061, 0.05),
            "The t test finds a difference (p = 0.010). The permutation test, which doesn't assume normally distributed values, finds none "
            + "(p = 0.061). More repeats would settle it."),
        (new ComparisonNote.TestsDisagree(0.2, 0.016, 0.05),
            "The permutation test finds a difference (p = 0.016), and the t test finds none (p = 0.20): "
            + "one outlying value may be the cause. Look at the values; more repeats would settle it."),
        (new ComparisonNote.SeedsDiffer { Shared = 6, MissingOnBaseline = 4, MissingOnCandidate = 5 },
            "Only 6 seeds have a value in both groups, so they were compared unpaired (Welch), which wastes what the shared seeds know. "
            + "The baseline lacks 4 of the candidate's seeds, and the candidate 5 of the baseline's. Pairs often show smaller differences: "
            + "make new groups with one base seed (--seed) and equally many repeats."),
        (new ComparisonNote.FarOut(1, 10, 0, 10) { Recommended = LocationStatistic.Trimmed },
            "1 of the candidate's 10 values and 0 of the baseline's 10 are far from the others: did runs diverge? Then the means and their "
            + "interval describe neither the good runs nor the bad ones. Compare the trimmed means of such groups (--statistic trimmed), "
            + "whatever the verdict here, and how often runs diverge."),
        (new ComparisonNote.FarOut(1, 10, 0, 10) { Statistic = LocationStatistic.Trimmed, Recommended = LocationStatistic.Trimmed },
            "1 of the candidate's 10 values and 0 of the baseline's 10 are far from the others: did runs diverge? They hardly change the "
            + "trimmed means, which describe the typical runs. Compare how often runs diverge, too."),
        (new ComparisonNote.FarOut(3, 10, 0, 10) { Statistic = LocationStatistic.Trimmed, Recommended = LocationStatistic.Trimmed },
            "3 of the candidate's 10 values and 0 of the baseline's 10 are far from the others: did runs diverge? They are too many for "
            + "the trimmed means, which describe neither the good runs nor the bad ones. Compare how often runs diverge."),
        (new ComparisonNote.ComparedOtherwise(LocationStatistic.Median, LocationStatistic.Mean, true),
            "These runs were compared by medians before. Keep this verdict, whatever the other was, because no value is far out. To "
            + "take the better of the two would give false verdicts in up to 7 % of cases."),
        (new ComparisonNote.ComparedOtherwise(LocationStatistic.Mean, LocationStatistic.Trimmed, true),
            "These runs were compared by means before. Keep this verdict, whatever the other was, because values are far out. To take the "
            + "better of the two would give false verdicts in up to 7 % of cases."),
        (new ComparisonNote.ComparedOtherwise(LocationStatistic.Trimmed, LocationStatistic.Mean, false),
            "These runs were compared by trimmed means before, and this is a second test of them. To take the better of the two gives "
            + "false verdicts in up to 7 % of cases: report the first, or both."),
    ];

    [Fact]
    public void Notes_are_worded()
    {
        foreach (var (note, text) in Notes) NoteText.Sentence(note).ShouldBe(text);
        foreach (var (note, text) in NotesOfComparisons) NoteText.Sentence(new Note.OfComparison(note)).ShouldBe(text);
    }

    [Fact]
    public void Every_kind_of_note_has_words_and_a_unique_code()
    {
        Note[] notes = [.. Notes.Select(one => one.Note), .. Study_notes_become_sentences.Notes.Select(one => one.Note)];
        Kinds(typeof(Note)).Except([typeof(Note.OfComparison)]).ShouldBeSubsetOf(notes.Select(note => note.GetType()));
        Kinds(typeof(ComparisonNote)).ShouldBeSubsetOf(NotesOfComparisons.Select(one => one.Note.GetType()));
        foreach (var kind in Enum.GetValues<ZeroSpreadKind>())
            NoteText.Sentence(new ComparisonNote.ZeroSpread(kind, PermutationDecides: false)).ShouldEndWith("?");
        var codes = notes.Select(note => (note.GetType(), note.Code))
            .Concat(NotesOfComparisons.Select(one => (one.Note.GetType(), one.Note.Code))).Distinct().ToList();
        codes.Select(one => one.Code).ShouldBeUnique();
    }

    [Fact]
    public void A_note_of_a_group_begins_with_the_groups_name()
    {
        var note = new GroupNote("aaaaaaaa", new Note.RunsUnfinished(1, 2));
        NoteText.Sentence(note).ShouldBe("aaaaaaaa: 1 of 2 runs has not ended yet.");
        NoteText.Sentence(note, id => $"{id} · hidden=16").ShouldBe("aaaaaaaa · hidden=16: 1 of 2 runs has not ended yet.");
        NoteText.Sentence(note, _ => null).ShouldBe("1 of 2 runs has not ended yet.");
        NoteText.Sentence(note with { Group = null }).ShouldBe("1 of 2 runs has not ended yet.");
    }

    private static IEnumerable<Type> Kinds(Type notes) => notes.GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(notes));
}
