using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public abstract class A_damaged_row_is_reported(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);
    private readonly List<DamagedRecord> _damaged = [];

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
        (await _test.Ledger.FindStudyAsync("other000", CancellationToken.None)).ShouldNotBeNull();
        (await Listing().ListStudiesAsync(9, CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe("other000");
        _damaged.ShouldHaveSingleItem().Name.ShouldBe($"study {SampleStudy.Name}");
    }

    [Theory]
    [InlineData("parameters = '{'")]
    [InlineData("parameters = '3'")]
    [InlineData("results = '['")]
    [InlineData("results = 'null'")]
    [InlineData("results = '[\"x\"]'")]
    [InlineData("state = 'sleeping'")]
    [InlineData("state = 'completed'")]
    public async Task A_damaged_trial_is_named(string damage)
    {
        await _test.AddStudyAsync();
        for (var number = 1; number <= 3; number++) await _test.Ledger.AskAsync(number);
        _test.Execute($"UPDATE trials SET {damage} WHERE number = 2").ShouldBe(1);
        await ShouldBeReportedAsync(
            () => _test.Ledger.ListTrialsAsync(SampleStudy.Name, CancellationToken.None), $"trial {SampleStudy.Name}-t2");
    }

    [Theory]
    [InlineData("groups", "spec = '{'", "id", "group k7m2xqab", "can't be read")]
    [InlineData("groups", "spec = replace(spec, '\"project\":', '\"project\":null,\"other\":')", "id", "group k7m2xqab", "null")]
    [InlineData("runs", "state = 'sleeping'", "group_id", "attempt k7m2xqab-1-1", "sleeping")]
    [InlineData("attempts", "created_at = 9e18", "run_id", "attempt k7m2xqab-1-1", "the impossible time 9000000000000000000")]
    public async Task A_damaged_group_run_or_attempt_is_left_out_and_named(
        string table, string damage, string column, string name, string words)
    {
        await _test.AddAsync();
        await _test.AddAsync("other000");
        _test.Execute($"UPDATE {table} SET {damage} WHERE {column} LIKE 'k7m2xqab%'").ShouldBe(1);
        var ledger = Listing();
        for (var look = 1; look <= 2; look++)
            (await ledger.ListLiveAttemptsAsync(CancellationToken.None)).ShouldHaveSingleItem().Run.Id.ShouldBe("other000-1");
        var told = _damaged.ShouldHaveSingleItem("it is told once");
        told.Name.ShouldBe(name);
        told.Why.ShouldContain(words);
        (await ledger.FindGroupAsync("other000", CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_damaged_row_that_a_command_names_is_refused()
    {
        await _test.AddAsync();
        _test.Execute("UPDATE groups SET spec = '{'");
        await ShouldBeReportedAsync(() => Listing().FindGroupAsync("k7m2xqab", CancellationToken.None), "group k7m2xqab");
        _damaged.ShouldBeEmpty();
    }

    // Whoever cleans up must know of everything that is in use.
    [Fact]
    public async Task Cleaning_up_leaves_nothing_out()
    {
        await _test.AddAsync();
        _test.Execute("UPDATE groups SET spec = '{'");
        var visited = 0;
        await ShouldBeReportedAsync(
            async () =>
            {
                await Listing().VisitGroupsAsync(_ => visited++, CancellationToken.None);
                return visited;
            },
            "group k7m2xqab");
    }

    [Theory]
    [InlineData("series = '{'")]
    [InlineData("series = '[null]'")]
    [InlineData("series = 'null'")]
    [InlineData("last_step = -9223372036854775808, series = '[3]'")]
    public async Task A_damaged_metric_is_named(string damage)
    {
        await _test.AddAsync();
        await _test.ApplyAsync(TestLedger.Change(AttemptState.Running) with { Metrics = [TestLedger.Metric("accuracy", 1, 0.5)] });
        _test.Execute($"UPDATE metrics SET {damage}").ShouldBe(1);
        await ShouldBeReportedAsync(() => _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None), "metric accuracy");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task A_damaged_comparison_is_named(string damage)
    {
        await _test.AddAsync();
        _test.Execute($"INSERT INTO looks (baseline, candidate, metric, spec) VALUES ('k7m2xqab', 'other000', 'accuracy', '{damage}')");
        await ShouldBeReportedAsync(
            () => _test.Ledger.ListLooksAsync("k7m2xqab", "other000", "accuracy", CancellationToken.None),
            "a comparison of k7m2xqab with other000");
        (await _test.Ledger.ListLooksAsync("k7m2xqab", "third000", "accuracy", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_key_of_a_server_is_left_out()
    {
        await _test.Ledger.AddServerKeyAsync(
            new ServerKey("good", ServerRole.Read, new string('a', 64), TestLedger.Start), CancellationToken.None);
        _test.Execute("INSERT INTO server_keys (name, role, sha256, created_at) VALUES ('evil', 'admin', 'x', 9223372036854775807)");
        (await Listing().ListServerKeysAsync(CancellationToken.None)).ShouldHaveSingleItem().Name.ShouldBe("good");
        _damaged.ShouldHaveSingleItem().Name.ShouldBe("API key evil");
    }

    [Fact]
    public async Task A_number_of_revisions_that_is_none_is_damage()
    {
        await _test.AddAsync();
        _test.Execute("INSERT INTO facts (name, value) VALUES ('serving-revision', 'many')");
        var fault = await Should.ThrowAsync<LedgerException>(() => _test.Ledger.ReadServingRevisionAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
    }

    private SqlLedger Listing() => new(_test.OpenDatabase(), damaged: new DamagedRecords(_damaged.Add));

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
