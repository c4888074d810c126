using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Sql.Tests;

public abstract class A_study_is_recorded(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task All_of_its_properties_are_recorded()
    {
        await _test.AddStudyAsync();
        var study = (await FindStudyAsync()).ShouldNotBeNull();
        var wanted = SampleStudy.Study();
        (study with { Spec = wanted.Spec }).ShouldBe(wanted);
        var spec = study.Spec;
        var same = spec with
        {
            Space = wanted.Spec.Space,
            Start = wanted.Spec.Start,
            Earlier = wanted.Spec.Earlier,
            Work = wanted.Spec.Work,
            Constraints = wanted.Spec.Constraints,
            Objectives = wanted.Spec.Objectives,
            Forbidden = wanted.Spec.Forbidden,
        };
        same.ShouldBe(wanted.Spec);
        (spec.Objectives.Count, spec.Forbidden.Count).ShouldBe((0, 0));
        spec.Constraints.ShouldBe(wanted.Spec.Constraints);
        spec.Space.GetRawText().ShouldBe(wanted.Spec.Space.GetRawText());
        var dimensions = SpaceJson.Read(spec.Space);
        dimensions["lr"].ShouldBeOfType<RangeDimension>().Scale.ShouldBe(RangeScale.Log);
        dimensions["optimizer"].ShouldBeOfType<ChoiceDimension>().Values.ShouldBe([new TextValue("sgd"), new TextValue("adam")]);
        spec.Start.ShouldHaveSingleItem().GetProperty("lr").GetDouble().ShouldBe(0.01);
        spec.Work.ShouldNotBeNull().Parameters.GetProperty("lr").GetDouble().ShouldBe(0.1);
        (await _test.EventsAsync(SampleStudy.Name)).ShouldBe(["s7m2xqab created"]);
    }

    [Fact]
    public async Task Optional_properties_may_be_missing()
    {
        var least = SampleStudy.Study() with
        {
            GitCommit = null,
            GitBranch = null,
            GitDirty = null,
            Spec = new StudySpec { Project = "p", Metric = SampleStudy.Study().Spec.Metric, Space = JsonElement.Parse("{}") },
        };
        await _test.Ledger.AddStudyAsync(least, CancellationToken.None);
        var study = (await FindStudyAsync()).ShouldNotBeNull();
        (study.GitDirty, study.Spec.Method, study.Spec.Trials, study.Spec.Parallel, study.Spec.Repeat, study.Spec.Prune,
            study.Spec.Confirm, study.Spec.Budget, study.Spec.Work, study.Spec.Start.Count)
            .ShouldBe((null, SweepMethod.Auto, null, 1, 1, null, null, null, null, 0));
    }

    [Theory]
    [InlineData(SweepMethod.Auto, "auto")]
    [InlineData(SweepMethod.LogEI, "logei")]
    [InlineData(SweepMethod.Tpe, "tpe")]
    public void Enum_values_are_stored_as_words(SweepMethod method, string word)
    {
        var json = JsonSerializer.Serialize(SampleStudy.Study().Spec with { Method = method }, StudyJson.Default.StudySpec);
        json.ShouldContain($"\"method\":\"{word}\"");
        json.ShouldContain("\"rule\":\"asha\"");
        json.ShouldContain("\"goal\":\"minimize\"");
        JsonSerializer.Deserialize(json, StudyJson.Default.StudySpec)!.Method.ShouldBe(method);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace($"\"{word}\"", "2"), StudyJson.Default.StudySpec));
    }

    [Fact]
    public async Task It_is_recorded_once()
    {
        await _test.AddStudyAsync();
        await Should.ThrowAsync<LedgerException>(() => _test.AddStudyAsync());
        (await _test.EventsAsync(SampleStudy.Name)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_newest_is_listed_first()
    {
        foreach (var id in new[] { "a", "b", "c" }) await _test.AddStudyAsync(id);
        (await _test.Ledger.ListStudiesAsync(2, CancellationToken.None)).Select(study => study.Id).ShouldBe(["c", "b"]);
    }

    [Fact]
    public async Task It_ends_once()
    {
        await _test.AddStudyAsync();
        (await ChangeAsync(StudyState.Running)).ShouldBeFalse();
        (await ChangeAsync(StudyState.Confirming)).ShouldBeTrue();
        (await ChangeAsync(StudyState.Confirming)).ShouldBeFalse();
        (await FindStudyAsync())!.EndedAt.ShouldBeNull();
        (await ChangeAsync(StudyState.Finished, "budget spent")).ShouldBeTrue();
        foreach (var state in Enum.GetValues<StudyState>()) (await ChangeAsync(state, "late")).ShouldBeFalse();
        (await FindStudyAsync())!.ShouldSatisfyAllConditions(
            study => study.State.ShouldBe(StudyState.Finished), study => study.Reason.Words().ShouldBe("budget spent"),
            study => study.EndedAt.ShouldBe(TestLedger.Start.AddSeconds(9)));
        (await _test.EventsAsync(SampleStudy.Name)).ShouldBe(["s7m2xqab created", "s7m2xqab confirming", "s7m2xqab finished"]);
    }

    [Fact]
    public async Task An_unknown_study_has_no_records()
    {
        (await FindStudyAsync()).ShouldBeNull();
        (await ChangeAsync(StudyState.Cancelled)).ShouldBeFalse();
        (await _test.Ledger.AddConfirmationsAsync(SampleStudy.Name, [], TestLedger.Start, CancellationToken.None)).ShouldBeFalse();
        (await _test.Ledger.AskAsync(1, 0)).ShouldBeFalse();
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 1)).ShouldBeFalse();
        await _test.Ledger.AddRungsAsync(
            SampleStudy.Name, [new RungRecord(1, 1, 1, TestLedger.Start, false, null)], CancellationToken.None);
        (await _test.TrialsAsync()).ShouldBeEmpty();
        (await _test.Ledger.ListRungsAsync(SampleStudy.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _test.Ledger.ListStudyRunsAsync(SampleStudy.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _test.Ledger.ListConfirmationsAsync(SampleStudy.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _test.EventsAsync(SampleStudy.Name)).ShouldBeEmpty();
    }

    private Task<StudyRecord?> FindStudyAsync() => _test.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None);

    private Task<bool> ChangeAsync(StudyState state, string? reason = null) =>
        _test.Ledger.ChangeStudyAsync(
            SampleStudy.Name, state, reason is null ? null : new Reason.Note(reason), TestLedger.Start.AddSeconds(9),
            CancellationToken.None);

    [Fact]
    public async Task It_gets_more_trials_and_opens_again()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.ChangeStudyAsync(
            SampleStudy.Name, StudyState.Finished, new Reason.SpaceExhausted(), TestLedger.Start, CancellationToken.None);
        (await ExtendAsync(60)).ShouldBeTrue();
        var study = (await FindStudyAsync()).ShouldNotBeNull();
        (study.State, study.Reason, study.EndedAt, study.Spec.Trials, study.Spec.ToleratesFailures)
            .ShouldBe((StudyState.Running, null, null, 60, true));
        (await _test.Ledger.FindOwnStudyAsync(SampleStudy.Name, CancellationToken.None)).ShouldNotBeNull("it is signed anew");
        _test.Execute($"UPDATE studies SET spec = spec || ' ' WHERE id = '{SampleStudy.Name}'");
        (await ExtendAsync(70)).ShouldBeFalse("somebody has changed it");
        (await FindStudyAsync()).ShouldNotBeNull().Spec.Trials.ShouldBe(60);
    }

    [Fact]
    public async Task It_gets_no_more_trials_once_it_was_cancelled_or_confirms()
    {
        await _test.AddStudyAsync();
        await _test.AddStudyAsync("other000");
        await _test.Ledger.ChangeStudyAsync("other000", StudyState.Cancelled, null, TestLedger.Start, CancellationToken.None);
        (await _test.Ledger.ExtendStudyAsync("other000", 60, TestLedger.Start, CancellationToken.None)).ShouldBeFalse();
        await _test.Ledger.AddConfirmationsAsync(
            SampleStudy.Name, [SampleStudy.Confirmation(1)], TestLedger.Start, CancellationToken.None);
        (await ExtendAsync(60)).ShouldBeFalse();
        await _test.Ledger.ChangeStudyAsync(SampleStudy.Name, StudyState.Finished, null, TestLedger.Start, CancellationToken.None);
        (await ExtendAsync(60)).ShouldBeFalse("its best trials were confirmed");
        (await ExtendAsync(60, "nosuch00")).ShouldBeFalse();
    }

    private Task<bool> ExtendAsync(int trials, string study = SampleStudy.Name) =>
        _test.Ledger.ExtendStudyAsync(study, trials, TestLedger.Start, CancellationToken.None);

    public sealed class On_SQLite() : A_study_is_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_study_is_recorded(Engine.Postgres);
}
