using Tenfold.Core.Input;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>The one place that turns notes into words, for the terminal, for JSON and for pages.</summary>
public static partial class NoteText
{
    private const int MaxIds = 3;
    private const int MaxCommandLength = 60;
    private const int MaxFiles = 8;
    private const int MaxPathLength = 120;
    private const int HashLength = 12;

    private const string SurvivorBias = "If bad runs fail more often, the remaining values look too good.";

    private const string FewValuesCaution =
        "with fewer than 5, only large differences show, and the answer assumes normally distributed values.";

    /// <summary>Words a note in one or two sentences: what it is, then what to do.</summary>
    public static string Sentence(Note note) => note switch
    {
        Note.NoMetric => "The project names no metric that decides (train.metric), so no values are compared.",
        Note.RunsFailed failed when failed.Failed + failed.Cancelled >= failed.Runs => $"{Failed(failed)}.",
        Note.RunsFailed failed => $"{Failed(failed)}. {SurvivorBias}",
        Note.RunsUnfinished open =>
            $"{open.Unfinished} of {Numbers.Count(open.Runs, "run")} {(open.Unfinished == 1 ? "has" : "have")} not ended yet.",
        Note.MetricMissing missing => Missing(missing),
        Note.MetricNotFinite metric =>
            $"{metric.Metric} ended as {Name(metric.Value)} in {Ids(metric.Runs)}, which doesn't count. "
            + "Training may have diverged there.",
        Note.StepsDiffer it =>
            $"The last {it.Metric} is of an earlier step in {Ids(it.Runs)} (from step {it.FirstStep}) than in the others (step "
            + $"{it.LastStep}). Unless the script stops early on purpose, values are missing there.",
        Note.MetricLinesUnread unread =>
            $"{Ids(unread.Runs)} printed metric lines that could not be read, so the last {unread.Metric} there may be an older one "
            + "(`tenfold show RUN` quotes the first).",
        Note.MetricReread read =>
            $"{read.Metric} was read from the logs of {Ids(read.Runs)} afterwards, with the pattern {read.Pattern} (`tenfold metrics`).",
        Note.FewValues { Values: 1 } =>
            "Only 1 value: another seed may score quite differently. Repeat the run, best ten times (--repeat 10).",
        Note.FewValues few =>
            $"Only {few.Values} values: a spread from fewer than {Summary.Few} means little. Repeat the run, best ten times (--repeat 10).",
        Note.SkewedValues few =>
            $"The {few.Values} values look skewed. If they are, as losses and times often are, a 95 % interval of fewer than "
            + $"{Summary.FewSkewed} covers the mean in 87 to 92 % of cases. Repeat the run, best ten times (--repeat 10).",
        Note.EqualValues => "Every run gave the same value: does the script use its seed ($TENFOLD_SEED, {seed})?",
        Note.UncommittedChanges { Commit: null } => "Files were not committed. The snapshot holds them as they were.",
        Note.UncommittedChanges { Commit: { } commit } =>
            $"Files differed from commit {Start(commit)}. The snapshot holds them as they were; the commit alone does not.",
        Note.ProjectDiffers it => $"The projects differ: {it.Baseline} against {it.Candidate}.",
        Note.CodeDiffers { Files: { Count: > 0 } files } it =>
            $"The code differs in {Listed(files)}: snapshot {Start(it.Baseline)} against {Start(it.Candidate)}.",
        Note.CodeDiffers it => $"The code differs: snapshot {Start(it.Baseline)} against {Start(it.Candidate)}.",
        Note.CommandDiffers it => $"The command differs: {Command(it.Baseline)} against {Command(it.Candidate)}.",
        Note.DataDiffers it => $"The data differs: channel '{it.Channel}'.",
        Note.VariablesDiffer it => $"The environment variables differ: {Ids(it.Names)}.",
        Note.EnvironmentDiffers it => it.Baseline.Kind == it.Candidate.Kind
            ? "The environment differs."
            : $"The environment differs: {it.Baseline.Kind} against {it.Candidate.Kind}.",
        Note.MetricDiffers it => $"The groups name different metrics: {Metric(it.Baseline)} against {Metric(it.Candidate)}.",
        Note.OfComparison { Detail: var detail } => Sentence(detail),
        _ => SentenceOnStudy(note) ?? throw new ArgumentException($"There are no words for {note.Code}.", nameof(note)),
    };

