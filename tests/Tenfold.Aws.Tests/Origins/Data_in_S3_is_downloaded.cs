using Tenfold.Aws.Tests.Failures;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Data;

namespace Tenfold.Aws.Tests.Origins;

public sealed class Data_in_S3_is_downloaded : IClassFixture<S3Server>, IDisposable
{
    private readonly S3Server _server;
    private readonly Bucket _bucket;
    private readonly TemporaryFolder _files = new();

    public Data_in_S3_is_downloaded(S3Server server) => (_server, _bucket) = (server, new Bucket(server));

    private string Place => _files["copy/set"];

    public void Dispose()
    {
        _bucket.Dispose();
        _files.Dispose();
    }

    private string[] There() =>
        Directory.Exists(Place)
            ? [.. Directory.GetFiles(Place, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Place, path))
                .Order(StringComparer.Ordinal)] : [];

    // The ETag of an object that was sent whole is an MD5; that of an object sent in parts is not.
    private async Task<(DataManifest Manifest, byte[] Whole, byte[] InParts)> LargeAsync()
    {
        var whole = LargeObject.File(_files, "whole", (20 << 20) + 1, 2).Content;
        (var path, var inParts) = LargeObject.File(_files, "parts", 30 << 20, 3);
        await _bucket.PutAsync("set/whole", whole);
        using (var store = _server.Store($"{_bucket.Prefix}/set")) await store.PutFileAsync("in-parts", path, move: false, default);
        return ((await _bucket.PinAsync("/set/")).Manifest, whole, inParts);
    }

    [Fact]
    public async Task Downloaded_files_are_identical_and_read_only()
    {
        await _bucket.PutAsync("set/deep/er/a b%", "small");
        await _bucket.PutAsync("set/empty", "");
        (var manifest, var whole, var inParts) = await LargeAsync();
        (await _bucket.FetchAsync(manifest, Place)).ShouldBeNull();
        There().ShouldBe(["deep/er/a b%", "empty", "in-parts", "whole"]);
        (await File.ReadAllTextAsync($"{Place}/deep/er/a b%")).ShouldBe("small");
        (await File.ReadAllBytesAsync($"{Place}/whole")).AsSpan().SequenceEqual(whole).ShouldBeTrue();
        (await File.ReadAllBytesAsync($"{Place}/in-parts")).AsSpan().SequenceEqual(inParts).ShouldBeTrue();
        foreach (var name in There()) (File.GetUnixFileMode($"{Place}/{name}") & UnixFileMode.UserWrite).ShouldBe(UnixFileMode.None);
        Directory.Exists(_files["copy.part"]).ShouldBeFalse();
    }

    [Fact]
    public async Task An_object_becomes_a_file()
    {
        await _bucket.PutAsync("iris.csv", "1,2");
        (await _bucket.FetchAsync((await _bucket.PinAsync("/iris.csv")).Manifest, _files["copy/iris.csv"])).ShouldBeNull();
        (await File.ReadAllTextAsync(_files["copy/iris.csv"])).ShouldBe("1,2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replaced_or_removed_object_is_reported(bool replaced)
    {
        await _bucket.PutAsync("set/a", "1");
        await _bucket.PutAsync("set/b", "2");
        var manifest = (await _bucket.PinAsync("/set/")).Manifest;
        if (replaced) await _bucket.PutAsync("set/b", "3");
        else await _bucket.RemoveAsync("set/b");
        var fault = (await _bucket.FetchAsync(manifest, Place)).ShouldNotBeNull();
        fault.ShouldContain($"the data changed since the run was planned: {_bucket.Url}/set/b was {(replaced ? "replaced" : "removed")}");
        fault.ShouldContain("tenfold fit");
        There().ShouldNotContain("b");
        await _bucket.PutAsync("set/b", "2");
        (await _bucket.FetchAsync(manifest, Place)).ShouldBeNull();
        (await File.ReadAllTextAsync($"{Place}/b")).ShouldBe("2");
    }

    [Fact]
    public async Task A_large_object_replaced_by_a_smaller_one_is_reported()
    {
        (var manifest, _, _) = await LargeAsync();
        await _bucket.PutAsync("set/whole", "now small");
        (await _bucket.FetchAsync(manifest, Place)).ShouldNotBeNull().ShouldContain("set/whole was replaced");
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("small")]
    public async Task A_damaged_object_is_reported(string name)
    {
        await _bucket.PutAsync("set/small", "some content");
        (var manifest, _, _) = await LargeAsync();
        _bucket.Damage($"set/{name}");
        (await _bucket.FetchAsync(manifest, Place)).ShouldNotBeNull()
            .ShouldContain($"{_bucket.Url}/set/{name} is damaged: its checksum differs from the server's");
        There().ShouldNotContain(name);
        There().Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_broken_connection_costs_only_the_rest_of_a_part()
    {
        (var manifest, var whole, _) = await LargeAsync();
        using var proxy = new FaultyProxy(_server);
        proxy.Cut("set/whole", 2);
        (await _bucket.FetchAsync(manifest, Place, proxy.Endpoint)).ShouldBeNull();
        proxy.Remaining.ShouldBe(0);
        (await File.ReadAllBytesAsync($"{Place}/whole")).AsSpan().SequenceEqual(whole).ShouldBeTrue();
    }

    [Fact]
    public async Task A_killed_download_resumes_with_missing_files()
    {
        string[] small = [.. Enumerable.Range(0, 30).Select(i => $"{i:D2}")];
        foreach (var name in small) await _bucket.PutAsync($"set/{name}", $"content {name}");
        var large = LargeObject.File(_files, "z", 20 << 20, 2).Content;
        await _bucket.PutAsync("set/z", large);
        var manifest = (await _bucket.PinAsync("/set/")).Manifest;
        using (var proxy = new FaultyProxy(_server))
        {
            proxy.Hold("set/z");
            using var process = OtherProcess.Fetch($"{_bucket.Url}/set/", proxy.Endpoint, Place);
            await proxy.Held;
            var until = DateTime.UtcNow.AddMinutes(5);
            while (There().Length < small.Length && DateTime.UtcNow < until) await Task.Delay(5);
            process.Kill();
            await process.WaitForExitAsync();
        }
        There().ShouldBe(small);
        // Include a file with the wrong size.
        File.Delete($"{Place}/07");
        await File.WriteAllTextAsync($"{Place}/07", "half");
        var before = _server.Requests().Length;
        (await _bucket.FetchAsync(manifest, Place)).ShouldBeNull();
        // The request that was held for the killed process is released when it ends.
        _server.Requests()[before..].Where(request => !request.Contains("set/z")).ShouldHaveSingleItem().ShouldContain("set/07");
        foreach (var name in small) (await File.ReadAllTextAsync($"{Place}/{name}")).ShouldBe($"content {name}");
        (await File.ReadAllBytesAsync($"{Place}/z")).AsSpan().SequenceEqual(large).ShouldBeTrue();
        Directory.Exists(_files["copy.part"]).ShouldBeFalse();
    }
}
