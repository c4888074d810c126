using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Requests;
using Tenfold.Gateway.RequestLog;
using Tenfold.Sql;
using Tenfold.Sql.Requests;

namespace Tenfold.Gateway.Tests.RequestLog;

/// <summary>A spool and a request log of the test's own.</summary>
/// <param name="folder">The folder of another process's bench; null for a new one.</param>
internal sealed class SpoolBench(string? folder = null) : IDisposable
{
    private readonly List<Database> _databases = [];

    public string Folder { get; } = folder ?? Directory.CreateTempSubdirectory("tenfold-spool-").FullName;

    public string Spool => Path.Combine(Folder, "spool", "gateway");

    public string DatabaseFile => Path.Combine(Folder, "requests.db");

    public SpoolOptions Options =>
        new() { Folder = Spool, Linger = TimeSpan.FromMilliseconds(5), MaxPause = TimeSpan.FromMilliseconds(20) };

    public SqlRequestLog OpenLog()
    {
        var database = Databases.OpenRequests(null, DatabaseFile, TimeProvider.System);
        _databases.Add(database);
        return new SqlRequestLog(database, TimeProvider.System);
    }

    public RequestRecorder Open(SpoolOptions? options = null, IRequestLog? log = null) =>
        RequestRecorder.Open(options ?? Options, log ?? OpenLog(), TimeProvider.System, NullLogger.Instance).Value();

    public SpoolFolder OpenFolder() => SpoolFolder.TryOpen(Spool).ShouldNotBeNull();

    public string[] Segments => Directory.GetFiles(Spool, "*.seg").Order().ToArray();

    public async Task<List<LoggedRequest>> ReadAsync()
    {
        var read = new List<LoggedRequest>();
        await foreach (var request in OpenLog().ReadAsync(new RequestQuery { Model = "iris" }, default)) read.Add(request);
        return read;
    }

    /// <summary>Appends records to a new segment, and loads nothing.</summary>
    public async Task AppendAsync(int count)
    {
        using var spool = OpenFolder();
        using var writer = new SpoolWriter(spool, Options, TimeProvider.System);
        for (var i = 0; i < count; i++) (await writer.AppendAsync(Request())).ShouldBe(AppendOutcome.Recorded);
    }

    /// <summary>Loads everything in the spool, as the next gateway does.</summary>
    public async Task<SpoolLosses> LoadAsync(IRequestLog? log = null)
    {
        using var spool = OpenFolder();
        await new SpoolLoader(spool, null, log ?? OpenLog(), Options, TimeProvider.System, NullLogger.Instance)
            .LoadAllAsync(default);
        return spool.Losses;
    }

    public static LoggedRequest Request(int bodyLength = 20) => new()
    {
        Id = Guid.CreateVersion7(),
        At = TimeProvider.System.GetUtcNow(),
        Model = "iris",
        Version = "1.0",
        Status = 200,
        Outcome = RequestOutcome.Answered,
        Latency = TimeSpan.FromMilliseconds(1),
        RequestBody = Encoding.UTF8.GetBytes($"\"{new string('x', bodyLength)}\""),
        ReplyBody = "{}"u8.ToArray(),
    };

    public void Dispose()
    {
        foreach (var database in _databases) database.Dispose();
        SqliteConnection.ClearAllPools();
        if (folder is null) Directory.Delete(Folder, recursive: true);
    }
}
