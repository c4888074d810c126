using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Tests;

public abstract class A_damaged_row_is_told(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

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
    public async Task Of_a_study(string damage)
    {
        await _book.AddStudyAsync();
        await _book.AddStudyAsync("other000");
        _book.Execute($"UPDATE studies SET {damage} WHERE id = '{Search.Name}'").ShouldBe(1);
        await ToldAsync(() => _book.Ledger.StudyAsync(Search.Name, CancellationToken.None), $"study {Search.Name}");
        await ToldAsync(() => _book.Ledger.StudiesAsync(9, CancellationToken.None), $"study {Search.Name}");
        (await _book.Ledger.StudyAsync("other000", CancellationToken.None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("parameters = '{'")]
    [InlineData("parameters = '3'")]
    [InlineData("results = '['")]
    [InlineData("results = 'null'")]
    [InlineData("results = '[\"x\"]'")]
    [InlineData("state = 'sleeping'")]
    public async Task Of_a_trial(string damage)
    {
        await _book.AddStudyAsync();
        for (var number = 1; number <= 3; number++) await _book.Ledger.AskAsync(number);
        _book.Execute($"UPDATE trials SET {damage} WHERE number = 2").ShouldBe(1);
        await ToldAsync(() => _book.Ledger.TrialsOfAsync(Search.Name, CancellationToken.None), $"trial {Search.Name}-t2");
    }

    [Theory]
    [InlineData("groups", "spec = '{'", "group k7m2xqab")]
    [InlineData("runs", "state = 'sleeping'", "sleeping")]
    [InlineData("attempts", "created_at = 9e18", "the time 9000000000000000000")]
    public async Task Of_a_group_or_a_run(string table, string damage, string words)
    {
        await _book.AddAsync();
        _book.Execute($"UPDATE {table} SET {damage}").ShouldBe(1);
        await ToldAsync(() => _book.Ledger.LiveAsync(CancellationToken.None), words);
    }

    private async Task ToldAsync<T>(Func<Task<T>> read, string words)
    {
        var fault = await Should.ThrowAsync<LedgerException>(read);
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain(words);
        fault.Message.ShouldContain(_book.Place);
        fault.Message.ShouldContain("damaged");
    }

    public sealed class On_SQLite() : A_damaged_row_is_told(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_damaged_row_is_told(Engine.Postgres);
}
