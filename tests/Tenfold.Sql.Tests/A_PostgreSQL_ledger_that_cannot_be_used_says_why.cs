using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public sealed class A_PostgreSQL_ledger_that_cannot_be_used_says_why : IDisposable
{
    private const string Secret = "se%40cr%2Fet";

    private readonly Book _book = new(Engine.Postgres);

    public void Dispose() => _book.Dispose();

    [Theory]
    [InlineData("guarded", "TENFOLD_LEDGER, PGPASSWORD", "wrong")]
    [InlineData("guarded", "wants a password", null)]
    [InlineData("closed", "pg_hba.conf", Secret)]
    [InlineData("nowhere", "createdb", Secret)]
    public async Task When_it_does_not_let_us_in(string database, string words, string? password)
    {
        var cluster = SharedCluster.Cluster;
        lock (cluster)
            foreach (var name in new[] { "guarded", "closed" })
                if (cluster.Scalar("postgres", $"SELECT 1 FROM pg_database WHERE datname = '{name}'") is null)
                    cluster.Execute("postgres", $"CREATE DATABASE {name}");
        var fault = await FaultAsync($"postgres://postgres{(password is null ? "" : $":{password}")}@127.0.0.1:{cluster.Port}/{database}");
        fault.IsUnreadable.ShouldBeFalse();
        fault.Message.ShouldContain(words);
    }

    [Fact]
    public async Task When_it_does_not_know_the_user()
    {
        var fault = await FaultAsync(SharedCluster.Cluster.Url("postgres", "no_such_user"));
        fault.Message.ShouldSatisfyAllConditions(
            said => said.ShouldContain("CREATE ROLE \"no_such_user\" LOGIN"), said => said.ShouldNotContain("pg_hba"));
    }

    [Fact]
    public async Task When_nobody_listens_there()
    {
        using var wire = new Wire(1);
        var port = wire.Port;
        wire.Dispose();
        var fault = await FaultAsync($"postgres://ann:{Secret}@127.0.0.1:{port}/tenfold");
        fault.Message.ShouldContain($"postgresql://ann@127.0.0.1:{port}/tenfold can't be reached");
        (await FaultAsync($"postgres://ann:{Secret}@no-such-host.invalid/tenfold")).Message.ShouldContain("no-such-host.invalid");
    }

    [Fact]
    public async Task When_we_may_not_make_the_schema_or_write_the_tables()
    {
        await _book.AddAsync();
        var (user, schema) = ($"u{_book.Schema}", _book.Schema);
        _book.Execute(
            $"CREATE ROLE {user} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {user}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {user}");
        var cluster = SharedCluster.Cluster;
        (await FaultAsync($"{cluster.Url("postgres", user)}?search_path=another")).Message.ShouldContain("GRANT CREATE ON DATABASE");
        using var database = Databases.Open($"{cluster.Url("postgres", user)}?search_path={schema}", "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        (await ledger.LiveAsync(CancellationToken.None)).Count.ShouldBe(1);
        (await Should.ThrowAsync<LedgerException>(
            () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None))).Message.ShouldContain(user);
    }

    [Fact]
    public async Task When_the_server_is_a_standby()
    {
        await _book.AddAsync();
        using var database = Databases.Open($"{_book.Url}&options=-c%20default_transaction_read_only%3Don", "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        (await ledger.LiveAsync(CancellationToken.None)).Count.ShouldBe(1);
        (await Should.ThrowAsync<LedgerException>(
            () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None))).Message.ShouldContain(
                "standby");
    }

    [Fact]
    public async Task When_an_older_one_made_it_until_it_is_migrated()
    {
        await _book.AddAsync();
        // As the second version left it.
        _book.RemoveColumnsOfVersion4();
        _book.Execute("DROP TABLE facts; DROP TABLE leases; UPDATE ledger_version SET version = 2");
        var fault = await Should.ThrowAsync<LedgerException>(() => _book.Open().LiveAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("tenfold ledger migrate");
        using var database = _book.OpenDatabase();
        (await database.VersionAsync(CancellationToken.None)).ShouldBe(2);
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(2);
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(Database.NewestVersion);
        (await _book.Open().IdAsync(CancellationToken.None)).Length.ShouldBe(12);
        (await _book.Open().LiveAsync(CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task When_a_newer_one_made_it_also_while_we_work()
    {
        await _book.AddAsync();
        _book.Execute("UPDATE ledger_version SET version = 99");
        foreach (var ledger in new[] { _book.Ledger, _book.Open() })
        {
            var fault =
                await Should.ThrowAsync<LedgerException>(
                    () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None));
            fault.IsUnreadable.ShouldBeTrue();
            fault.Message.ShouldContain("newer tenfold");
        }

        _book.Execute($"UPDATE ledger_version SET version = {Database.NewestVersion}");
        (await _book.AttemptsAsync())[0].State.ShouldBe(Core.Runs.AttemptState.Pending);
    }

    [Fact]
    public async Task When_a_migration_breaks_off_nothing_of_it_stays()
    {
        await _book.AddAsync();
        // The third step finds a table in its way, after it has made another.
        _book.RemoveColumnsOfVersion4();
        _book.Execute("DROP TABLE facts; UPDATE ledger_version SET version = 2");
        using var database = _book.OpenDatabase();
        await Should.ThrowAsync<LedgerException>(() => database.MigrateAsync(CancellationToken.None));
        (await database.VersionAsync(CancellationToken.None)).ShouldBe(2);
        _book.Execute("DROP TABLE leases");
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(2);
        (await _book.Ledger.LiveAsync(CancellationToken.None)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("postgres:/u:secret@h/d")]
    [InlineData("postgres://u:secret@h:port/d")]
    [InlineData("postgres://u:sec/secret@h/d")]
    [InlineData("postgres://u:sec?secret@h/d")]
    [InlineData("postgres://u:sec?secret=x@h/d")]
    [InlineData("postgres://u:secret%zz@h/d")]
    [InlineData("postgres://u:secret%00@h/d")]
    [InlineData("postgres://u:secret@h1,h2/d")]
    [InlineData("postgres://u:secret@[::1/d")]
    [InlineData("postgres://u:secret@h/d?search_path=a,b")]
    [InlineData("mysql://u:secret@h/d")]
    [InlineData("sqlite://secret")]
    public void When_it_is_no_address_and_no_password_is_told(string url)
    {
        var fault = Should.Throw<LedgerException>(() => Databases.Open(url, "", TimeProvider.System));
        fault.Message.ShouldContain("TENFOLD_LEDGER");
        fault.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("postgres://ann:p%40ss@db.example:5433/team", "postgresql://ann@db.example:5433/team")]
    [InlineData("postgresql://ann@[::1]/a%20b?sslmode=require", "postgresql://ann@[::1]:5432/a%20b")]
    [InlineData("postgres://ann@%2Frun%2Fpostgresql/team?search_path=other", "postgresql://ann@%2Frun%2Fpostgresql:5432/team?search_path=other")]
    [InlineData("postgres://ann@/team?host=db&port=6000", "postgresql://ann@db:6000/team")]
    [InlineData("postgres://ann:pw@db/team?sslmode=require&channel_binding=require&target_session_attrs=read-write&gssencmode=disable&keepalives=1&keepalives_idle=30", "postgresql://ann@db:5432/team")]
    [InlineData("postgres://ann:p@ss@db/team", "postgresql://ann@db:5432/team")]
    [InlineData("sqlite:///tmp/a%20b.db", "/tmp/a b.db")]
    [InlineData("/tmp/a.db", "/tmp/a.db")]
    [InlineData(" ", "/default")]
    [InlineData(null, "/default")]
    public void And_an_address_is_printed_without_its_password(string? url, string printed)
    {
        using var database = Databases.Open(url, "/default", TimeProvider.System);
        database.Place.ShouldBe(printed);
    }

    [Fact]
    public async Task Texts_that_PostgreSQL_would_refuse_are_kept_as_far_as_can_be()
    {
        var text = $"a\0b \ud800 \U0001F600 {new string('x', 1_000_000)}";
        await _book.AddAsync();
        await _book.ApplyAsync(
            Change(Core.Runs.AttemptState.Failed) with { Reason = new Reason.Note(text), PeakMemoryBytes = long.MaxValue });
        (await _book.RunAsync()).Reason.Words().ShouldBe($"a\0b \ufffd \U0001F600 {new string('x', 1_000_000)}");
        (await _book.AttemptsAsync())[0].PeakMemoryBytes.ShouldBe(long.MaxValue);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_by_an_hour_gives_no_lease_away()
    {
        using var ahead = _book.OpenDatabase(new Wrong(TimeSpan.FromHours(1)));
        using var behind = _book.OpenDatabase(new Wrong(TimeSpan.FromHours(-1)));
        (await new SqlLedger(behind).TryAcquireLeaseAsync("place", "behind", TimeSpan.FromMinutes(1), null, CancellationToken.None))
            .ShouldNotBeNull();
        (await new SqlLedger(ahead).TryAcquireLeaseAsync("place", "ahead", TimeSpan.FromMinutes(1), null, CancellationToken.None))
            .ShouldBeNull();
        var held = (await new SqlLedger(ahead).FindLeaseAsync("place", CancellationToken.None)).ShouldNotBeNull();
        held.IsHeld.ShouldBeTrue();
        (held.Until - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90));
    }

    private static async Task<LedgerException> FaultAsync(string url)
    {
        using var database = Databases.Open(url, "", TimeProvider.System, TimeSpan.Zero);
        var fault = await Should.ThrowAsync<LedgerException>(() => new SqlLedger(database).LiveAsync(CancellationToken.None));
        fault.ToString().ShouldNotContain("se@cr/et");
        fault.ToString().ShouldNotContain("se%40");
        return fault;
    }

    private sealed class Wrong(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
