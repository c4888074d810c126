using System.Text;
using System.Text.Json;
using Tenfold.Core.Requests;
using Tenfold.Sql;
using Tenfold.Sql.Requests;

namespace Tenfold.Cli.Tests.Serving;

public sealed class Requests_are_listed_and_exported : IAsyncDisposable
{
    private readonly Sandbox _place = new();
    private readonly LoggedRequest[] _requests;

    public Requests_are_listed_and_exported()
    {
        var now = TimeProvider.System.GetUtcNow();
        _requests =
        [
            Request(now.AddDays(-100), "1.0", 200, """{"x": 1}"""), Request(now.AddHours(-2), "1.0", 404, "not json"),
            Request(now.AddMinutes(-5), "1.1", 503, "[1,\r\n \"\\ud800\", 1e400000]") with { Key = "ann", Outcome = RequestOutcome.Broken },
        ];
    }

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task Requests_are_filtered_exported_and_deleted()
    {
        await FillAsync();
        (await _place.Run("requests", "irsi")).With(ExitCodes.NotFound).Saying("irsi", "Did you mean iris?");
        var text = (await _place.Run("requests", "iris")).With(0);
        text.Out.ShouldContain("VERSION");
        text.Out.ShouldContain(_requests[2].Id.ToString());
        text.Out.ShouldContain("broken");
        (await IdsAsync()).ShouldBe(_requests.Select(one => one.Id));
        (await IdsAsync("--since", "1h")).ShouldBe([_requests[2].Id]);
        (await IdsAsync("--version", "1.0", "--status", "4xx")).ShouldBe([_requests[1].Id]);
        (await IdsAsync("--status", "broken", "--key", "ann")).ShouldBe([_requests[2].Id]);
        (await _place.Run("requests", "iris", "--status", "6xx")).With(ExitCodes.BadInput).Saying("--status");
        (await _place.Run("requests", "iris", "--since", "soon")).With(ExitCodes.BadInput).Saying("--since");

        var file = Path.Combine(_place.Root, "iris.jsonl");
        (await _place.Run("requests", "iris", "--export", file)).With(0).Saying("3 requests exported");
        (await _place.Run("requests", "iris", "--export", file)).With(ExitCodes.Exists);
        var lines = await File.ReadAllLinesAsync(file);
        lines.Length.ShouldBe(3);
        lines[2].ShouldContain("\"json\":[1,   \"\\ud800\", 1e400000]");
        var second = JsonElement.Parse(lines[1]);
        second.GetProperty("request").GetProperty("text").GetString().ShouldBe("not json");
        second.GetProperty("reply").GetProperty("base64").GetBytesFromBase64().ShouldBe([0xff, 0]);

        var table = Path.Combine(_place.Root, "iris.parquet");
        (await _place.Run("requests", "iris", "--version", "1.0", "--export", table)).With(0).Saying("2 requests exported");
        Encoding.ASCII.GetString((await File.ReadAllBytesAsync(table))[^4..]).ShouldBe("PAR1");
        (await _place.Run("requests", "iris", "--export", table)).With(ExitCodes.Exists);
        Directory.GetFiles(_place.Root, "*.tmp").ShouldBeEmpty();

        foreach (var more in (string[][])[["--version", "1.0"], ["--since", "1h"], ["--limit", "1"], ["--export", "f"], ["--drift"]])
            (await _place.Run(["requests", "iris", "--delete-older-than", "90d", .. more])).With(ExitCodes.BadInput);
        (await _place.Run("requests", "iris", "--delete-older-than", "90d")).With(0).Saying("1 request deleted");
        (await IdsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Feedback_is_imported_and_faulty_files_are_not()
    {
        await FillAsync();
        var file = Path.Combine(_place.Root, "outcomes.csv");
        await File.WriteAllTextAsync(
            file, $"request_id,metric,value\r\n{_requests[0].Id},\"re,\"\"ward\",1\r\n\r\n{Guid.CreateVersion7()},reward,2.5e0\n");
        (await _place.Run("feedback", "import", file)).With(0).Saying(
            "2 values added", "warning: 1 value of requests that are not in the log");
        (await _place.Json("feedback", "import", file, "--json")).GetProperty("repeated").GetInt32().ShouldBe(2);

        var id = _requests[0].Id;
        await File.WriteAllTextAsync(file, $"value,request_id,at\nx,{id},\n1,7,\n1,{id},later\n1\nNaN,{id},\n");
        (await _place.Run("feedback", "import", file)).With(ExitCodes.BadInput).Saying("outcomes.csv:1", "--metric");
        (await _place.Run("feedback", "import", file, "--metric", "reward")).With(ExitCodes.BadInput).Saying(
            "csv:2: value is not a number", "csv:3: request_id is not", "csv:4: at is not a time", "csv:5: the line has 1 fields",
            "csv:6: value is not a finite number", "Nothing was imported");
        // Without a zone it could be hours away, and a time in the future would hide every correction until then.
        await File.WriteAllTextAsync(
            file, $"request_id,metric,value,at\n{id},reward,1,2026-01-01T12:00:00\n{id},reward,1,2200-01-01T00:00:00Z\n");
        (await _place.Run("feedback", "import", file)).With(ExitCodes.BadInput).Saying(
            "csv:2: at has no time zone", "csv:3: at is in the future", "Nothing was imported");
        (await _place.Run("feedback", "import", "nowhere.csv")).With(ExitCodes.NotFound);
    }

    private async Task<List<Guid>> IdsAsync(params string[] options) =>
        [
            .. (await _place.Json(["requests", "iris", "--json", .. options])).EnumerateArray()
                .Select(one => one.GetProperty("id").GetGuid()),
        ];

    private async Task FillAsync()
    {
        using var database = Databases.OpenRequests(null, Path.Combine(_place.Home, "serving", "requests.db"), TimeProvider.System);
        var batch = new RequestBatch { Spool = "s", From = null, To = new SpoolPosition(1, 1), Requests = _requests };
        await new SqlRequestLog(database, TimeProvider.System).LoadAsync(batch, CancellationToken.None);
    }

    private static LoggedRequest Request(DateTimeOffset at, string version, int status, string body) => new()
    {
        Id = Guid.CreateVersion7(),
        At = at,
        Model = "iris",
        Version = version,
        Status = status,
        Outcome = RequestOutcome.Answered,
        Latency = TimeSpan.FromMilliseconds(2),
        RequestBody = Encoding.UTF8.GetBytes(body),
        ReplyBody = new byte[] { 0xff, 0 },
    };
}
