using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Failures;

public sealed class Network_faults_are_retried(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly FaultyProxy _proxy = new(server);
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        _proxy.Dispose();
        _files.Dispose();
    }

    private S3Store Store(S3Options? options = null) =>
        server.Store(_prefix, (options ?? new S3Options()) with { Endpoint = _proxy.Endpoint });

    [Fact]
    public async Task A_creator_recognises_its_object_after_a_lost_answer()
    {
        using var store = Store();
        (await store.TryCreateAsync("warm", default, default)).ShouldBeTrue();
        _proxy.Lose("PUT /", 3);
        (await store.TryCreateAsync("claim", "mine"u8.ToArray(), default)).ShouldBeTrue();
        _proxy.Remaining.ShouldBe(0);
        (await store.TryCreateAsync("claim", "mine"u8.ToArray(), default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_segment_is_stored_once_after_a_lost_answer()
    {
        using var store = Store();
        await using var log = store.AppendSegments("log");
        _proxy.Lose("PUT /", 2);
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        await log.AppendAsync("two"u8.ToArray(), default);
        await log.FlushAsync(default);
        _proxy.Remaining.ShouldBe(0);
        await using var text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two");
    }

    [Theory]
    [InlineData("?uploads")]
    [InlineData("partNumber=2")]
    [InlineData("POST /", 2)]
    [InlineData("uploadId", 4)]
    public async Task A_large_file_arrives_despite_lost_answers(string request, int times = 1)
    {
        using var store = Store();
        (var path, var content) = LargeObject.File(_files, "model", 20 << 20);
        _proxy.Lose(request, times);
        await store.PutFileAsync("model", path, move: false, default);
        _proxy.Remaining.ShouldBe(0);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
    }

    [Fact]
    public async Task Bytes_damaged_in_transit_are_sent_again()
    {
        using var store = Store();
        (var path, var content) = LargeObject.File(_files, "model", 20 << 20);
        _proxy.Damage("PUT /", 2);
        await store.PutFileAsync("model", path, move: false, default);
        await store.WriteAsync("small", content.AsMemory(0, 300_000), default);
        _proxy.Remaining.ShouldBe(0);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        (await LargeObject.IsAsync(store, "small", content[..300_000])).ShouldBeTrue();
    }

    [Fact]
    public async Task Repeated_damage_in_transit_is_reported()
    {
        using var store = Store();
        (var path, var content) = LargeObject.File(_files, "model", 20 << 20);
        _proxy.Damage("PUT /", 10_000);
        (await Should.ThrowAsync<StoreException>(() => store.PutFileAsync("model", path, move: false, default))).Message.ShouldContain(
            "received damaged bytes");
        (await Should.ThrowAsync<StoreException>(
            () => store.WriteAsync("small", content.AsMemory(0, 300_000), default))).Message.ShouldContain("received damaged bytes");
        _proxy.Damage("", 0);
        (await store.ExistsAsync("model", default)).ShouldBeFalse();
        (await store.ExistsAsync("small", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reader_resumes_after_a_broken_connection()
    {
        using var store = Store();
        (var path, var content) = LargeObject.File(_files, "model", 40 << 20);
        await store.PutFileAsync("model", path, move: false, default);
        _proxy.Cut("GET /", 7);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        _proxy.Remaining.ShouldBe(0);
    }

    [Fact]
    public async Task An_object_replaced_during_a_read_is_refused()
    {
        using var store = Store(new S3Options { PartBytes = 5 << 20, Ahead = 1 });
        (var path, _) = LargeObject.File(_files, "model", 30 << 20);
        await store.PutFileAsync("model", path, move: false, default);
        await using var stream = await store.OpenReadAsync("model", default);
        (await stream!.ReadAsync(new byte[100])).ShouldBe(100);
        await store.PutFileAsync("model", LargeObject.File(_files, "other", 30 << 20, seed: 2).Path, move: false, default);
        (await Should.ThrowAsync<StoreException>(() => stream.CopyToAsync(Stream.Null))).Message.ShouldContain(
            "was replaced while it was read");
    }

    [Fact]
    public async Task A_file_that_changes_during_an_upload_is_refused()
    {
        using var store = Store(new S3Options { PartBytes = 5 << 20, Parallel = 1 });
        (var path, _) = LargeObject.File(_files, "model", 20 << 20);
        _proxy.Hold("partNumber=3");
        var put = store.PutFileAsync("model", path, move: false, default);
        await _proxy.Held;
        await using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.WriteByte(1);
        _proxy.Release();
        (await Should.ThrowAsync<StoreException>(() => put)).Message.ShouldContain("was changed while it was sent");
        (await store.ExistsAsync("model", default)).ShouldBeFalse();
        (await LargeObject.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_uploads_to_one_key_both_succeed()
    {
        using S3Store one = Store(), other = Store();
        (var path, var content) = LargeObject.File(_files, "model", 40 << 20);
        (var path2, var content2) = LargeObject.File(_files, "model2", 40 << 20, seed: 2);
        await Task.WhenAll(one.PutFileAsync("model", path, move: false, default), other.PutFileAsync("model", path2, move: false, default));
        (await LargeObject.IsAsync(one, "model", content) || await LargeObject.IsAsync(one, "model", content2)).ShouldBeTrue();
    }
}
