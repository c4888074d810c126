using System.Text;
using Tenfold.Core.Requests;
using Tenfold.Sql.Requests;

namespace Tenfold.Sql.Tests.Requests;

/// <summary>A request log on a database of the test's own.</summary>
internal sealed class TestRequestLog : IDisposable
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    private readonly string _folder = Directory.CreateTempSubdirectory("tenfold-requests-").FullName;
    private readonly string? _schema;
    private readonly List<Database> _opened = [];

    public TestRequestLog(Engine engine)
    {
        if (engine == Engine.Postgres) _schema = SharedCluster.NewSchema();
        Log = Open();
    }

    public SqlRequestLog Log { get; }

    /// <summary>The clock of the log.</summary>
    public AheadClock Time { get; } = new();

    public bool IsPostgres => _schema is not null;

    private string Path => System.IO.Path.Combine(_folder, "serving", "requests.db");

    /// <summary>The address of the database on PostgreSQL; null on SQLite.</summary>
    public string? Url => _schema is null ? null : $"{SharedCluster.Cluster.Url("postgres")}?search_path={_schema}";

    /// <summary>Opens the log again, as another process would.</summary>
    public SqlRequestLog Open()
    {
        var database = Databases.OpenRequests(Url, Path, TimeProvider.System);
        _opened.Add(database);
        return new SqlRequestLog(database, Time);
    }

    public async Task<T> QueryAsync<T>(string sql, Func<System.Data.Common.DbDataReader, T> read) =>
        (await _opened[0].ReadAsync(connection => connection.ReadAsync(sql, read, CancellationToken.None), CancellationToken.None))
        .ShouldHaveSingleItem();

    public Task<int> ExecuteAsync(string sql) => _opened[0].WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(transaction, sql, CancellationToken.None), CancellationToken.None);

    /// <summary>Loads requests as the next batch of a spool.</summary>
    public async Task<LoadResult> LoadAsync(params LoggedRequest[] requests)
    {
        var from = await Log.ReadPositionAsync("s", CancellationToken.None);
        return await Log.LoadAsync(
            new RequestBatch { Spool = "s", From = from, To = Next(from), Requests = requests }, CancellationToken.None);
    }

    public static SpoolPosition Next(SpoolPosition? from) => new(1, (from?.Offset ?? 0) + 10);

    public async Task<List<LoggedRequest>> ReadAsync(RequestQuery query)
    {
        var read = new List<LoggedRequest>();
        await foreach (var request in Log.ReadAsync(query, CancellationToken.None)) read.Add(request);
        return read;
    }

    /// <summary>A request that was answered.</summary>
    /// <param name="second">Seconds since <see cref="Start"/>.</param>
    public static LoggedRequest Request(double second = 0) => new()
    {
        Id = Guid.CreateVersion7(),
        At = Start.AddMilliseconds(second * 1000),
        Model = "iris",
        Version = "1.0",
        Status = 200,
        Outcome = RequestOutcome.Answered,
        Latency = TimeSpan.FromMilliseconds(5),
        RequestBody = Encoding.UTF8.GetBytes("""{"x": 1}"""),
        RequestSizeBytes = 8,
        ReplyBody = Encoding.UTF8.GetBytes("""{"y": 2}"""),
        ReplySizeBytes = 8,
    };

    public void Dispose()
    {
        foreach (var database in _opened) database.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A clock that a test can set ahead.</summary>
internal sealed class AheadClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
}
