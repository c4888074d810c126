using Tenfold.App.Storage;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;

namespace Tenfold.App.Tests.Storage;

/// <summary>Stores are named by URLs or absolute paths.</summary>
public sealed class A_store_is_opened_by_its_url
{
    [Theory]
    [InlineData("/data/store", "/data/store")]
    [InlineData("file:///data/my%20store", "/data/my store")]
    public void A_folders_url_opens_the_folder(string url, string folder)
    {
        var stores = new StoreOpener(new FolderStore("/home/store"), "laptop", TimeProvider.System);
        stores.Open(url).Value().ShouldBeOfType<FolderStore>().Url.ShouldBe(folder);
        stores.Open(url).Value().ShouldBeSameAs(stores.Open(url).Value());
    }

    [Fact]
    public void A_bucket_has_the_region_of_its_target()
    {
        var stores = new StoreOpener(new FolderStore("/home/store"), "laptop", TimeProvider.System);
        stores.Locate("s3://somewhere/tenfold", "eu-central-1");
        stores.Open("s3://somewhere/tenfold").Value().Url.ShouldBe("s3://somewhere/tenfold");
        // A folder has no region, and a place of another kind says nothing.
        stores.Locate("/data/store", "eu-central-1");
        stores.Open("/data/store").Value().Url.ShouldBe("/data/store");
    }

    [Theory]
    [InlineData("ftp://host/x", "write s3://bucket/prefix")]
    [InlineData("store", "the absolute path of a folder")]
    [InlineData("file://host/x", "three slashes")]
    [InlineData("s3://My_Bucket", "lower-case")]
    [InlineData("S3://bucket", "write s3://bucket/prefix")]
    public void An_invalid_url_is_refused_with_a_hint(string url, string words)
    {
        var stores = new StoreOpener(new FolderStore("/home/store"), "laptop", TimeProvider.System);
        Refusal[] refusals =
        [
            stores.Open(url).Refusal(), stores.OpenForAgent(url).Refusal(), StoreOpener.OpenForAgent(url, TimeProvider.System).Refusal(),
        ];
        foreach (var refusal in refusals)
        {
            refusal.Kind.ShouldBe(RefusalKind.BadInput);
            refusal.Message.ShouldContain(words);
        }
    }

    [Theory]
    [InlineData("/data", "write s3://bucket/prefix/, or a path")]
    [InlineData("ftp://host/x", "write s3://bucket/prefix/, or a path")]
    [InlineData("s3://My_Bucket/x", "lower-case")]
    public void An_invalid_location_of_data_is_refused_with_a_hint(string url, string words)
    {
        var refusal = DataOrigins.Open(url, TimeProvider.System).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.BadInput);
        refusal.Message.ShouldContain(words);
    }
}
