using System.Text;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Costs;

public sealed class Listings_cover_only_one_folder : IDisposable
{
    private readonly S3Server _server = new();

    public Listings_cover_only_one_folder()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var folder = $"{_server.Data}/{(i % 2 == 0 ? "a-others" : "store/attempts/others")}/{i / 1000}";
            if (i % 1000 < 2) Directory.CreateDirectory(folder);
            File.WriteAllText($"{folder}/{i}._S3rver_object", "x");
        }
    }

    public void Dispose() => _server.Dispose();

    private async Task<string[]> Requests(Func<Task> action)
    {
        var before = _server.Requests().Length;
        await action();
        return _server.Requests()[before..];
    }

    [Fact]
    public async Task Keys_in_other_folders_cost_no_requests()
    {
        using var store = _server.Store("store");
        for (var i = 0; i < 3; i++) await store.WriteAsync($"attempts/mine/{i}", "x"u8.ToArray(), default);
        var found = 0;
        var listing = await Requests(async () =>
        {
            await foreach (var entry in store.ListAsync("attempts/mine/", default)) found++;
        });
        found.ShouldBe(3);
        listing.ShouldHaveSingleItem().ShouldContain("prefix=store%2Fattempts%2Fmine%2F");
        var removal = await Requests(() => store.DeleteAsync("attempts/mine/", default));
        removal.Length.ShouldBe(2, string.Join('\n', removal));
        (await Requests(() => store.WriteAsync("state", "x"u8.ToArray(), default))).Length.ShouldBe(1);
        (await Requests(() => store.ReadAsync("state", default))).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Following_a_long_log_requests_only_new_segments()
    {
        using var store = _server.Store("store");
        long length = 0;
        await using (var log = store.AppendSegments("attempts/x/log"))
        {
            log.FlushEvery.ShouldBe(TimeSpan.FromSeconds(1));
            for (var i = 0; i < 1200; i++)
            {
                var line = Encoding.ASCII.GetBytes($"line {i}\n");
                length += line.Length;
                await log.AppendAsync(line, default);
                await log.FlushAsync(default);
            }
            // A day of output becomes 8,640 objects and not 86,400.
            log.FlushEvery.ShouldBe(TimeSpan.FromSeconds(10));
        }
        var text = "";
        var requests = await Requests(async () =>
        {
            await using var stream = await store.OpenSegmentsAsync("attempts/x/log", length - 20, default);
            text = await new StreamReader(stream).ReadToEndAsync();
        });
        text.ShouldBe("line 1198\nline 1199\n");
        requests.Length.ShouldBe(3);
        // Without new segments, one request returns no names.
        (await Requests(
            async () => await (await store.OpenSegmentsAsync("attempts/x/log", length, default)).DisposeAsync())).Length.ShouldBe(1);
    }
}
