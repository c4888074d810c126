using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public abstract class A_study_is_asked_and_told(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task A_trial_is_recorded_with_its_group_and_its_runs()
    {
        await _book.AddStudyAsync();
        (await _book.Ledger.AskAsync(1, runs: 2)).ShouldBeTrue();
        var trial = (await _book.TrialsAsync()).ShouldHaveSingleItem();
        (trial with { Parameters = default, Values = [] })
            .ShouldBe(Search.Trial(1) with { Group = "s7m2xqab-t1", Parameters = default, Values = [] });
        trial.Parameters.GetRawText().ShouldBe("""{"lr":1e-3,"optimizer":"sgd"}""");
        (trial.State, trial.Values.Count, trial.Value, trial.EndedAt).ShouldBe((TrialState.Running, 0, null, null));
        (await _book.Ledger.GroupAsync("s7m2xqab-t1", CancellationToken.None)).ShouldNotBeNull().Repeat.ShouldBe(2);
        (await _book.Ledger.LiveAsync(CancellationToken.None)).Select(live => live.Attempt.Id)
            .ShouldBe(["s7m2xqab-t1-1-1", "s7m2xqab-t1-2-1"]);
    }

    [Fact]
    public async Task A_trial_that_somebody_else_runs_has_no_group()
    {
        await _book.AddStudyAsync();
        (await _book.Ledger.AskAsync(1, runs: 0)).ShouldBeTrue();
        (await _book.Ledger.AddTrialAsync(Search.Trial(2) with { Again = 1 }, null, [], CancellationToken.None)).ShouldBeTrue();
        (await _book.TrialsAsync()).Select(trial => (trial.Number, trial.Group, trial.Again)).ShouldBe([(1, null, null), (2, null, 1)]);
        (await _book.Ledger.LiveAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Only_the_next_number_can_be_asked(int number)
    {
        await _book.AddStudyAsync();
        await _book.AddStudyAsync("other000");
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.AskAsync(2);
        (await _book.Ledger.AskAsync(number)).ShouldBeFalse();
        (await _book.TrialsAsync()).Count.ShouldBe(2);
        (await _book.Ledger.RunsOfStudyAsync(Search.Name, CancellationToken.None)).Count.ShouldBe(2);
        (await _book.Ledger.AskAsync(1, study: "other000")).ShouldBeTrue();
        (await _book.Ledger.AskAsync(3)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StudyState.Confirming)]
    [InlineData(StudyState.Cancelled)]
    public async Task A_study_that_no_longer_runs_is_not_asked(StudyState state)
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.ChangeStudyAsync(Search.Name, state, null, Book.Start, CancellationToken.None);
        (await _book.Ledger.AskAsync(2)).ShouldBeFalse();
        (await _book.Ledger.GroupAsync("s7m2xqab-t2", CancellationToken.None)).ShouldBeNull();
        (await _book.Ledger.TellAsync(1, TrialState.Cancelled)).ShouldBeTrue("what was asked before is told all the same");
    }

    [Fact]
    public async Task A_trial_is_recorded_whole_or_not_at_all()
    {
        await _book.AddStudyAsync();
        var group = Book.Group("s7m2xqab-t1", 2);
        var twice = Book.Runs("s7m2xqab-t1").Concat(Book.Runs("s7m2xqab-t1")).ToList();
        await Should.ThrowAsync<LedgerException>(() => _book.Ledger.AddTrialAsync(Search.Trial(1), group, twice, CancellationToken.None));
        (await _book.TrialsAsync()).ShouldBeEmpty();
        (await _book.Ledger.GroupAsync(group.Id, CancellationToken.None)).ShouldBeNull();
        (await _book.EventsAsync(Search.Name)).ShouldBe(["s7m2xqab created"]);
        (await _book.Ledger.AskAsync(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_all_who_ask_for_the_same_number_one_gets_it()
    {
        await _book.AddStudyAsync();
        for (var number = 1; number <= 10; number++)
        {
            using var together = new Barrier(4);
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var ledger = _book.Open();
                    together.SignalAndWait();
                    return ledger.AskAsync(number).GetAwaiter().GetResult();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            answers.Count(won => won).ShouldBe(1);
        }

        (await _book.TrialsAsync()).Select(trial => trial.Number).ShouldBe(Enumerable.Range(1, 10));
        (await _book.Ledger.RunsOfStudyAsync(Search.Name, CancellationToken.None)).Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(TrialState.Completed)]
    [InlineData(TrialState.Pruned)]
    [InlineData(TrialState.Failed)]
    [InlineData(TrialState.Lost)]
    [InlineData(TrialState.Cancelled)]
    public async Task A_trial_is_told_once(TrialState state)
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.AskAsync(2);
        var tell = new TrialTell(Search.Name, 2, state, [0.25, 0.75], new Reason.Note("why"), Book.Start.AddSeconds(7));
        (await _book.Ledger.TellAsync(tell, CancellationToken.None)).ShouldBeTrue();
        (await _book.Open().TellAsync(tell, CancellationToken.None)).ShouldBeFalse();
        foreach (var late in Enum.GetValues<TrialState>().Where(late => late != TrialState.Running))
            (await _book.Ledger.TellAsync(2, late, 9)).ShouldBeFalse();
        (await _book.TrialsAsync())[0].State.ShouldBe(TrialState.Running);
        (await _book.TrialsAsync())[1].ShouldSatisfyAllConditions(
            trial => trial.State.ShouldBe(state), trial => trial.Values.ShouldBe([0.25, 0.75]), trial => trial.Value.ShouldBe(0.5),
            trial => trial.Why.Words().ShouldBe("why"),
            trial => trial.EndedAt.ShouldBe(Book.Start.AddSeconds(7)));
        (await _book.EventsAsync(Search.Name))
            .ShouldBe(["s7m2xqab created", "s7m2xqab-t1 asked", "s7m2xqab-t2 asked", $"s7m2xqab-t2 {state.ToString().ToLowerInvariant()}"]);
    }

    [Fact]
    public async Task Values_are_kept_to_the_last_bit()
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        double[] values = [0.1 + 0.2, -0.0, double.Epsilon, double.MaxValue, double.MinValue, Math.PI, 1e-300, 5];
        await _book.Ledger.TellAsync(1, TrialState.Completed, values);
        (await _book.TrialsAsync())[0].Values.Select(BitConverter.DoubleToInt64Bits)
            .ShouldBe(values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData(TrialState.Completed, double.NaN)]
    [InlineData(TrialState.Completed, double.PositiveInfinity)]
    [InlineData(TrialState.Running, 1.0)]
    public async Task What_can_not_be_told_is_refused(TrialState state, double value)
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await Should.ThrowAsync<ArgumentException>(() => _book.Ledger.TellAsync(1, state, 1, value));
        (await _book.TrialsAsync())[0].State.ShouldBe(TrialState.Running);
    }

    [Fact]
    public async Task A_trials_rung_is_recorded_once()
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.AskAsync(2);
        var first = new RungRecord(1, 3, 0.1 + 0.2, Book.Start, IsPruned: false, Against: null);
        var second = new RungRecord(1, 9, double.NaN, Book.Start, IsPruned: true, Against: 0.5);
        var other = first with { Number = 2 };
        await AddRungsAsync(other, second, first with { Number = 3 }, first);
        await AddRungsAsync(first with { Value = 9, IsPruned = true }, second with { IsPruned = false });
        (await _book.Ledger.RungsOfAsync(Search.Name, CancellationToken.None)).ShouldBe([first, second, other]);
    }

    [Fact]
    public async Task The_best_are_confirmed_once_and_by_one()
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.AskAsync(2);
        (await ConfirmAsync(_book.Ledger, 2, 1)).ShouldBeFalse("its trials run");
        (await _book.Ledger.ChangeStudyAsync(Search.Name, StudyState.Finished, null, Book.Start, CancellationToken.None)).ShouldBeFalse();
        for (var number = 1; number <= 2; number++) (await _book.Ledger.TellAsync(number, TrialState.Completed, 0.5)).ShouldBeTrue();
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ConfirmAsync(_book.Open(), 2, 1))));
        done.Count(won => won).ShouldBe(1);
        (await _book.Ledger.StudyAsync(Search.Name, CancellationToken.None))!.State.ShouldBe(StudyState.Confirming);
        (await _book.Ledger.ConfirmationsOfAsync(Search.Name, CancellationToken.None)).Select(group => group.Id)
            .ShouldBe(["s7m2xqab-c2", "s7m2xqab-c1"]);
        (await _book.Ledger.RunsOfStudyAsync(Search.Name, CancellationToken.None)).Select(run => run.Id)
            .ShouldBe(["s7m2xqab-t1-1", "s7m2xqab-t2-1", "s7m2xqab-c2-1", "s7m2xqab-c2-2", "s7m2xqab-c1-1", "s7m2xqab-c1-2"]);
        (await _book.Ledger.EventsOfAsync(Search.Name, CancellationToken.None))[^1]
            .ShouldBe(new EventRecord(Book.Start, Search.Name, "confirming", "s7m2xqab-c2 s7m2xqab-c1"));
    }

    [Fact]
    public async Task The_best_are_confirmed_whole_or_not_at_all()
    {
        await _book.AddStudyAsync();
        await Should.ThrowAsync<LedgerException>(() => ConfirmAsync(_book.Ledger, 1, 2, 1));
        (await _book.Ledger.StudyAsync(Search.Name, CancellationToken.None))!.State.ShouldBe(StudyState.Running);
        (await _book.Ledger.ConfirmationsOfAsync(Search.Name, CancellationToken.None)).ShouldBeEmpty();
        (await ConfirmAsync(_book.Ledger, 1, 2)).ShouldBeTrue();
    }

    private static Task<bool> ConfirmAsync(SqlLedger ledger, params int[] numbers) =>
        ledger.AddConfirmationsAsync(Search.Name, [.. numbers.Select(Search.Confirmation)], Book.Start, CancellationToken.None);

    private Task AddRungsAsync(params RungRecord[] rungs) => _book.Ledger.AddRungsAsync(Search.Name, rungs, CancellationToken.None);

    public sealed class On_SQLite() : A_study_is_asked_and_told(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_study_is_asked_and_told(Engine.Postgres);
}
