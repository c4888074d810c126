using System.Text;
using Tenfold.Core.Data;

namespace Tenfold.Core.Tests.Data;

public sealed class Objects_of_an_origin_become_files
{
    private const string Url = "s3://bucket/set/";

    private static OriginListing Of(params string[] paths)
    {
        var listing = new OriginListing(Url);
        foreach (var path in paths) listing.Add(path, 1, "e1").ShouldBeTrue();
        return listing;
    }

    private static string Refused(OriginListing listing) => listing.Finish().Match(_ => "", refused => refused.Fault);

    private static DataManifest Pinned(OriginListing listing) =>
        listing.Finish().Match(pinned => pinned.Manifest, refused => throw new InvalidOperationException(refused.Fault));

    [Theory]
    [InlineData("../a", "leads up")]
    [InlineData("b/../a", "leads up")]
    [InlineData("/a", "absolute")]
    [InlineData("b//a", "an empty segment")]
    [InlineData("./a", "the segment '.'")]
    [InlineData("a/", "an empty segment")]
    public void A_key_that_is_not_a_path_is_refused_with_its_url(string path, string words)
    {
        var fault = Refused(Of("good", path));
        fault.ShouldContain($"{Url}{path}: ");
        fault.ShouldContain(words);
        fault.ShouldContain("Rename or remove them there");
    }

    [Fact]
    public void A_name_that_is_too_long_for_a_disk_is_refused()
    {
        Refused(Of($"a/{new string('x', 256)}")).ShouldContain("longer than 255 bytes");
        Refused(Of($"a/{new string('é', 128)}/b")).ShouldContain("longer than 255 bytes");
        Refused(Of($"a/{new string('x', 255)}")).ShouldBe("");
    }

    [Fact]
    public void A_key_that_is_both_a_file_and_a_folder_is_refused()
    {
        // This key is between the two others in the order of keys.
        var fault = Refused(Of("a", "a-b", "a/b", "a/c"));
        fault.ShouldContain($"{Url}a: it is a file, and a/b makes it a folder");
        fault.ShouldNotContain("a/c");
    }

    [Fact]
    public void Some_of_many_faults_are_named_and_the_rest_are_counted()
    {
        var fault = Refused(Of([.. Enumerable.Range(0, 12).Select(i => $"../{i}")]));
        fault.ShouldContain("and 7 more");
        fault.Split('\n').Length.ShouldBe(8);
    }

    [Fact]
    public void Folder_markers_are_not_files_and_alone_they_are_refused()
    {
        var listing = new OriginListing(Url);
        listing.Add("empty/", 0, "e").ShouldBeTrue();
        listing.IsEmpty.ShouldBeTrue();
        Refused(listing).ShouldContain($"there is nothing below {Url}");
        listing.Add("empty/a", 0, "e").ShouldBeTrue();
        Pinned(listing).Files.Select(file => file.Path).ShouldBe(["empty/a"]);
    }

    [Fact]
    public void The_hash_follows_from_path_size_etag_and_version_and_not_from_the_order_or_place()
    {
        var hash = Pinned(Of("b", "a/x")).ComputeHash();
        hash.ShouldBe(Pinned(Of("a/x", "b")).ComputeHash());
        var manifest = Pinned(Of("a/x", "b"));
        (manifest with { Origin = "s3://other/place/" }).ComputeHash().ShouldBe(hash);
        var (first, second) = (manifest.Files[0], manifest.Files[1]);
        string[] others =
        [
            .. new[] { first with { Path = "a/y" }, first with { SizeBytes = 2 }, first with { ETag = "e2" }, first with { Version = "v" } }
                .Select(other => (manifest with { Files = [other, second] }).ComputeHash()),
            (manifest with { Files = [first] }).ComputeHash(),
            DataManifest.AtOrigin("s3://bucket/set", [first]).ComputeHash(),
        ];
        others.Append(hash).Distinct().Count().ShouldBe(7);
    }

    [Fact]
    public void The_hash_equals_that_of_earlier_versions() =>
        Pinned(Of("a/x", "b")).ComputeHash().ShouldBe("71271274ec427744ad51531d06d441f58eecaceb57240ea58d3ae19bb814c877");

    [Fact]
    public void A_manifest_is_read_back_and_one_of_the_first_layout_still()
    {
        var manifest = Pinned(Of("a/x", "b"));
        var back = DataManifest.FromJson(manifest.ToJson()).ShouldNotBeNull();
        (back.Schema, back.Origin, back.ComputeHash()).ShouldBe((DataManifest.OriginSchema, Url, manifest.ComputeHash()));
        Encoding.UTF8.GetString(manifest.ToJson()).ShouldNotContain("sha256");
        var sha256 = new string('a', 64);
        var json = $$"""{"schema":1,"isFolder":false,"files":[{"path":"data","sizeBytes":3,"sha256":"{{sha256}}"}]}""";
        var old = DataManifest.FromJson(Encoding.UTF8.GetBytes(json)).ShouldNotBeNull();
        (old.Origin, old.ComputeHash()).ShouldBe((null, sha256));
    }

    [Theory]
    [InlineData("""{"schema":2,"isFolder":true,"files":[{"path":"a","sizeBytes":3,"eTag":"e"}]}""")]
    [InlineData("""{"schema":2,"origin":"s3://b/x/","isFolder":true,"files":[{"path":"a","sizeBytes":3}]}""")]
    [InlineData("""{"schema":2,"origin":"s3://b/x/","isFolder":true,"files":[{"path":"../a","sizeBytes":3,"eTag":"e"}]}""")]
    [InlineData(
        """{"schema":2,"origin":"s3://b/x","isFolder":false,"files":[""" +
        """{"path":"a","sizeBytes":3,"eTag":"e"},{"path":"b","sizeBytes":3,"eTag":"e"}]}""")]
    [InlineData("""{"schema":1,"origin":"s3://b/x/","isFolder":true,"files":[{"path":"a","sizeBytes":3,"eTag":"e"}]}""")]
    [InlineData("""{"schema":1,"isFolder":true,"files":[{"path":"a","sizeBytes":3}]}""")]
    [InlineData("""{"schema":3,"isFolder":true,"files":[{"path":"a","sizeBytes":3,"eTag":"e"}]}""")]
    [InlineData("""{"schema":2,"origin":"s3://b/x/","isFolder":true,"files":[]}""")]
    public void An_invalid_manifest_is_not_read(string json) => DataManifest.FromJson(Encoding.UTF8.GetBytes(json)).ShouldBeNull();
}
