using Tenfold.Core.Artifacts;
using Tenfold.Core.Store;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Artifacts;

public sealed class Nothing_is_fetched_through_another_users_link : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_made_or_written_through_another_users_link()
    {
        var store = new FolderStore(_folder["store"]);
        _folder.Write("work/model/w", "weights");
        await new ArtifactPublisher(store).PublishAsync(
            "k7m2-1-1", [new ArtifactFolder("model", _folder["work/model"])], CancellationToken.None);
        Directory.CreateDirectory(_folder["out"]);
        Directory.CreateDirectory(_folder["mine"]);
        AsNobody.Link(_folder["out/model"], _folder["mine"]);
        var request = new FetchRequest { AttemptId = "k7m2-1-1", Destination = _folder["out"] };
        var e = await Should.ThrowAsync<StoreException>(() => new ArtifactFetcher(store).FetchAsync(request, null, CancellationToken.None));
        e.Message.ShouldContain("belongs to another user");
        Directory.GetFileSystemEntries(_folder["mine"]).ShouldBeEmpty();
    }
}