    /// <summary>Words a note, preceded by the name of its group.</summary>
    /// <param name="note">The note.</param>
    /// <param name="label">Gives the name of a group by its id, or null when it needs no name. Null: ids are the names.</param>
    public static string Sentence(GroupNote note, Func<string, string?>? label = null)
    {
        var name = note.Group is null || label is null ? note.Group : label(note.Group);
        return name is null ? Sentence(note.Note) : $"{name}: {Sentence(note.Note)}";
    }

    /// <summary>Words a comparison's note in one or two sentences.</summary>
    public static string Sentence(ComparisonNote note) => note switch
    {
        ComparisonNote.TooFewToTest few =>
            $"The candidate has {Numbers.Count(few.Candidate, "value")} and the baseline {few.Baseline}: "
            + "one run can't show a difference. Repeat both, best ten times (--repeat 10).",
        ComparisonNote.FewRepeats { Pairs: { } pairs } => $"Only {pairs} pairs: {FewValuesCaution}",
        ComparisonNote.FewRepeats few => $"Only {few.Candidate} against {few.Baseline} repeats: {FewValuesCaution}",
        ComparisonNote.FailedRepeats failed =>
            $"{failed.Candidate} of the candidate's {Numbers.Count(failed.CandidateRepeats, "repeat")} and {failed.Baseline} of the "
            + $"baseline's {failed.BaselineRepeats} gave no value. {SurvivorBias}",
        ComparisonNote.SeedsDiffer { Shared: > 1 } seeds =>
            $"Only {seeds.Shared} seeds have a value in both groups, so they were compared unpaired (Welch), which wastes what the shared "
            + $"seeds know. The baseline lacks {seeds.MissingOnBaseline} of the candidate's seeds, and the candidate "
            + $"{seeds.MissingOnCandidate} of the baseline's. {ForPairs}",
        ComparisonNote.SeedsDiffer => $"The seeds of the two groups don't match, so they were compared unpaired (Welch). {ForPairs}",
        ComparisonNote.LeftOut left =>
            $"The difference leaves out {LeftOut(left)} without a partner of the same seed.",
        ComparisonNote.FarOut far =>
            $"{far.Candidate} of the candidate's {Numbers.Count(far.CandidateValues, "value")} and {far.Baseline} of the baseline's "
            + $"{far.BaselineValues} are far from the others: did runs diverge? " + Consequence(far),
        ComparisonNote.ComparedOtherwise { IsRecommended: true } other =>
            $"These runs were compared by {StatisticText.Plural(other.Earlier)} before. Keep this verdict, whatever the other was, because "
            + $"{(other.Statistic == LocationStatistic.Mean ? "no value is" : "values are")} far out. To take the better of the two would "
            + "give false verdicts in up to 7 % of cases.",
        ComparisonNote.ComparedOtherwise other =>
            $"These runs were compared by {StatisticText.Plural(other.Earlier)} before, and this is a second test of them. To take the "
            + "better of the two gives false verdicts in up to 7 % of cases: report the first, or both.",
        ComparisonNote.ZeroSpread none => Constant(none.Kind)
            + (none.PermutationDecides ? " The t test is undefined here, so the permutation test decides." : ""),
        ComparisonNote.Resampled resampled =>
            $"The seed chooses which {Numbers.Percent(resampled.TestFraction)} of the data are tested, so the runs overlap; the test and "
            + "the interval allow for it (Nadeau and Bengio 2003). They are about training on new data of this kind and size.",
        ComparisonNote.PlannedLook look => Planned(look),
        ComparisonNote.FreshOnly fresh =>
            "Repeats were added after a comparison without a plan. So only the added ones are compared: the first "
            + $"{fresh.Candidate} of the candidate and {fresh.Baseline} of the baseline are left out. A verdict on all would be false too "
            + $"often. This is test {fresh.Test} of these groups, and each gives a false verdict in {Numbers.Percent(fresh.Alpha)} of "
            + $"cases: together up to {Numbers.Percent(Math.Round(1 - Math.Pow(1 - fresh.Alpha, fresh.Test), 3))}.",
        ComparisonNote.OneSideGrew grown =>
            $"Repeats were added to the {(grown.Candidate > 0 ? "candidate" : "baseline")} alone after a comparison without a plan. So the "
            + $"{Math.Max(grown.Candidate, grown.Baseline)} added ones are left out: a verdict with them would be false too often. Add "
            + $"repeats to the {(grown.Candidate > 0 ? "baseline" : "candidate")} too (`tenfold fit --more`), and all added ones are "
            + "compared.",
        ComparisonNote.SkewedDifference few =>
            "The difference looks skewed, and one group scatters much more than the other. If it is, as that of losses and times often is, "
            + $"the interval from {few.Values} repeats may be too narrow: 95 % ones cover the difference in 86 to 93 % of cases. Add "
            + "repeats with a plan (--until-shown), or compare logarithms.",
        ComparisonNote.TestsDisagree { PermutationPValue: var permutation, PValue: var p, Level: var level } when permutation > level =>
            $"The t test finds a difference (p {Numbers.PValue(p)}). The permutation test, which doesn't assume normally distributed "
            + $"values, finds none (p {Numbers.PValue(permutation)}). More repeats would settle it.",
        ComparisonNote.TestsDisagree tests =>
            $"The permutation test finds a difference (p {Numbers.PValue(tests.PermutationPValue)}), and the t test finds none "
            + $"(p {Numbers.PValue(tests.PValue)}): one outlying value may be the cause. Look at the values; more repeats would settle it.",
        _ => throw new ArgumentException($"There are no words for {note.Code}.", nameof(note)),
    };

