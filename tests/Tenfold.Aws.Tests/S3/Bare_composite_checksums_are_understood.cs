using Tenfold.Aws.Tests.Failures;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.S3;

/// <summary>Some servers give the SHA-256 of the parts' SHA-256s without the number of parts. It proves as much.</summary>
public sealed class Bare_composite_checksums_are_understood(BareS3Server server) : IClassFixture<BareS3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_file_in_several_parts_is_what_was_sent()
    {
        using var store = server.Store("bare");
        var (path, content) = LargeObject.File(_files, "model", 20 << 20);
        await store.PutFileAsync("model", path, move: false, default);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
    }
}
