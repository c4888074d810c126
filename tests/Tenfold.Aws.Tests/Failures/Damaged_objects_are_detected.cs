using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Failures;

public sealed class Damaged_objects_are_detected(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose() => _files.Dispose();

    private void Damage(string key)
    {
        using var file = File.Open($"{server.Data}/{_prefix}/{key}._S3rver_object", FileMode.Open);
        file.Position = file.Length / 2;
        var old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    [Fact]
    public async Task A_large_object_is_checked_against_its_part_checksums()
    {
        using var store = server.Store(_prefix);
        await store.PutFileAsync("model", LargeObject.File(_files, "model", 30 << 20).Path, move: false, default);
        Damage("model");
        await using var stream = await store.OpenReadAsync("model", default);
        var e = await Should.ThrowAsync<StoreException>(() => stream!.CopyToAsync(Stream.Null));
        e.IsDamaged.ShouldBeTrue();
        e.Message.ShouldContain("is damaged: its SHA-256 differs from the one that was written");
    }

    [Fact]
    public async Task A_small_object_is_checked_against_its_checksum()
    {
        using var store = server.Store(_prefix);
        await store.WriteAsync("state", "content"u8.ToArray(), default);
        Damage("state");
        (await Should.ThrowAsync<StoreException>(() => store.ReadAsync("state", default))).IsDamaged.ShouldBeTrue();
        await using var stream = await store.OpenReadAsync("state", default);
        var e = await Should.ThrowAsync<StoreException>(() => stream!.CopyToAsync(Stream.Null));
        e.IsDamaged.ShouldBeTrue(e.ToString());
    }

    [Fact]
    public async Task A_log_with_a_missing_segment_is_refused()
    {
        using var store = server.Store(_prefix);
        await using (var log = store.AppendSegments("log"))
        {
            foreach (var text in (string[])["one", "two", "three"])
            {
                await log.AppendAsync(System.Text.Encoding.ASCII.GetBytes(text), default);
                await log.FlushAsync(default);
            }
        }
        File.Delete($"{server.Data}/{_prefix}/log/{6:D18}.seg._S3rver_object");
        var e = await Should.ThrowAsync<StoreException>(() => store.OpenSegmentsAsync("log", 0, default));
        e.IsDamaged.ShouldBeTrue();
        e.Message.ShouldContain("the bytes from 3 to 6");
        await using var end = await store.OpenSegmentsAsync("log", 6, default);
        (await new StreamReader(end).ReadToEndAsync()).ShouldBe("three");
    }
}
