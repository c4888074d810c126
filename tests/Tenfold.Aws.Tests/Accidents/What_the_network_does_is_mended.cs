using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Accidents;

public sealed class What_the_network_does_is_mended(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly Wire _wire = new(server);
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        _wire.Dispose();
        _files.Dispose();
    }

    private S3Store Store(S3Options? options = null) =>
        server.Store(_prefix, (options ?? new S3Options()) with { Endpoint = _wire.Endpoint });

    [Fact]
    public async Task Who_created_an_object_knows_it_although_the_answer_was_lost()
    {
        using var store = Store();
        (await store.TryCreateAsync("warm", default, default)).ShouldBeTrue();
        _wire.Lose("PUT /", 3);
        (await store.TryCreateAsync("claim", "mine"u8.ToArray(), default)).ShouldBeTrue();
        _wire.ToCome.ShouldBe(0);
        (await store.TryCreateAsync("claim", "mine"u8.ToArray(), default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_segment_whose_answer_was_lost_is_there_once()
    {
        using var store = Store();
        await using var log = store.AppendSegments("log");
        _wire.Lose("PUT /", 2);
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        await log.AppendAsync("two"u8.ToArray(), default);
        await log.FlushAsync(default);
        _wire.ToCome.ShouldBe(0);
        await using var text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two");
    }

    [Theory]
    [InlineData("?uploads")]
    [InlineData("partNumber=2")]
    [InlineData("POST /", 2)]
    [InlineData("uploadId", 4)]
    public async Task A_large_file_arrives_whichever_answer_is_lost(string request, int times = 1)
    {
        using var store = Store();
        (var path, var content) = Blob.File(_files, "model", 20 << 20);
        _wire.Lose(request, times);
        await store.PutFileAsync("model", path, move: false, default);
        _wire.ToCome.ShouldBe(0);
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_damaged_on_the_way_is_sent_again()
    {
        using var store = Store();
        (var path, var content) = Blob.File(_files, "model", 20 << 20);
        _wire.Damage("PUT /", 2);
        await store.PutFileAsync("model", path, move: false, default);
        await store.WriteAsync("small", content.AsMemory(0, 300_000), default);
        _wire.ToCome.ShouldBe(0);
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        (await Blob.IsAsync(store, "small", content[..300_000])).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_always_damaged_on_the_way_is_refused()
    {
        using var store = Store();
        (var path, var content) = Blob.File(_files, "model", 20 << 20);
        _wire.Damage("PUT /", 10_000);
        (await Should.ThrowAsync<StoreException>(() => store.PutFileAsync("model", path, move: false, default))).Message.ShouldContain(
            "received damaged bytes");
        (await Should.ThrowAsync<StoreException>(
            () => store.WriteAsync("small", content.AsMemory(0, 300_000), default))).Message.ShouldContain("received damaged bytes");
        _wire.Damage("", 0);
        (await store.ExistsAsync("model", default)).ShouldBeFalse();
        (await store.ExistsAsync("small", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reader_goes_on_where_the_connection_broke()
    {
        using var store = Store();
        (var path, var content) = Blob.File(_files, "model", 40 << 20);
        await store.PutFileAsync("model", path, move: false, default);
        _wire.Cut("GET /", 7);
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        _wire.ToCome.ShouldBe(0);
    }

    [Fact]
    public async Task An_object_that_is_replaced_while_it_is_read_is_never_mixed()
    {
        using var store = Store(new S3Options { PartBytes = 5 << 20, Ahead = 1 });
        (var path, _) = Blob.File(_files, "model", 30 << 20);
        await store.PutFileAsync("model", path, move: false, default);
        await using var stream = await store.OpenReadAsync("model", default);
        (await stream!.ReadAsync(new byte[100])).ShouldBe(100);
        await store.PutFileAsync("model", Blob.File(_files, "other", 30 << 20, seed: 2).Path, move: false, default);
        (await Should.ThrowAsync<StoreException>(() => stream.CopyToAsync(Stream.Null))).Message.ShouldContain(
            "was replaced while it was read");
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_sent_is_refused_and_leaves_nothing()
    {
        using var store = Store(new S3Options { PartBytes = 5 << 20, Parallel = 1 });
        (var path, _) = Blob.File(_files, "model", 20 << 20);
        _wire.Hold("partNumber=3");
        var put = store.PutFileAsync("model", path, move: false, default);
        await _wire.Held;
        await using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.WriteByte(1);
        _wire.Release();
        (await Should.ThrowAsync<StoreException>(() => put)).Message.ShouldContain("was changed while it was sent");
        (await store.ExistsAsync("model", default)).ShouldBeFalse();
        (await Blob.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_who_send_the_same_key_both_get_through()
    {
        using S3Store one = Store(), other = Store();
        (var path, var content) = Blob.File(_files, "model", 40 << 20);
        (var path2, var content2) = Blob.File(_files, "model2", 40 << 20, seed: 2);
        await Task.WhenAll(one.PutFileAsync("model", path, move: false, default), other.PutFileAsync("model", path2, move: false, default));
        (await Blob.IsAsync(one, "model", content) || await Blob.IsAsync(one, "model", content2)).ShouldBeTrue();
    }
}
