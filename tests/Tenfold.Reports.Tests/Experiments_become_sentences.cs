using Tenfold.Core.Experiments;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Sequential;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Experiments_become_sentences
{
    public static TheoryData<ExperimentNote> Notes =>
    [
        new ExperimentNote.SampleRatioMismatch(CountedKeys.All, 900, 200, 110, 0.00002),
        new ExperimentNote.SampleRatioMismatch(CountedKeys.WithOutcome, 900, 200, 110, 0.00002),
        new ExperimentNote.TooFewKeys(12, 3, 20), new ExperimentNote.NoOutcomes("reward"), new ExperimentNote.EqualOutcomes(1),
        new ExperimentNote.OutcomesMissing(3, 10), new ExperimentNote.WithoutKey(3, 10), new ExperimentNote.KeysMoved(3),
        new ExperimentNote.KeysOutside(3), new ExperimentNote.NoTraffic("1.1.0"), new ExperimentNote.PeriodsLeftOut(1, 30),
        new ExperimentNote.PeriodsLeftOut(2, 30),
    ];

    [Theory]
    [MemberData(nameof(Notes))]
    public void Each_note_has_words(ExperimentNote note)
    {
        var sentence = ExperimentText.Sentence(note);
        sentence.ShouldEndWith(".");
        sentence.ShouldNotContain("Note");
    }

    [Fact]
    public void No_note_is_forgotten() =>
        typeof(ExperimentNote).GetNestedTypes().Except(Notes.Select(note => note.Data.GetType())).ShouldBeEmpty();

    [Theory]
    [InlineData(ExperimentVerdict.Better, 600, "1.1.0 is better than 1.0.0: its reward is higher by 0.1")]
    [InlineData(ExperimentVerdict.Worse, 400, "1.1.0 is worse than 1.0.0: its reward is lower by 0.1")]
    [InlineData(ExperimentVerdict.KeepGoing, 510, "A difference between 1.1.0 and 1.0.0 is not shown yet: the observed difference in ")]
    [InlineData(ExperimentVerdict.Blocked, 900, "Nothing can be said about 1.1.0 and 1.0.0")]
    public void The_verdict_is_a_sentence(ExperimentVerdict verdict, int ones, string start) =>
        ExperimentText.Sentence(Status(verdict, 2000, ones * 2)).ShouldStartWith(start);

    [Fact]
    public void Too_few_keys_are_no_verdict()
    {
        var status = Status(ExperimentVerdict.KeepGoing, 10, 3);
        ExperimentText.Sentence(status).ShouldBe("There is not enough yet to compare 1.1.0 with 1.0.0 by reward.");
        ExperimentText.Remaining(status).ShouldBe("It can't be said how long a verdict may take (100 new keys with an outcome an hour).");
    }

    [Fact]
    public void The_remaining_time_is_told()
    {
        var text = ExperimentText.Remaining(Status(ExperimentVerdict.KeepGoing, 2000, 1020)).ShouldNotBeNull();
        text.ShouldContain(" more keys, about 2 h 00 min (100 new keys with an outcome an hour)");
        ExperimentText.Remaining(Status(ExperimentVerdict.Better, 2000, 1200)).ShouldBeNull();
    }

    private static ExperimentStatus Status(ExperimentVerdict verdict, int count, int ones) => new()
    {
        Experiment = SampleExperiment.Started(DateTimeOffset.UnixEpoch),
        At = DateTimeOffset.UnixEpoch,
        Baseline = new("1.0.0", count, count, count, 0.5),
        Candidate = new("1.1.0", count, count, count, (double)ones / count),
        Comparison = SequentialComparison.Of(
            [new(UnitMoments.OfEvents(count, count / 2), UnitMoments.OfEvents(count, ones))], MetricGoal.Maximize),
        Verdict = verdict,
        Remaining = count < 20 ? null : TimeSpan.FromHours(2),
        KeysPerHour = 100,
        SampleRatioPValue = 1,
        Notes = [],
    };
}
