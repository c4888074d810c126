using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public abstract class Trials_of_a_loop_are_recorded(Engine engine) : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_trial_is_lost_when_its_lease_has_ended()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, lease: null);
        await AskAsync(2, Hour);
        await AskAsync(3, TimeSpan.Zero);
        (await ExpireAsync()).ShouldBe([3]);
        (await ExpireAsync()).ShouldBeEmpty("it is lost once");
        var trials = await _test.TrialsAsync();
        trials.Select(trial => (trial.State, trial.Lease, trial.LeaseUntil is not null)).ShouldBe(
            [(TrialState.Running, null, false), (TrialState.Running, Hour, true), (TrialState.Lost, TimeSpan.Zero, true)]);
        trials[2].Why.ShouldBe(new Reason.TrialLeaseEnded());
        (await _test.EventsAsync(SampleStudy.Name)).ShouldContain("s7m2xqab-t3 lost");
    }

    [Fact]
    public async Task A_worker_that_outlives_its_lease_is_still_heard_once()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, TimeSpan.Zero);
        await ExpireAsync();
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5)).ShouldBeTrue();
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.7)).ShouldBeFalse();
        var trial = (await _test.TrialsAsync()).ShouldHaveSingleItem();
        (trial.State, trial.Value, trial.LeaseUntil, trial.Replaced.Count).ShouldBe((TrialState.Completed, 0.5, null, 0));
        (await ExpireAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trial_that_its_worker_calls_lost_stays_lost()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, Hour);
        (await _test.Ledger.TellAsync(1, TrialState.Lost)).ShouldBeTrue();
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_is_renewed_while_the_trial_runs()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, TimeSpan.Zero);
        await AskAsync(2, lease: null);
        (await TouchAsync(1, Hour)).ShouldBeTrue();
        (await TouchAsync(2, lease: null)).ShouldBeFalse("there is no lease to renew");
        (await TouchAsync(3, Hour)).ShouldBeFalse("there is no such trial");
        (await ExpireAsync()).ShouldBeEmpty();
        var first = (await _test.TrialsAsync())[0];
        first.Lease.ShouldBe(Hour);
        (await TouchAsync(1, lease: null)).ShouldBeTrue();
        (await _test.TrialsAsync())[0].LeaseUntil.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(first.LeaseUntil.ShouldNotBeNull());
        await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5);
        (await TouchAsync(1, Hour)).ShouldBeFalse("it has ended");
    }

    [Fact]
    public async Task A_correction_replaces_a_result_and_keeps_it()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, lease: null);
        (await CorrectAsync(TrialState.Completed, [0.5, 0.7], null)).ShouldBeTrue("there was no result yet");
        (await CorrectAsync(TrialState.Completed, [0.5, 0.7], null)).ShouldBeFalse("it says what is recorded");
        (await CorrectAsync(TrialState.Failed, [], new Reason.Note("wrong data"))).ShouldBeTrue();
        (await CorrectAsync(TrialState.Completed, [0.9], null)).ShouldBeTrue();
        var trial = (await _test.TrialsAsync()).ShouldHaveSingleItem();
        (trial.State, trial.Value, trial.Why).ShouldBe((TrialState.Completed, 0.9, null));
        trial.Replaced.Select(one => one.State).ShouldBe([TrialState.Completed, TrialState.Failed]);
        trial.Replaced[0].Values.ShouldBe([0.5, 0.7]);
        (trial.Replaced[1].Why, trial.Replaced[1].At).ShouldBe((new Reason.Note("wrong data"), TestLedger.Start));
    }

    [Fact]
    public async Task Values_of_several_objectives_are_recorded_and_corrected()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, lease: null);
        (await TellAsync([0.5, 0.7], [[12, 13], [1, 2]])).ShouldBeTrue();
        (await TellAsync([0.5, 0.7], [[12, 13], [1, 2]])).ShouldBeFalse("it says what is recorded");
        (await TellAsync([0.5, 0.7], [[12, 14], [1, 2]])).ShouldBeTrue();
        await Should.ThrowAsync<ArgumentException>(() => TellAsync([0.5], [[double.NaN]]));
        var trial = (await _test.TrialsAsync()).ShouldHaveSingleItem();
        trial.Values.ShouldBe([0.5, 0.7]);
        trial.Others.Select(values => string.Join(' ', values)).ShouldBe(["12 14", "1 2"]);
        trial.Means.ShouldBe([0.6, 13, 1.5]);
        trial.Replaced.ShouldHaveSingleItem().Others.Select(values => string.Join(' ', values)).ShouldBe(["12 13", "1 2"]);

        Task<bool> TellAsync(double[] values, double[][] others)
        {
            var tell = new TrialTell(SampleStudy.Name, 1, TrialState.Completed, values, null, TestLedger.Start, IsCorrection: true);
            return _test.Ledger.TellAsync(tell with { Others = others }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Reported_values_are_recorded_once_and_renew_the_lease()
    {
        await _test.AddStudyAsync();
        await AskAsync(1, Hour);
        await AskAsync(2, TimeSpan.Zero);
        var before = (await _test.TrialsAsync())[0].LeaseUntil;
        (await ReportAsync(1, 5, 0.25)).ShouldBeTrue();
        (await ReportAsync(1, 5, 0.75)).ShouldBeTrue();
        (await ReportAsync(1, 1, double.NaN)).ShouldBeTrue();
        (await ReportAsync(3, 1, 0.5)).ShouldBeFalse();
        (await _test.Ledger.ListReportsAsync(SampleStudy.Name, CancellationToken.None))
            .ShouldBe([new ReportedValue(1, 1, double.NaN), new ReportedValue(1, 5, 0.25)]);
        (await _test.TrialsAsync())[0].LeaseUntil.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(before.ShouldNotBeNull());
        await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5);
        (await ReportAsync(1, 9, 0.5)).ShouldBeFalse("it has ended");
    }

    private Task<bool> AskAsync(int number, TimeSpan? lease) => _test.Ledger.AddTrialAsync(
        SampleStudy.Trial(number) with { Lease = lease }, null, [], CancellationToken.None);

    private Task<IReadOnlyList<int>> ExpireAsync() =>
        _test.Ledger.LoseExpiredTrialsAsync(SampleStudy.Name, TestLedger.Start, CancellationToken.None);

    private Task<bool> TouchAsync(int number, TimeSpan? lease) =>
        _test.Ledger.TouchTrialAsync(SampleStudy.Name, number, lease, CancellationToken.None);

    private Task<bool> CorrectAsync(TrialState state, double[] values, Reason? why) => _test.Ledger.TellAsync(
        new TrialTell(SampleStudy.Name, 1, state, values, why, TestLedger.Start, IsCorrection: true), CancellationToken.None);

    private Task<bool> ReportAsync(int number, long step, double value) => _test.Ledger.ReportAsync(
        SampleStudy.Name, new ReportedValue(number, step, value), TestLedger.Start, CancellationToken.None);

    public sealed class On_SQLite() : Trials_of_a_loop_are_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Trials_of_a_loop_are_recorded(Engine.Postgres);
}