    private static string Consequence(ComparisonNote.FarOut far) => far.Statistic switch
    {
        LocationStatistic.Mean when far.Recommended is { } better =>
            "Then the means and their interval describe neither the good runs nor the bad ones. Compare the "
            + $"{StatisticText.Plural(better)} of such groups (--statistic {StatisticText.Option(better)}), whatever the verdict here, and "
            + "how often runs diverge.",
        LocationStatistic.Mean =>
            "Then the means and their interval describe neither the good runs nor the bad ones. Compare how often runs diverge.",
        _ when IsTooMany(far.Candidate, far.CandidateValues, far.Statistic) || IsTooMany(far.Baseline, far.BaselineValues, far.Statistic) =>
            $"They are too many for the {StatisticText.Plural(far.Statistic)}, which describe neither the good runs nor the bad ones. "
            + "Compare how often runs diverge.",
        _ => $"They hardly change the {StatisticText.Plural(far.Statistic)}, which describe the typical runs. Compare how often runs "
            + "diverge, too.",
    };

    // More than the statistic cuts off at one end: 20 % for the trimmed mean, 25 % for the interquartile mean, below half for the median.
    private static bool IsTooMany(int far, int values, LocationStatistic statistic) => far > statistic switch
    {
        LocationStatistic.Trimmed => values / 5,
        LocationStatistic.Iqm => values / 4,
        _ => (values - 1) / 2,
    };

    private static string Failed(Note.RunsFailed note)
    {
        var cancelled = $"{(note.Cancelled == 1 ? "was" : "were")} cancelled";
        return note switch
        {
            { Cancelled: 0 } => $"{note.Failed} of {Numbers.Count(note.Runs, "run")} failed",
            { Failed: 0 } => $"{note.Cancelled} of {Numbers.Count(note.Runs, "run")} {cancelled}",
            _ => $"{note.Failed} of {Numbers.Count(note.Runs, "run")} failed, and {note.Cancelled} {cancelled}",
        };
    }

