using System.Diagnostics;
using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Conformance;

/// <summary>The test suite of all stores. A new kind of store derives a class that opens it.</summary>
public abstract class StoreConformance : IDisposable
{
    private protected readonly TemporaryFolder Files = new();
    private IStore? _store;

    /// <summary>Opens an empty store for the test.</summary>
    private protected IStore Store => _store ??= Open();

    /// <summary>How another process opens the store: URL and endpoint.</summary>
    protected abstract (string Url, string? Endpoint) Address { get; }

    private static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        (_store as IDisposable)?.Dispose();
        Files.Dispose();
    }

    private IStore Open() => OtherProcess.Open(Address.Url, Address.Endpoint);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private async Task<List<string>> Keys(string folder)
    {
        var keys = new List<string>();
        await foreach (var entry in Store.ListAsync(folder, None)) keys.Add(entry.Key);
        return keys;
    }

    private async Task<string> Text(string folder, long offset = 0)
    {
        await using var stream = await Store.OpenSegmentsAsync(folder, offset, None);
        return await new StreamReader(stream).ReadToEndAsync();
    }

    [Fact]
    public async Task A_written_object_can_be_read_and_replaced()
    {
        (await Store.ReadAsync("a/b.json", None)).ShouldBeNull();
        (await Store.ExistsAsync("a/b.json", None)).ShouldBeFalse();
        (await Store.OpenReadAsync("a/b.json", None)).ShouldBeNull();
        await Store.WriteAsync("a/b.json", Bytes("one"), None);
        await Store.WriteAsync("a/b.json", Bytes("two!"), None);
        (await Store.ReadAsync("a/b.json", None)).ShouldBe(Bytes("two!"));
        (await Store.ExistsAsync("a/b.json", None)).ShouldBeTrue();
        await using var stream = await Store.OpenReadAsync("a/b.json", None);
        (await new StreamReader(stream!).ReadToEndAsync()).ShouldBe("two!");
        (await Store.ReadAsync("a", None)).ShouldBeNull();
        (await Store.ExistsAsync("a", None)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("plus+and space")]
    [InlineData("100%/50%25/%2F")]
    [InlineData("Grüße/日本語/😀")]
    [InlineData("a=b&c?d#e/'\"<>;:@,$!*()[]{}|^~`\\")]
    [InlineData(".hidden/..twice/a..b")]
    [InlineData("attempts/x/a.tmp/.tmpfile")]
    public async Task A_key_can_contain_any_character(string key)
    {
        await Store.WriteAsync(key, Bytes("one"), None);
        (await Store.TryCreateAsync(key, Bytes("two"), None)).ShouldBeFalse();
        (await Store.ReadAsync(key, None)).ShouldBe(Bytes("one"));
        (await Keys("")).ShouldBe([key]);
        await Store.PutFileAsync(key, Files.Write("file", "three"), move: false, None);
        await using (var stream = await Store.OpenReadAsync(key, None))
            (await new StreamReader(stream!).ReadToEndAsync()).ShouldBe("three");
        await Store.WriteAsync($"folder/{key}", Bytes("four"), None);
        await Store.DeleteAsync("folder", None);
        (await Keys("")).ShouldBe([key]);
    }

    [Fact]
    public async Task A_key_can_be_long()
    {
        var key = string.Join('/', Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 200)));
        await Store.WriteAsync(key, Bytes("far down"), None);
        (await Keys("")).ShouldBe([key]);
        (await Store.ReadAsync(key, None)).ShouldBe(Bytes("far down"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/b/")]
    [InlineData("a\0b")]
    [InlineData(".tmp/x")]
    public async Task Unsafe_keys_are_rejected(string key)
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.WriteAsync(key, Bytes("x"), None));
        await Should.ThrowAsync<ArgumentException>(() => Store.TryCreateAsync(key, Bytes("x"), None));
        await Should.ThrowAsync<ArgumentException>(() => Store.ReadAsync(key, None));
    }

    [Fact]
    public async Task Keys_are_listed_in_their_order_with_size_and_time()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        foreach (var key in new[] { "a/b/2", "a/b.txt", "a/b/1", "a/a", "c/x", "a/é", "ab/1" })
            await Store.WriteAsync(key, Bytes(key), None);
        (await Keys("a/")).ShouldBe(["a/a", "a/b.txt", "a/b/1", "a/b/2", "a/é"]);
        (await Keys("a/b")).ShouldBe(["a/b/1", "a/b/2"]);
        (await Keys("")).ShouldBe(["a/a", "a/b.txt", "a/b/1", "a/b/2", "a/é", "ab/1", "c/x"]);
        (await Keys("none/")).ShouldBeEmpty();
        await foreach (var entry in Store.ListAsync("c", None))
        {
            entry.SizeBytes.ShouldBe(3);
            entry.ModifiedAt.ShouldBeInRange(before, DateTimeOffset.UtcNow.AddMinutes(1));
        }
    }

    [Fact]
    public async Task Listing_and_deleting_span_pages()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1105), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
            await Store.WriteAsync($"many/{i % 7}/{i:D5}", Bytes("x"), token));
        await Store.WriteAsync("manyother", Bytes("stays"), None);
        var keys = await Keys("many");
        keys.Count.ShouldBe(1105);
        keys.ShouldBe(keys.Order(StringComparer.Ordinal).Distinct());
        await Store.DeleteAsync("many/", None);
        await Store.DeleteAsync("many/", None);
        (await Keys("")).ShouldBe(["manyother"]);
        await Should.ThrowAsync<ArgumentException>(() => Store.DeleteAsync("", None));
    }

    [Fact]
    public async Task An_object_can_be_empty()
    {
        await Store.WriteAsync("empty", Bytes(""), None);
        (await Store.ReadAsync("empty", None)).ShouldBe([]);
        await Store.PutFileAsync("empty-file", Files.Write("none", ""), move: false, None);
        await using var stream = await Store.OpenReadAsync("empty-file", None);
        (await stream!.ReadAsync(new byte[10])).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(16 << 20, false)]
    [InlineData((16 << 20) + 1, false)]
    [InlineData((40 << 20) + 12345, true)]
    public async Task A_file_survives_a_round_trip(int length, bool move)
    {
        var content = Noise(length);
        var file = Files["weights.bin"];
        File.WriteAllBytes(file, content);
        await Store.WriteAsync("model/weights.bin", Bytes("old"), None);
        await Store.PutFileAsync("model/weights.bin", file, move, None);
        File.Exists(file).ShouldBe(!move);
        await using var stream = await Store.OpenReadAsync("model/weights.bin", None);
        var back = new MemoryStream();
        await stream!.CopyToAsync(back);
        back.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        await using var again = await Store.OpenReadAsync("model/weights.bin", None);
        var piecemeal = new byte[length];
        for (var got = 0; got < length;) got += await again!.ReadAsync(piecemeal.AsMemory(got, Math.Min(100_001, length - got)));
        (await again!.ReadAsync(new byte[1])).ShouldBe(0);
        piecemeal.AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_file_is_reported()
    {
        var e = await Should.ThrowAsync<StoreException>(() => Store.PutFileAsync("x", Files["missing"], move: false, None));
        e.Message.ShouldContain("missing");
        (await Store.ExistsAsync("x", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_second_creation_fails_and_changes_nothing()
    {
        (await Store.TryCreateAsync("attempts/x/claim", Bytes("first"), None)).ShouldBeTrue();
        (await Store.TryCreateAsync("attempts/x/claim", Bytes("second"), None)).ShouldBeFalse();
        (await Store.TryCreateAsync("attempts/x/claim", Bytes("first"), None)).ShouldBeFalse();
        (await Store.ReadAsync("attempts/x/claim", None)).ShouldBe(Bytes("first"));
        (await Keys("")).ShouldBe(["attempts/x/claim"]);
    }

    [Fact]
    public async Task One_of_many_concurrent_creations_succeeds()
    {
        for (var round = 0; round < 10; round++)
        {
            var made =
                await Task.WhenAll(
                    Enumerable.Range(0, 6).Select(i => Task.Run(() => Store.TryCreateAsync($"claims/{round}", Bytes($"{i}"), None))));
            made.Count(one => one).ShouldBe(1);
            (await Store.ReadAsync($"claims/{round}", None)).ShouldBe(Bytes($"{Array.IndexOf(made, true)}"));
        }
    }

    [Fact]
    public async Task One_of_many_creating_processes_succeeds()
    {
        Process[] processes = [.. Enumerable.Range(0, 3).Select(_ => OtherProcess.Create(Address.Url, Address.Endpoint, Files["go"]))];
        Files.Write("go", "");
        var makers = new Dictionary<string, int>();
        foreach (var process in processes)
        {
            var keys = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            foreach (var key in keys) makers.TryAdd(key, process.Id).ShouldBeTrue($"{key} was made twice");
        }
        makers.Count.ShouldBe(OtherProcess.Keys);
        foreach ((var key, var maker) in makers) (await Store.ReadAsync($"claims/{key}/claim", None))
            .ShouldBe(BitConverter.GetBytes(maker));
    }

    [Fact]
    public async Task A_growing_log_can_be_read_from_any_offset()
    {
        (await Text("log")).ShouldBe("");
        var all = "";
        await using (var writer = Store.AppendSegments("log/"))
        {
            await writer.FlushAsync(None);
            for (var i = 0; i < 30; i++)
            {
                var line = $"line {i} of the log\n";
                await writer.AppendAsync(Bytes(line), None);
                if (i % 3 == 0) await writer.FlushAsync(None);
                await writer.FlushAsync(None);
                (await Text("log", all.Length)).ShouldBe(line);
                all += line;
            }
            await writer.AppendAsync(Bytes("the end"), None);
        }
        all += "the end";
        for (var offset = 0; offset <= all.Length; offset += 37) (await Text("log", offset)).ShouldBe(all[offset..]);
        (await Text("log", all.Length)).ShouldBe("");
        (await Text("log", all.Length + 100)).ShouldBe("");
    }

    [Fact]
    public async Task A_log_of_many_megabytes_is_split_and_read_as_one()
    {
        var content = Noise(35 << 20);
        await using (var writer = Store.AppendSegments("big"))
        {
            for (var at = 0; at < content.Length; at += 7 << 20)
                await writer.AppendAsync(content.AsMemory(at, Math.Min(7 << 20, content.Length - at)), None);
        }
        foreach (var offset in new[] { 0, (16 << 20) - 1, 16 << 20, (33 << 20) + 5 })
        {
            await using var stream = await Store.OpenSegmentsAsync("big", offset, None);
            var back = new MemoryStream();
            await stream.CopyToAsync(back);
            back.GetBuffer().AsSpan(0, (int)back.Length).SequenceEqual(content.AsSpan(offset)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_log_continues_after_its_writer_is_killed()
    {
        var flushed = -1;
        for (var round = 0; round < 2; round++)
        {
            using var process = OtherProcess.Append(Address.Url, Address.Endpoint, "log");
            for (var line = 0; line < 20; line++) flushed = int.Parse((await process.StandardOutput.ReadLineAsync())!);
            process.Kill();
            await process.WaitForExitAsync();
        }
        await using (var writer = Store.AppendSegments("log")) await writer.AppendAsync(Bytes("after\n"), None);
        var lines = (await Text("log")).Split('\n');
        lines[^2..].ShouldBe(["after", ""]);
        var second = Array.LastIndexOf(lines, "line 0");
        lines[..second].ShouldBe(Enumerable.Range(0, second).Select(i => $"line {i}"));
        lines[second..^2].ShouldBe(Enumerable.Range(0, lines.Length - second - 2).Select(i => $"line {i}"));
        second.ShouldBeGreaterThan(flushed);
        (lines.Length - second - 2).ShouldBeGreaterThan(flushed);
    }
}
