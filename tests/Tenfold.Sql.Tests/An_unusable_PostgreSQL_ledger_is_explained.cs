using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public sealed class An_unusable_PostgreSQL_ledger_is_explained : IDisposable
{
    private const string Secret = "se%40cr%2Fet";

    private readonly TestLedger _test = new(Engine.Postgres);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("guarded", "TENFOLD_LEDGER, PGPASSWORD", "wrong")]
    [InlineData("guarded", "needs a password", null)]
    [InlineData("closed", "pg_hba.conf", Secret)]
    [InlineData("nowhere", "createdb", Secret)]
    public async Task A_refused_login_is_explained(string database, string words, string? password)
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
    public async Task An_unknown_user_is_explained()
    {
        var fault = await FaultAsync(SharedCluster.Cluster.Url("postgres", "no_such_user"));
        fault.Message.ShouldSatisfyAllConditions(
            said => said.ShouldContain("CREATE ROLE \"no_such_user\" LOGIN"), said => said.ShouldNotContain("pg_hba"));
    }

    [Fact]
    public async Task An_unreachable_server_is_explained()
    {
        using var proxy = new CuttingProxy(1);
        var port = proxy.Port;
        proxy.Dispose();
        var fault = await FaultAsync($"postgres://ann:{Secret}@127.0.0.1:{port}/tenfold");
        fault.Message.ShouldContain($"postgresql://ann@127.0.0.1:{port}/tenfold can't be reached");
        (await FaultAsync($"postgres://ann:{Secret}@no-such-host.invalid/tenfold")).Message.ShouldContain("no-such-host.invalid");
    }

    [Fact]
    public async Task Missing_privileges_are_explained()
    {
        await _test.AddAsync();
        var (user, schema) = ($"u{_test.Schema}", _test.Schema);
        _test.Execute($"""
            CREATE ROLE {user} LOGIN;
            GRANT USAGE ON SCHEMA {schema} TO {user};
            GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {user}
            """);
        var cluster = SharedCluster.Cluster;
        (await FaultAsync($"{cluster.Url("postgres", user)}?search_path=another")).Message.ShouldContain("GRANT CREATE ON DATABASE");
        using var database = Databases.Open($"{cluster.Url("postgres", user)}?search_path={schema}", "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        (await ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(1);
        (await Should.ThrowAsync<LedgerException>(
            () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None))).Message.ShouldContain(user);
    }

    [Fact]
    public async Task A_standby_is_explained()
    {
        await _test.AddAsync();
        using var database = Databases.Open($"{_test.Url}&options=-c%20default_transaction_read_only%3Don", "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        (await ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(1);
        (await Should.ThrowAsync<LedgerException>(
            () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None))).Message.ShouldContain(
                "standby");
    }

    [Fact]
    public async Task A_ledger_of_an_older_version_must_be_migrated()
    {
        await _test.AddAsync();
        // Makes the tables those of version 2.
        _test.RemoveColumnsOfVersion4();
        _test.Execute("DROP TABLE facts; DROP TABLE leases; UPDATE ledger_version SET version = 2");
        var fault = await Should.ThrowAsync<LedgerException>(() => _test.Open().ListLiveAttemptsAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("tenfold ledger migrate");
        using var database = _test.OpenDatabase();
        (await database.VersionAsync(CancellationToken.None)).ShouldBe(2);
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(2);
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(Database.NewestVersion);
        (await _test.Open().ReadIdAsync(CancellationToken.None)).Length.ShouldBe(12);
        (await _test.Open().ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_ledger_migrated_by_a_newer_version_is_refused()
    {
        await _test.AddAsync();
        _test.Execute("UPDATE ledger_version SET version = 99");
        foreach (var ledger in new[] { _test.Ledger, _test.Open() })
        {
            var fault = await Should.ThrowAsync<LedgerException>(
                () => ledger.ApplyAsync([Change(Core.Runs.AttemptState.Queued)], null, CancellationToken.None));
            fault.IsUnreadable.ShouldBeTrue();
            fault.Message.ShouldContain("newer tenfold");
        }

        _test.Execute($"UPDATE ledger_version SET version = {Database.NewestVersion}");
        (await _test.AttemptsAsync())[0].State.ShouldBe(Core.Runs.AttemptState.Pending);
    }

    [Fact]
    public async Task A_failed_migration_changes_nothing()
    {
        await _test.AddAsync();
        // The third step fails at an existing table, after it has created another one.
        _test.RemoveColumnsOfVersion4();
        _test.Execute("DROP TABLE facts; UPDATE ledger_version SET version = 2");
        using var database = _test.OpenDatabase();
        await Should.ThrowAsync<LedgerException>(() => database.MigrateAsync(CancellationToken.None));
        (await database.VersionAsync(CancellationToken.None)).ShouldBe(2);
        _test.Execute("DROP TABLE leases");
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(2);
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(1);
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
    [InlineData("host=db.example user=ann password=secret dbname=team")]
    [InlineData("Server=db;Database=d;User Id=ann;Password=secret")]
    public void An_invalid_address_is_explained_without_its_password(string url)
    {
        var fault = Should.Throw<LedgerException>(() => Databases.Open(url, "", TimeProvider.System));
        fault.Message.ShouldContain("TENFOLD_LEDGER");
        fault.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("postgres://u:secret@db/d?sslmode=disable")]
    [InlineData("postgres://u:secret@db.example/d?sslmode=allow")]
    [InlineData("postgres://u:secret@10.0.0.7:5433/d?sslmode=prefer")]
    [InlineData("postgres://u:secret@[2001:db8::1]/d?sslmode=prefer")]
    [InlineData("postgres://u:secret@localhost.evil/d?sslmode=disable")]
    [InlineData("postgres://u:secret@/d?host=db&sslmode=disable")]
    public void Another_machine_gets_no_password_without_TLS(string url)
    {
        var fault = Should.Throw<LedgerException>(() => Databases.Open(url, "", TimeProvider.System));
        fault.Message.ShouldContain("unencrypted");
        fault.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("postgres://u:secret@db/d", "require", true)]
    [InlineData("postgres://u:secret@db/d?sslmode=require", "require", true)]
    [InlineData("postgres://u:secret@db/d?sslmode=verify-full", "verify-full", false)]
    [InlineData("postgres://u:secret@localhost/d", "prefer", false)]
    [InlineData("postgres://u:secret@127.0.0.2/d?sslmode=disable", "disable", false)]
    [InlineData("postgres://u:secret@[::1]/d", "prefer", false)]
    [InlineData("postgres://u@%2Frun%2Fpostgresql/d", "prefer", false)]
    public void A_remote_connection_is_encrypted_and_a_weak_one_is_named(string url, string mode, bool isWeak)
    {
        using var database = Databases.Open(url, "", TimeProvider.System);
        (database.Weakness is not null).ShouldBe(isWeak);
        Postgres.PostgresAddress.Parse(url).SslMode.ShouldBe(mode);
    }

    [Theory]
    [InlineData("postgres://ann:p%40ss@db.example:5433/team", "postgresql://ann@db.example:5433/team")]
    [InlineData("postgresql://ann@[::1]/a%20b?sslmode=require", "postgresql://ann@[::1]:5432/a%20b")]
    [InlineData(
        "postgres://ann@%2Frun%2Fpostgresql/team?search_path=other", "postgresql://ann@%2Frun%2Fpostgresql:5432/team?search_path=other")]
    [InlineData("postgres://ann@/team?host=db&port=6000", "postgresql://ann@db:6000/team")]
    [InlineData(
        "postgres://ann:pw@db/team?sslmode=require&channel_binding=require&target_session_attrs=read-write&gssencmode=disable" +
        "&keepalives=1&keepalives_idle=30",
        "postgresql://ann@db:5432/team")]
    [InlineData("postgres://ann:p@ss@db/team", "postgresql://ann@db:5432/team")]
    [InlineData("sqlite:///tmp/a%20b.db", "/tmp/a b.db")]
    [InlineData("/tmp/a.db", "/tmp/a.db")]
    [InlineData(" ", "/default")]
    [InlineData(null, "/default")]
    public void An_address_is_printed_without_its_password(string? url, string printed)
    {
        using var database = Databases.Open(url, "/default", TimeProvider.System);
        database.Place.ShouldBe(printed);
    }

    [Fact]
    public async Task Characters_that_PostgreSQL_refuses_are_replaced()
    {
        var text = $"a\0b \ud800 \U0001F600 {new string('x', 1_000_000)}";
        await _test.AddAsync();
        await _test.ApplyAsync(
            Change(Core.Runs.AttemptState.Failed) with { Reason = new Reason.Note(text), PeakMemoryBytes = long.MaxValue });
        (await _test.RunAsync()).Reason.ShouldBe(new Reason.Note($"a\0b \ufffd \U0001F600 {new string('x', 1_000_000)}"));
        (await _test.AttemptsAsync())[0].PeakMemoryBytes.ShouldBe(long.MaxValue);
    }

    [Fact]
    public async Task A_wrong_local_clock_doesnt_expire_a_lease()
    {
        using var ahead = _test.OpenDatabase(new WrongClock(TimeSpan.FromHours(1)));
        using var behind = _test.OpenDatabase(new WrongClock(TimeSpan.FromHours(-1)));
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
        var fault = await Should.ThrowAsync<LedgerException>(() => new SqlLedger(database).ListLiveAttemptsAsync(CancellationToken.None));
        fault.ToString().ShouldNotContain("se@cr/et");
        fault.ToString().ShouldNotContain("se%40");
        return fault;
    }

    private sealed class WrongClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
