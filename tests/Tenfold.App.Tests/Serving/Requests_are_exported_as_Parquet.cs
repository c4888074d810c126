using System.Text;
using Parquet;
using Parquet.Schema;
using Tenfold.App.Serving.Requests;
using Tenfold.Core.Requests;

namespace Tenfold.App.Tests.Serving;

public sealed class Requests_are_exported_as_Parquet
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 14, 0, 0, 123, TimeSpan.FromHours(2));

    [Fact]
    public async Task Every_field_comes_back_with_its_type()
    {
        LoggedRequest[] requests =
        [
            Request(0) with
            {
                Version = "1.0", Arm = "candidate", RouteRevision = 7, Key = "ann", ModelLatency = TimeSpan.FromMilliseconds(1.5),
                Kind = RequestKind.Shadow, ShadowOf = Guid.CreateVersion7(), ClientId = "c", ClientTime = "noon", Caller = "web",
                RequestBody = "{\"x\": \"ä\"}"u8.ToArray(), RequestContentType = "application/json", RequestSizeBytes = 3_000_000_000,
                IsRequestCut = true, ReplyBody = new byte[] { 0xff, 0 }, ReplyContentType = "image/png", ReplySizeBytes = 2,
            },
            Request(1) with { Status = 503, Outcome = RequestOutcome.Broken, Key = "a\ud800\0b", RequestBody = new byte[] { 0xc3 } },
        ];
        await using var reader = await ParquetReader.CreateAsync(await WriteAsync(requests, new RequestParquetWriter()));
        (await TextsAsync(reader, "id")).ShouldBe(requests.Select(one => one.Id.ToString()));
        (await TextsAsync(reader, "version")).ShouldBe(["1.0", null]);
        (await TextsAsync(reader, "kind")).ShouldBe(["shadow", "live"]);
        (await TextsAsync(reader, "shadow_of")).ShouldBe([$"{requests[0].ShadowOf}", null]);
        (await TextsAsync(reader, "key")).ShouldBe(["ann", "a\ufffd\0b"]);
        (await TextsAsync(reader, "outcome")).ShouldBe(["answered", "broken"]);
        (await TextsAsync(reader, "request_text")).ShouldBe(["{\"x\": \"ä\"}", null]);
        (await TextsAsync(reader, "reply_text")).ShouldBe([null, ""]);
        (await ValuesAsync<long>(reader, "route_revision")).ShouldBe([7, 0]);
        (await ValuesAsync<int>(reader, "status")).ShouldBe([200, 503]);
        (await ValuesAsync<double>(reader, "latency_seconds")).ShouldBe([0, 1]);
        (await ValuesAsync<double>(reader, "model_latency_seconds")).ShouldBe([0.0015, null]);
        (await ValuesAsync<long>(reader, "request_size_bytes")).ShouldBe([3_000_000_000, 0]);
        (await ValuesAsync<bool>(reader, "request_is_cut")).ShouldBe([true, false]);
        (await BytesAsync(reader, "request_bytes")).ShouldBe([null, [0xc3]]);
        (await BytesAsync(reader, "reply_bytes")).ShouldBe([[0xff, 0], null]);

        var at = reader.Schema.FindDataField("at").ShouldBeOfType<DateTimeDataField>();
        at.IsAdjustedToUTC.ShouldBeTrue();
        var times = new DateTime[2];
        await reader.OpenRowGroupReader(0).ReadAsync<DateTime>(at, times);
        times.ShouldBe([Noon.UtcDateTime, Noon.UtcDateTime.AddSeconds(1)]);
    }

    [Theory]
    [InlineData(0, 10, 1 << 20, 0)]
    [InlineData(10, 10, 1 << 20, 1)]
    [InlineData(21, 10, 1 << 20, 3)]
    [InlineData(21, 1000, 50, 5)]
    public async Task Memory_holds_one_bounded_row_group(int requests, int rows, int bytes, int groups)
    {
        var file = await WriteAsync(
            Enumerable.Range(0, requests).Select(i => Request(i) with { RequestBody = Encoding.UTF8.GetBytes("0123456789") }),
            new RequestParquetWriter(rows, bytes));
        file.ToArray()[..4].ShouldBe("PAR1"u8.ToArray());
        file.ToArray()[^4..].ShouldBe("PAR1"u8.ToArray());
        await using var reader = await ParquetReader.CreateAsync(file);
        reader.RowGroupCount.ShouldBe(groups);
        var count = 0L;
        for (var i = 0; i < groups; i++) count += reader.OpenRowGroupReader(i).RowCount;
        count.ShouldBe(requests);
    }

    private static async Task<MemoryStream> WriteAsync(IEnumerable<LoggedRequest> requests, RequestParquetWriter writer)
    {
        var file = new MemoryStream();
        (await writer.WriteAsync(requests.ToAsyncEnumerable(), file, CancellationToken.None)).ShouldBe(requests.Count());
        file.Position = 0;
        return file;
    }

    private static async Task<string?[]> TextsAsync(ParquetReader reader, string column)
    {
        var values = new string?[2];
        await reader.OpenRowGroupReader(0).ReadAsync(reader.Schema.FindDataField(column), values.AsMemory()!);
        return values;
    }

    private static async Task<byte[]?[]> BytesAsync(ParquetReader reader, string column)
    {
        var values = new byte[]?[2];
        await reader.OpenRowGroupReader(0).ReadAsync(reader.Schema.FindDataField(column), values.AsMemory()!);
        return values;
    }

    private static async Task<T?[]> ValuesAsync<T>(ParquetReader reader, string column)
        where T : struct
    {
        var values = new T?[2];
        await reader.OpenRowGroupReader(0).ReadAsync<T>(reader.Schema.FindDataField(column), values.AsMemory());
        return values;
    }

    private static LoggedRequest Request(int second) => new()
    {
        Id = Guid.CreateVersion7(),
        At = Noon.AddSeconds(second),
        Model = "iris",
        Status = 200,
        Outcome = RequestOutcome.Answered,
        Latency = TimeSpan.FromSeconds(second),
    };
}
