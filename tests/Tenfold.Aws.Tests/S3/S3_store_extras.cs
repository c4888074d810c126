using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.S3;

public sealed class S3_store_extras(S3Server server, PlainS3Server plain)
    : IClassFixture<S3Server>, IClassFixture<PlainS3Server>
{
    [Fact]
    public async Task A_link_gives_access_to_one_object_without_credentials()
    {
        using var store = server.Store("links");
        await store.WriteAsync("agent/a b+c", "program"u8.ToArray(), default);
        var link = store.LinkTo("agent/a b+c", TimeSpan.FromMinutes(5));
        link.AbsoluteUri.ShouldStartWith($"{server.Endpoint}/{S3Server.Bucket}/links/agent/");
        using var client = new HttpClient();
        (await client.GetByteArrayAsync(link)).ShouldBe("program"u8.ToArray());
    }

    [Fact]
    public async Task Conditional_writes_are_probed_once()
    {
        using S3Store first = server.Store("able"), second = server.Store("able");
        await first.CheckAsync(default);
        var before = server.Requests().Length;
        await second.CheckAsync(default);
        await second.CheckAsync(default);
        (await second.TryCreateAsync("claim", "a"u8.ToArray(), default)).ShouldBeTrue();
        server.Requests().Length.ShouldBe(before + 2);
    }

    [Fact]
    public async Task A_server_without_conditional_writes_is_refused_before_anything_is_created()
    {
        using var store = plain.Store("unable");
        (await Should.ThrowAsync<StoreException>(() => store.CheckAsync(default))).Message.ShouldContain("without conditional writes");
        await Should.ThrowAsync<StoreException>(() => store.TryCreateAsync("claim", "a"u8.ToArray(), default));
        (await store.ExistsAsync("claim", default)).ShouldBeFalse();
    }

    [Fact]
    public void Parts_grow_with_the_file()
    {
        S3Upload.PartBytes(1L << 30, 8 << 20).ShouldBe(8 << 20);
        S3Upload.PartBytes(10_000L * (8 << 20), 8 << 20).ShouldBe(8 << 20);
        S3Upload.PartBytes((10_000L * (8 << 20)) + 1, 8 << 20).ShouldBe(9 << 20);
        S3Upload.PartBytes(5L << 40, 8 << 20).ShouldBeGreaterThan((int)((5L << 40) / 10_000));
    }
}
