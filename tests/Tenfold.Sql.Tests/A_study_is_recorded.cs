using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Sql.Tests;

public abstract class A_study_is_recorded(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task With_all_that_is_known_of_it()
    {
        await _book.AddStudyAsync();
        var study = (await StudyAsync()).ShouldNotBeNull();
        var wanted = Search.Study();
        (study with { Spec = wanted.Spec }).ShouldBe(wanted);
        var spec = study.Spec;
        (spec with { Space = wanted.Spec.Space, Start = wanted.Spec.Start, Earlier = wanted.Spec.Earlier, Work = wanted.Spec.Work })
            .ShouldBe(wanted.Spec);
        spec.Space.GetRawText().ShouldBe(wanted.Spec.Space.GetRawText());
        var dimensions = SpaceJson.Read(spec.Space);
        dimensions["lr"].ShouldBeOfType<RangeDimension>().Scale.ShouldBe(RangeScale.Log);
        dimensions["optimizer"].ShouldBeOfType<ChoiceDimension>().Values.ShouldBe([new TextValue("sgd"), new TextValue("adam")]);
        spec.Start.ShouldHaveSingleItem().GetProperty("lr").GetDouble().ShouldBe(0.01);
        spec.Work.ShouldNotBeNull().Parameters.GetProperty("lr").GetDouble().ShouldBe(0.1);
        (await _book.EventsAsync(Search.Name)).ShouldBe(["s7m2xqab created"]);
    }

    [Fact]
    public async Task With_as_little_as_there_may_be()
    {
        var least = Search.Study() with
        {
            GitCommit = null,
            GitBranch = null,
            GitDirty = null,
            Spec = new StudySpec { Project = "p", Metric = Search.Study().Spec.Metric, Space = JsonElement.Parse("{}") },
        };
        await _book.Ledger.AddStudyAsync(least, CancellationToken.None);
        var study = (await StudyAsync()).ShouldNotBeNull();
        (study.GitDirty, study.Spec.Method, study.Spec.Trials, study.Spec.Parallel, study.Spec.Repeat, study.Spec.Prune,
            study.Spec.Confirm, study.Spec.Budget, study.Spec.Work, study.Spec.Start.Count)
            .ShouldBe((null, SweepMethod.Auto, null, 1, 1, null, null, null, null, 0));
    }

    [Theory]
    [InlineData(SweepMethod.Auto, "auto")]
    [InlineData(SweepMethod.LogEI, "logei")]
    [InlineData(SweepMethod.Tpe, "tpe")]
    public void And_its_choices_are_words(SweepMethod method, string word)
    {
        var json = JsonSerializer.Serialize(Search.Study().Spec with { Method = method }, StudyJson.Default.StudySpec);
        json.ShouldContain($"\"method\":\"{word}\"");
        json.ShouldContain("\"rule\":\"asha\"");
        json.ShouldContain("\"goal\":\"minimize\"");
        JsonSerializer.Deserialize(json, StudyJson.Default.StudySpec)!.Method.ShouldBe(method);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace($"\"{word}\"", "2"), StudyJson.Default.StudySpec));
    }

    [Fact]
    public async Task Once()
    {
        await _book.AddStudyAsync();
        await Should.ThrowAsync<LedgerException>(() => _book.AddStudyAsync());
        (await _book.EventsAsync(Search.Name)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task And_listed_the_newest_first()
    {
        foreach (var id in new[] { "a", "b", "c" }) await _book.AddStudyAsync(id);
        (await _book.Ledger.StudiesAsync(2, CancellationToken.None)).Select(study => study.Id).ShouldBe(["c", "b"]);
    }

    [Fact]
    public async Task And_comes_to_its_end_once()
    {
        await _book.AddStudyAsync();
        (await ChangeAsync(StudyState.Running)).ShouldBeFalse();
        (await ChangeAsync(StudyState.Confirming)).ShouldBeTrue();
        (await ChangeAsync(StudyState.Confirming)).ShouldBeFalse();
        (await StudyAsync())!.EndedAt.ShouldBeNull();
        (await ChangeAsync(StudyState.Finished, "budget spent")).ShouldBeTrue();
        foreach (var state in Enum.GetValues<StudyState>()) (await ChangeAsync(state, "late")).ShouldBeFalse();
        (await StudyAsync())!.ShouldSatisfyAllConditions(
            study => study.State.ShouldBe(StudyState.Finished), study => study.Reason.Words().ShouldBe("budget spent"),
            study => study.EndedAt.ShouldBe(Book.Start.AddSeconds(9)));
        (await _book.EventsAsync(Search.Name)).ShouldBe(["s7m2xqab created", "s7m2xqab confirming", "s7m2xqab finished"]);
    }

    [Fact]
    public async Task And_what_is_not_known_is_nothing()
    {
        (await StudyAsync()).ShouldBeNull();
        (await ChangeAsync(StudyState.Cancelled)).ShouldBeFalse();
        (await _book.Ledger.AddConfirmationsAsync(Search.Name, [], Book.Start, CancellationToken.None)).ShouldBeFalse();
        (await _book.Ledger.AskAsync(1, 0)).ShouldBeFalse();
        (await _book.Ledger.TellAsync(1, TrialState.Completed, 1)).ShouldBeFalse();
        await _book.Ledger.AddRungsAsync(Search.Name, [new RungRecord(1, 1, 1, Book.Start, false, null)], CancellationToken.None);
        (await _book.TrialsAsync()).ShouldBeEmpty();
        (await _book.Ledger.RungsOfAsync(Search.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _book.Ledger.RunsOfStudyAsync(Search.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _book.Ledger.ConfirmationsOfAsync(Search.Name, CancellationToken.None)).ShouldBeEmpty();
        (await _book.EventsAsync(Search.Name)).ShouldBeEmpty();
    }

    private Task<StudyRecord?> StudyAsync() => _book.Ledger.StudyAsync(Search.Name, CancellationToken.None);

    private Task<bool> ChangeAsync(StudyState state, string? reason = null) =>
        _book.Ledger.ChangeStudyAsync(
            Search.Name, state, reason is null ? null : new Reason.Note(reason), Book.Start.AddSeconds(9), CancellationToken.None);

    public sealed class On_SQLite() : A_study_is_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_study_is_recorded(Engine.Postgres);
}
