using Amazon.S3;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Origins;

public sealed class Data_in_S3_is_pinned : IClassFixture<S3Server>, IDisposable
{
    private readonly S3Server _server;
    private readonly Bucket _bucket;

    public Data_in_S3_is_pinned(S3Server server) => (_server, _bucket) = (server, new Bucket(server));

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public async Task A_folder_is_pinned_by_etags_without_reading_objects()
    {
        await _bucket.PutAsync("set/b c%.csv", "12");
        await _bucket.PutAsync("set/a/x", "1");
        await _bucket.PutAsync("set/a/", "");
        await _bucket.PutAsync("set/", "");
        await _bucket.PutAsync("set-2/y", "1");
        var before = _server.Requests().Length;
        var manifest = (await _bucket.PinAsync("/set/")).Manifest;
        _server.Requests()[before..].ShouldHaveSingleItem().ShouldContain("list-type=2");
        (manifest.Origin, manifest.IsFolder).ShouldBe(($"{_bucket.Url}/set/", true));
        manifest.Files.Select(file => (file.Path, file.SizeBytes, file.ETag))
            .ShouldBe([("a/x", 1, "c4ca4238a0b923820dcc509a6f75849b"), ("b c%.csv", 2, "c20ad4d76fe97759aa27a0c99bff6710")]);
    }

    [Fact]
    public async Task The_hash_changes_exactly_when_an_object_changes()
    {
        await _bucket.PutAsync("set/a", "one");
        await _bucket.PutAsync("set/b", "two");
        var hash = (await _bucket.PinAsync("/set/")).Manifest.ComputeHash();
        (await _bucket.PinAsync("/set")).Manifest.ComputeHash().ShouldBe(hash);
        await _bucket.PutAsync("copy/a", "one");
        await _bucket.PutAsync("copy/b", "two");
        (await _bucket.PinAsync("/copy/")).Manifest.ComputeHash().ShouldBe(hash);
        await _bucket.PutAsync("set/b", "owt");
        (await _bucket.PinAsync("/set/")).Manifest.ComputeHash().ShouldNotBe(hash);
        await _bucket.PutAsync("set/b", "two");
        (await _bucket.PinAsync("/set/")).Manifest.ComputeHash().ShouldBe(hash);
    }

    [Fact]
    public async Task Pinning_spans_pages()
    {
        await Parallel.ForAsync(
            0, 2005, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await _bucket.PutAsync($"many/{i:D4}", $"{i}"));
        var before = _server.Requests().Length;
        var manifest = (await _bucket.PinAsync("/many")).Manifest;
        manifest.Files.Select(file => file.Path).ShouldBe(Enumerable.Range(0, 2005).Select(i => $"{i:D4}"));
        _server.Requests()[before..].Count(request => request.Contains("list-type=2")).ShouldBe(3);
        using var files = new TemporaryFolder();
        (await _bucket.FetchAsync(manifest, files["copy/many"])).ShouldBeNull();
        Directory.GetFiles(files["copy/many"]).Order().Select(File.ReadAllText).ShouldBe(Enumerable.Range(0, 2005).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Without_a_closing_slash_an_existing_object_is_pinned()
    {
        await _bucket.PutAsync("iris", "object");
        var alone = await _bucket.PinAsync("/iris");
        (alone.Manifest.IsFolder, alone.Manifest.Origin, alone.Note).ShouldBe((false, $"{_bucket.Url}/iris", null));
        await _bucket.PutAsync("iris-2", "beside");
        await _bucket.PutAsync("iris/a", "below");
        var both = await _bucket.PinAsync("/iris");
        both.Manifest.ComputeHash().ShouldBe(alone.Manifest.ComputeHash());
        both.Note.ShouldNotBeNull().ShouldContain($"other objects lie below {_bucket.Url}/iris/. The run uses the object");
        (await _bucket.PinAsync("/iris/")).Manifest.Files.ShouldHaveSingleItem().Path.ShouldBe("a");
    }

    [Fact]
    public async Task Missing_or_unusable_data_is_refused()
    {
        (await _bucket.RefusalAsync("/none"))
            .ShouldBe(
                $"there is no object {_bucket.Url}/none, and nothing below {_bucket.Url}/none/: check its spelling, or put the data there");
        (await _bucket.RefusalAsync("/none/")).ShouldContain($"there is nothing below {_bucket.Url}/none/");
        await _bucket.PutAsync("markers/", "");
        (await _bucket.RefusalAsync("/markers/")).ShouldContain("there is nothing below");
        await _bucket.PutAsync("odd/a", "");
        await _bucket.PutAsync("odd/a/b", "");
        (await _bucket.RefusalAsync("/odd/")).ShouldContain($"{_bucket.Url}/odd/a: it is a file, and a/b makes it a folder");
        (await _bucket.RefusalAsync($"/{new string('k', 1100)}")).ShouldContain("no key in S3 is longer than 1024 bytes");
        using var other = new S3Origin("s3://no-such-bucket/x", new S3Options { Endpoint = _server.Endpoint });
        (await other.PinAsync(default)).ShouldBeOfType<PinOutcome.Refused>().Fault.ShouldContain(
            $"there is no bucket 'no-such-bucket' at {_server.Endpoint}: correct its name");
    }

    [Fact]
    public async Task Denied_access_is_a_refusal_and_an_outage_is_not()
    {
        await _bucket.PutAsync("x", "1");
        var wrong = await OtherProcess.PinAsync(
            $"{_bucket.Url}/x", _server.Endpoint, ("AWS_ACCESS_KEY_ID", "AKIAWRONG"), ("AWS_SECRET_ACCESS_KEY", "hush-hush"));
        wrong.ShouldContain("access denied to s3:GetObject");
        wrong.ShouldNotContain("hush-hush");
        (await OtherProcess.PinAsync(
            $"{_bucket.Url}/x/", _server.Endpoint, ("AWS_ACCESS_KEY_ID", "AKIAWRONG"), ("AWS_SECRET_ACCESS_KEY", "hush-hush")))
                .ShouldContain("doesn't accept the AWS credentials");
        (await OtherProcess.PinAsync($"{_bucket.Url}/x", _server.Endpoint, ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")))
            .ShouldContain("no AWS credentials were found");
        (await OtherProcess.PinAsync($"{_bucket.Url}/x", _server.Endpoint)).Trim().ShouldBe("pinned");
        var endpoint = $"http://127.0.0.1:{FreePort.Find()}";
        using var away = new S3Origin($"{_bucket.Url}/x", new S3Options { Endpoint = endpoint, Patience = TimeSpan.Zero });
        (await Should.ThrowAsync<StoreException>(() => away.PinAsync(default))).Message.ShouldContain($"{endpoint} can't be reached");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("AES256", true)]
    [InlineData("aws:kms", false)]
    [InlineData("aws:kms:dsse", false)]
    public void An_etag_is_an_md5_unless_a_KMS_key_was_used(string? encryption, bool isMd5)
    {
        var method = encryption is null ? null : new ServerSideEncryptionMethod(encryption);
        S3Body.IsMd5("\"c4ca4238a0b923820dcc509a6f75849b\"", method).ShouldBe(isMd5);
        S3Body.IsMd5("\"c4ca4238a0b923820dcc509a6f75849b-3\"", method).ShouldBeFalse();
    }
}
