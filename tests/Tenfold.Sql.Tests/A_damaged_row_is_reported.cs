using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Tests;

public abstract class A_damaged_row_is_reported(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("spec = '{'")]
    [InlineData("spec = ''")]
    [InlineData("spec = 'null'")]
    [InlineData("spec = '{}'")]
    [InlineData("spec = replace(spec, 'logei', 'sprout')")]
    [InlineData("spec = replace(spec, '\"space\":{', '\"space\":{\"x\":{},')")]
    [InlineData("spec = replace(spec, '\"space\":{', '\"space\":3,\"other\":{')")]
    [InlineData("spec = replace(spec, '\"parallel\":8', '\"parallel\":\"many\"')")]
    [InlineData("state = 'sleeping'")]
    public async Task A_damaged_study_is_named(string damage)
    {
        await _test.AddStudyAsync();
        await _test.AddStudyAsync("other000");
        _test.Execute($"UPDATE studies SET {damage} WHERE id = '{SampleStudy.Name}'").ShouldBe(1);
        await ShouldBeReportedAsync(
            () => _test.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None), $"study {SampleStudy.Name}");
        await ShouldBeReportedAsync(() => _test.Ledger.ListStudiesAsync(9, CancellationToken.None), $"study {SampleStudy.Name}");
        (await _test.Ledger.FindStudyAsync("other000", CancellationToken.None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("parameters = '{'")]
    [InlineData("parameters = '3'")]
    [InlineData("results = '['")]
    [InlineData("results = 'null'")]
    [InlineData("results = '[\"x\"]'")]
    [InlineData("state = 'sleeping'")]
    public async Task A_damaged_trial_is_named(string damage)
    {
        await _test.AddStudyAsync();
        for (var number = 1; number <= 3; number++) await _test.Ledger.AskAsync(number);
        _test.Execute($"UPDATE trials SET {damage} WHERE number = 2").ShouldBe(1);
        await ShouldBeReportedAsync(
            () => _test.Ledger.ListTrialsAsync(SampleStudy.Name, CancellationToken.None), $"trial {SampleStudy.Name}-t2");
    }

    [Theory]
    [InlineData("groups", "spec = '{'", "group k7m2xqab")]
    [InlineData("groups", "spec = replace(spec, '\"project\":', '\"project\":null,\"other\":')", "group k7m2xqab")]
    [InlineData("runs", "state = 'sleeping'", "sleeping")]
    [InlineData("attempts", "created_at = 9e18", "the impossible time 9000000000000000000")]
    public async Task A_damaged_group_run_or_attempt_is_named(string table, string damage, string words)
    {
        await _test.AddAsync();
        _test.Execute($"UPDATE {table} SET {damage}").ShouldBe(1);
        await ShouldBeReportedAsync(() => _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None), words);
    }

    private async Task ShouldBeReportedAsync<T>(Func<Task<T>> read, string words)
    {
        var fault = await Should.ThrowAsync<LedgerException>(read);
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain(words);
        fault.Message.ShouldContain(_test.Place);
        fault.Message.ShouldContain("damaged");
    }

    public sealed class On_SQLite() : A_damaged_row_is_reported(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_damaged_row_is_reported(Engine.Postgres);
}