    private static string LeftOut(ComparisonNote.LeftOut note) => note switch
    {
        { Baseline: 0 } => $"{Numbers.Count(note.Candidate, "value")} of the candidate",
        { Candidate: 0 } => $"{Numbers.Count(note.Baseline, "value")} of the baseline",
        _ => $"{Numbers.Count(note.Candidate, "value")} of the candidate and {note.Baseline} of the baseline,",
    };

    private static string Missing(Note.MetricMissing note) =>
        $"{note.Metric} never appeared in {Ids(note.Runs)}"
        + (note.Reported.Count > 0 ? $"; metrics that did: {string.Join(", ", note.Reported)}. " : "; no metric did. ")
        + $$"""Print a line {"metric":"{{note.Metric}}","value":0.93}, or give a pattern under train.metrics.""";

    private static string Planned(ComparisonNote.PlannedLook look)
    {
        var promise = $"Look {look.Look} of a plan of at most {look.Max} repeats: the test is made at {Numbers.Format(look.Level)}, so "
            + $"that all looks together keep {Numbers.Percent(look.Alpha)}.";
        if (!look.IsFutile) return promise;
        return look.Margin is { } margin
            ? $"{promise} The candidate is worse by so nearly {Numbers.Format(margin, margin)} that {look.Max} repeats can hardly tell "
                + "whether it is by less, so going on is in vain."
            : $"{promise} The difference that the plan can show has become unlikely, so going on is in vain.";
    }

    private const string ForPairs =
        "Pairs often show smaller differences: make new groups with one base seed (--seed) and equally many repeats.";

    private const string OneObservation =
        "they count as one run, and the difference was not tested. Does the script set its random seed from TENFOLD_SEED?";

    private static string Constant(ZeroSpreadKind kind) => kind switch
    {
        ZeroSpreadKind.Candidate => $"Every repeat of the candidate gave the same value, so {OneObservation}",
        ZeroSpreadKind.Baseline => $"Every repeat of the baseline gave the same value, so {OneObservation}",
        ZeroSpreadKind.Both => $"Every repeat of either group gave the same value, so {OneObservation}",
        ZeroSpreadKind.Rounding => $"The values of each group differ by rounding only, so {OneObservation}",
        ZeroSpreadKind.Jitter =>
            "The repeats of a group differ by floating-point noise only, less than single precision resolves and than a hundredth of the "
            + $"difference, so {OneObservation} If it does, and the values have a large offset, does it help to subtract that?",
        ZeroSpreadKind.EqualPairs => "Every pair gave the same value twice: does the change reach the script?",
        ZeroSpreadKind.Kept => "The values that the statistic keeps are all equal, so nothing was tested: does the script use its seed?",
        _ => "Every pair differs by the same amount: does the change only shift the metric?",
    };

    private static string Name(double value) => value switch
    {
        double.NaN => "NaN",
        > 0 => "infinity",
        _ => "-infinity",
    };

    private static string Ids(IReadOnlyList<string> ids) =>
        string.Join(", ", ids.Take(MaxIds)) + (ids.Count > MaxIds ? $" and {ids.Count - MaxIds} more" : "");

    private static string Listed(IReadOnlyList<FileDifference> files)
    {
        var named = files.Take(MaxFiles).Select(file => Excerpt.Bare(file.Path, MaxPathLength) + file.Change switch
        {
            FileChange.Added => " (new)",
            FileChange.Removed => " (removed)",
            _ => "",
        });
        return string.Join(", ", named) + (files.Count > MaxFiles ? $" and {files.Count - MaxFiles} more" : "");
    }

    private static string Metric(MetricSpec? metric) =>
        metric is null ? "none" : $"{metric.Name} ({metric.Goal.ToString().ToLowerInvariant()})";

    private static string Command(string command) => ParameterText.Cut(command.ReplaceLineEndings(" "), MaxCommandLength);

    private static string Start(string hash) => hash[..Math.Min(HashLength, hash.Length)];
}
