using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Sql.Tests;

/// <summary>The database of a test's ledger.</summary>
public enum Engine
{
    /// <summary>A file of the test's own.</summary>
    Sqlite,

    /// <summary>A schema of the test's own on a server that the tests share.</summary>
    Postgres,
}

/// <summary>A real ledger that is deleted after the test.</summary>
internal sealed class TestLedger : IDisposable
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly System.Collections.Concurrent.ConcurrentBag<Database> _opened = [];
    private readonly string? _schema;

    public TestLedger(Engine engine = Engine.Sqlite)
    {
        if (engine == Engine.Postgres) _schema = SharedCluster.NewSchema();
        Ledger = Open();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tenfold-").FullName;

    public string File => Path.Combine(Folder, "ledger.db");

    /// <summary>The value for TENFOLD_LEDGER.</summary>
    public string Url => _schema is null ? File : $"{SharedCluster.Cluster.Url("postgres")}?search_path={_schema}";

    public string Schema => _schema ?? "";

    /// <summary>The ledger's location in messages.</summary>
    public string Place => _schema is null ? File : Url.Replace("postgres://", "postgresql://", StringComparison.Ordinal);

    public SqlLedger Ledger { get; }

    /// <summary>Opens the ledger again, as another process would.</summary>
    public SqlLedger Open() => new(OpenDatabase());

    public Database OpenDatabase(TimeProvider? time = null)
    {
        var database = Databases.Open(Url, "", time ?? TimeProvider.System);
        _opened.Add(database);
        return database;
    }

    public Task AddAsync(string group = "k7m2xqab", int repeat = 1) =>
        Ledger.AddGroupAsync(Group(group, repeat), Runs(group, repeat), CancellationToken.None);

    public static GroupRecord Group(string group, int repeat = 1) => new()
    {
        Id = group,
        Root = "/p",
        Target = "local",
        CreatedAt = Start,
        Host = "here",
        Version = "1",
        BaseSeed = long.MaxValue,
        Repeat = repeat,
        Like = "other000-2",
        GitCommit = "abc",
        GitBranch = "main",
        GitDirty = true,
        Spec = Work(),
    };

    public static IReadOnlyList<RunRecord> Runs(string group, int repeat = 1) =>
    [
        .. Enumerable.Range(1, repeat).Select(i => new RunRecord
        {
            Id = RunNames.Run(group, i),
            Group = group,
            Repeat = i,
            Seed = i - 5,
            State = RunState.Queued,
            CreatedAt = Start,
            Attempts = 1,
        }),
    ];

    public static WorkSpec Work() => new()
    {
        Project = "iris",
        Snapshot = new string('a', 64),
        Command = "python train.py",
        Environment = new EnvironmentSpec("system"),
        Parameters = JsonElement.Parse("""{"lr":0.1}"""),
        Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
    };

    public Task<int> ApplyAsync(params AttemptChange[] changes) => Ledger.ApplyAsync(changes, null, CancellationToken.None);

    public async Task<RunRecord> RunAsync(string run = "k7m2xqab-1") =>
        (await Ledger.ListRunsAsync(RunNames.GroupOf(run), CancellationToken.None)).Single(one => one.Run.Id == run).Run;

    public Task<IReadOnlyList<AttemptRecord>> AttemptsAsync(string run = "k7m2xqab-1") =>
        Ledger.ListAttemptsAsync(run, CancellationToken.None);

    public async Task<IReadOnlyList<string>> EventsAsync(string id = "k7m2xqab-1") =>
        [.. (await Ledger.ListEventsAsync(id, CancellationToken.None)).Select(happened => $"{happened.Subject} {happened.Kind}")];

    public static AttemptChange Change(AttemptState state, string attempt = "k7m2xqab-1-1", int at = 0) =>
        new() { Attempt = attempt, State = state, At = Start.AddSeconds(at) };

    public static MetricSummary Metric(string name, long count, double last) => new()
    {
        Name = name,
        Count = count,
        First = 0,
        Last = last,
        Min = last,
        Max = last,
        LastStep = count,
        Series = [new MetricPoint(0, 0), new MetricPoint(count, last)],
    };

    /// <summary>A connection from the ledger's own pool.</summary>
    public SqliteConnection Connect() =>
        new(new SqliteConnectionStringBuilder { DataSource = File, DefaultTimeout = 30, Pooling = true }.ToString());

    /// <summary>Counts the steps of SQLite's virtual machine during an action.</summary>
    /// <remarks>The ledger uses the same connection string, so it gets the counting connection from the pool.</remarks>
    public async Task<long> StepsAsync<T>(Func<SqlLedger, Task<T>> act)
    {
        await Ledger.ListGroupsAsync(1, CancellationToken.None);
        long steps = 0;
        using var counted = Connect();
        counted.Open();
        var handle = counted.Handle!;
        raw.sqlite3_progress_handler(handle, 1, _ => { steps++; return 0; }, null);
        counted.Close();
        await act(Ledger);
        var counter = steps;
        raw.sqlite3_progress_handler(handle, 0, null, null);
        return counter;
    }

    /// <summary>Removes what version 4 of the tables and the later ones added.</summary>
    public void RemoveColumnsOfVersion4()
    {
        (string Table, string Column)[] added =
        [
            ("runs", "warnings"), ("attempts", "warnings"), ("events", "warnings"), ("events", "reason"), ("metrics", "pattern"),
            ("attempts", "resumed"), ("runs", "tag"), ("studies", "tag"), ("groups", "priority"),
            ("attempts", "admitted_at"), ("trials", "lease_ms"), ("trials", "lease_until"), ("trials", "replaced"),
        ];
        Execute("DROP INDEX attempts_by_admission; DROP INDEX attempts_by_end");
        foreach (var (table, column) in added) Execute($"ALTER TABLE {table} DROP COLUMN {column}");
        Execute("DROP TABLE reports; DROP TABLE server_keys; DROP TABLE looks");
        Execute("DROP TABLE experiments; DROP TABLE routes; DROP TABLE versions");
    }

    /// <summary>Executes SQL that the ledger itself would never execute.</summary>
    /// <returns>How many rows changed.</returns>
    public int Execute(string sql)
    {
        if (_schema is not null) return SharedCluster.Cluster.Execute("postgres", $"SET search_path = {_schema}; {sql}");
        using var connection = Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Closes every connection to this ledger, as the end of a process does.</summary>
    public void Close()
    {
        using var connection = Connect();
        SqliteConnection.ClearPool(connection);
    }

    public void Dispose()
    {
        foreach (var database in _opened) database.Dispose();
        Close();
        System.Diagnostics.Process.Start("rm", ["-rf", Folder]).WaitForExit();
    }
}
