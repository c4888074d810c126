using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public abstract class Trials_are_recorded(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_trial_is_recorded_with_its_group_and_its_runs()
    {
        await _test.AddStudyAsync();
        (await _test.Ledger.AskAsync(1, runs: 2)).ShouldBeTrue();
        var trial = (await _test.TrialsAsync()).ShouldHaveSingleItem();
        (trial with { Parameters = default, Values = [], Others = [] })
            .ShouldBe(SampleStudy.Trial(1) with { Group = "s7m2xqab-t1", Parameters = default, Values = [], Others = [] });
        trial.Others.ShouldBeEmpty();
        trial.Parameters.GetRawText().ShouldBe("""{"lr":1e-3,"optimizer":"sgd"}""");
        (trial.State, trial.Values.Count, trial.Value, trial.EndedAt).ShouldBe((TrialState.Running, 0, null, null));
        (await _test.Ledger.FindGroupAsync("s7m2xqab-t1", CancellationToken.None)).ShouldNotBeNull().Repeat.ShouldBe(2);
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Select(live => live.Attempt.Id)
            .ShouldBe(["s7m2xqab-t1-1-1", "s7m2xqab-t1-2-1"]);
    }

    [Fact]
    public async Task A_trial_that_runs_outside_Tenfold_has_no_group()
    {
        await _test.AddStudyAsync();
        (await _test.Ledger.AskAsync(1, runs: 0)).ShouldBeTrue();
        (await _test.Ledger.AddTrialAsync(SampleStudy.Trial(2) with { Again = 1 }, null, [], CancellationToken.None)).ShouldBeTrue();
        (await _test.TrialsAsync()).Select(trial => (trial.Number, trial.Group, trial.Again)).ShouldBe([(1, null, null), (2, null, 1)]);
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Only_the_next_number_is_accepted(int number)
    {
        await _test.AddStudyAsync();
        await _test.AddStudyAsync("other000");
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.AskAsync(2);
        (await _test.Ledger.AskAsync(number)).ShouldBeFalse();
        (await _test.TrialsAsync()).Count.ShouldBe(2);
        (await _test.Ledger.ListStudyRunsAsync(SampleStudy.Name, CancellationToken.None)).Count.ShouldBe(2);
        (await _test.Ledger.AskAsync(1, study: "other000")).ShouldBeTrue();
        (await _test.Ledger.AskAsync(3)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StudyState.Confirming)]
    [InlineData(StudyState.Cancelled)]
    public async Task A_study_that_has_stopped_accepts_no_trial(StudyState state)
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.ChangeStudyAsync(SampleStudy.Name, state, null, TestLedger.Start, CancellationToken.None);
        (await _test.Ledger.AskAsync(2)).ShouldBeFalse();
        (await _test.Ledger.FindGroupAsync("s7m2xqab-t2", CancellationToken.None)).ShouldBeNull();
        (await _test.Ledger.TellAsync(1, TrialState.Cancelled)).ShouldBeTrue("earlier trials still get their outcome");
    }

    [Fact]
    public async Task A_trial_is_recorded_completely_or_not_at_all()
    {
        await _test.AddStudyAsync();
        var group = TestLedger.Group("s7m2xqab-t1", 2);
        var twice = TestLedger.Runs("s7m2xqab-t1").Concat(TestLedger.Runs("s7m2xqab-t1")).ToList();
        await Should.ThrowAsync<LedgerException>(
            () => _test.Ledger.AddTrialAsync(SampleStudy.Trial(1), group, twice, CancellationToken.None));
        (await _test.TrialsAsync()).ShouldBeEmpty();
        (await _test.Ledger.FindGroupAsync(group.Id, CancellationToken.None)).ShouldBeNull();
        (await _test.EventsAsync(SampleStudy.Name)).ShouldBe(["s7m2xqab created"]);
        (await _test.Ledger.AskAsync(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_one_of_several_processes_gets_a_number()
    {
        await _test.AddStudyAsync();
        for (var number = 1; number <= 10; number++)
        {
            using var together = new Barrier(4);
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var ledger = _test.Open();
                    together.SignalAndWait();
                    return ledger.AskAsync(number).GetAwaiter().GetResult();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            answers.Count(isAdded => isAdded).ShouldBe(1);
        }

        (await _test.TrialsAsync()).Select(trial => trial.Number).ShouldBe(Enumerable.Range(1, 10));
        (await _test.Ledger.ListStudyRunsAsync(SampleStudy.Name, CancellationToken.None)).Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(TrialState.Completed)]
    [InlineData(TrialState.Pruned)]
    [InlineData(TrialState.Failed)]
    [InlineData(TrialState.Lost)]
    [InlineData(TrialState.Cancelled)]
    public async Task The_outcome_of_a_trial_is_recorded_once(TrialState state)
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.AskAsync(2);
        var tell = new TrialTell(SampleStudy.Name, 2, state, [0.25, 0.75], new Reason.Note("why"), TestLedger.Start.AddSeconds(7));
        (await _test.Ledger.TellAsync(tell, CancellationToken.None)).ShouldBeTrue();
        (await _test.Open().TellAsync(tell, CancellationToken.None)).ShouldBeFalse();
        foreach (var late in Enum.GetValues<TrialState>().Where(late => late != TrialState.Running))
            (await _test.Ledger.TellAsync(2, late, 9)).ShouldBeFalse();
        (await _test.TrialsAsync())[0].State.ShouldBe(TrialState.Running);
        (await _test.TrialsAsync())[1].ShouldSatisfyAllConditions(
            trial => trial.State.ShouldBe(state), trial => trial.Values.ShouldBe([0.25, 0.75]), trial => trial.Value.ShouldBe(0.5),
            trial => trial.Why.Words().ShouldBe("why"), trial => trial.EndedAt.ShouldBe(TestLedger.Start.AddSeconds(7)));
        (await _test.EventsAsync(SampleStudy.Name))
            .ShouldBe(["s7m2xqab created", "s7m2xqab-t1 asked", "s7m2xqab-t2 asked", $"s7m2xqab-t2 {state.ToString().ToLowerInvariant()}"]);
    }

    [Fact]
    public async Task Values_are_stored_exactly()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        double[] values = [0.1 + 0.2, -0.0, double.Epsilon, double.MaxValue, double.MinValue, Math.PI, 1e-300, 5];
        await _test.Ledger.TellAsync(1, TrialState.Completed, values);
        (await _test.TrialsAsync())[0].Values.Select(BitConverter.DoubleToInt64Bits)
            .ShouldBe(values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData(TrialState.Completed, double.NaN)]
    [InlineData(TrialState.Completed, double.PositiveInfinity)]
    [InlineData(TrialState.Running, 1.0)]
    public async Task An_invalid_outcome_is_refused(TrialState state, double value)
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await Should.ThrowAsync<ArgumentException>(() => _test.Ledger.TellAsync(1, state, 1, value));
        (await _test.TrialsAsync())[0].State.ShouldBe(TrialState.Running);
    }

    [Fact]
    public async Task A_rung_of_a_trial_is_recorded_once()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.AskAsync(2);
        var first = new RungRecord(1, 3, 0.1 + 0.2, TestLedger.Start, IsPruned: false, Against: null);
        var second = new RungRecord(1, 9, double.NaN, TestLedger.Start, IsPruned: true, Against: 0.5);
        var other = first with { Number = 2 };
        await AddRungsAsync(other, second, first with { Number = 3 }, first);
        await AddRungsAsync(first with { Value = 9, IsPruned = true }, second with { IsPruned = false });
        (await _test.Ledger.ListRungsAsync(SampleStudy.Name, CancellationToken.None)).ShouldBe([first, second, other]);
    }

    [Fact]
    public async Task Only_one_process_starts_the_confirmation()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.AskAsync(2);
        (await ConfirmAsync(_test.Ledger, 2, 1)).ShouldBeFalse("its trials are running");
        (await _test.Ledger.ChangeStudyAsync(SampleStudy.Name, StudyState.Finished, null, TestLedger.Start, CancellationToken.None))
            .ShouldBeFalse();
        for (var number = 1; number <= 2; number++) (await _test.Ledger.TellAsync(number, TrialState.Completed, 0.5)).ShouldBeTrue();
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ConfirmAsync(_test.Open(), 2, 1))));
        done.Count(isStarted => isStarted).ShouldBe(1);
        (await _test.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None))!.State.ShouldBe(StudyState.Confirming);
        (await _test.Ledger.ListConfirmationsAsync(SampleStudy.Name, CancellationToken.None)).Select(group => group.Id)
            .ShouldBe(["s7m2xqab-c2", "s7m2xqab-c1"]);
        (await _test.Ledger.ListStudyRunsAsync(SampleStudy.Name, CancellationToken.None)).Select(run => run.Id)
            .ShouldBe(["s7m2xqab-t1-1", "s7m2xqab-t2-1", "s7m2xqab-c2-1", "s7m2xqab-c2-2", "s7m2xqab-c1-1", "s7m2xqab-c1-2"]);
        (await _test.Ledger.ListEventsAsync(SampleStudy.Name, CancellationToken.None))[^1]
            .ShouldBe(new EventRecord(TestLedger.Start, SampleStudy.Name, "confirming", "s7m2xqab-c2 s7m2xqab-c1"));
    }

    [Fact]
    public async Task Only_one_process_starts_the_runs_that_measure_the_winner()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        (await MeasureAsync(_test.Ledger)).ShouldBeFalse("the study isn't confirming");
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5)).ShouldBeTrue();
        (await ConfirmAsync(_test.Ledger, 1)).ShouldBeTrue();
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => MeasureAsync(_test.Open()))));
        done.Count(added => added).ShouldBe(1);
        var before = SampleStudy.Confirmation(1).Runs.Count;
        var runs = await _test.Ledger.ListRunsAsync(SampleStudy.Confirmation(1).Group.Id, CancellationToken.None);
        runs.Select(run => run.Run.Repeat).ShouldBe(Enumerable.Range(1, before + 2));
        runs.ShouldAllBe(run => run.Run.State == RunState.Queued && run.Run.Attempts == 1);
        (await _test.Ledger.FindGroupAsync(runs[0].Run.Group, CancellationToken.None))!.Repeat.ShouldBe(before + 2);
        var live = await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        live.Select(one => one.Attempt.Id).ShouldBeUnique();
        foreach (var run in runs) live.ShouldContain(one => one.Run.Id == run.Run.Id);
        (await _test.Ledger.ListConfirmationsAsync(SampleStudy.Name, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Further_runs_of_a_group_are_own_only_while_its_record_is(bool isChanged)
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5)).ShouldBeTrue();
        (await ConfirmAsync(_test.Ledger, 1)).ShouldBeTrue();
        var group = SampleStudy.Confirmation(1).Group.Id;
        if (isChanged) _test.Execute($"UPDATE groups SET spec = spec || ' ' WHERE id = '{group}'");
        (await MeasureAsync(_test.Ledger)).ShouldBeTrue();
        var live = (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Where(one => one.Group.Id == group).ToList();
        live.Count.ShouldBeGreaterThan(2);
        live.ShouldAllBe(one => one.IsOwn == !isChanged);
    }

    [Fact]
    public async Task A_confirmation_is_recorded_completely_or_not_at_all()
    {
        await _test.AddStudyAsync();
        await Should.ThrowAsync<LedgerException>(() => ConfirmAsync(_test.Ledger, 1, 2, 1));
        (await _test.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None))!.State.ShouldBe(StudyState.Running);
        (await _test.Ledger.ListConfirmationsAsync(SampleStudy.Name, CancellationToken.None)).ShouldBeEmpty();
        (await ConfirmAsync(_test.Ledger, 1, 2)).ShouldBeTrue();
    }

    private static Task<bool> MeasureAsync(SqlLedger ledger)
    {
        var (winner, baseline) = (SampleStudy.Confirmation(1), SampleStudy.Confirmation(ConfirmationPlan.Baseline));
        var before = winner.Runs.Count;
        var further = Enumerable.Range(before + 1, 2).Select(i => RunRecord.New(winner.Group, i, i));
        return ledger.AddMeasuringRunsAsync(
            SampleStudy.Name, new AddedRuns(winner.Group.Id, before, [.. further]), baseline, TestLedger.Start, CancellationToken.None);
    }

    private static Task<bool> ConfirmAsync(SqlLedger ledger, params int[] numbers) =>
        ledger.AddConfirmationsAsync(
            SampleStudy.Name, [.. numbers.Select(SampleStudy.Confirmation)], TestLedger.Start, CancellationToken.None);

    private Task AddRungsAsync(params RungRecord[] rungs) => _test.Ledger.AddRungsAsync(SampleStudy.Name, rungs, CancellationToken.None);

    public sealed class On_SQLite() : Trials_are_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Trials_are_recorded(Engine.Postgres);
}
