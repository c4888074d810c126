using System.Text.RegularExpressions;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Failures;

public sealed class An_interrupted_upload_resumes(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose() => _files.Dispose();

    /// <summary>Kills an upload while it sends a part.</summary>
    /// <returns>The parts that the server had before the kill. More may have arrived at the same moment.</returns>
    private async Task<IReadOnlySet<int>> KilledAsync(string path, int part)
    {
        using var proxy = new FaultyProxy(server);
        proxy.Hold($"partNumber={part}&");
        using var process = OtherProcess.Put($"s3://{S3Server.Bucket}/{_prefix}", proxy.Endpoint, "model", path);
        await proxy.Held;
        // Parts that were sent before arrive.
        string[] parts = [];
        while (parts.Length < part - 1)
        {
            await Task.Delay(5);
            parts = Directory.GetFiles(server.Data, "*.json", SearchOption.AllDirectories).Where(file => file.Contains("uploads"))
                .ToArray();
        }
        process.Kill();
        await process.WaitForExitAsync();
        return parts.Select(file => int.Parse(Path.GetFileNameWithoutExtension(file))).ToHashSet();
    }

    [Fact]
    public async Task Only_missing_parts_are_sent()
    {
        (var path, var content) = LargeObject.File(_files, "model", 80 << 20);
        var there = await KilledAsync(path, 6);
        using var store = server.Store(_prefix);
        (await store.ExistsAsync("model", default)).ShouldBeFalse();
        var before = server.Requests().Length;
        await store.PutFileAsync("model", path, move: false, default);
        var after = server.Requests()[before..];
        there.Count.ShouldBeGreaterThanOrEqualTo(5);
        var sent =
            after.Select(request => Regex.Match(request, "partNumber=([0-9]+)")).Where(match => match.Success)
                .Select(match => int.Parse(match.Groups[1].Value)).ToList();
        sent.ShouldContain(6);
        sent.Intersect(there).ShouldBeEmpty();
        after.ShouldNotContain(request => request.Contains("?uploads ") && request.StartsWith("POST"));
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        (await LargeObject.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_with_other_content_are_replaced()
    {
        (var path, _) = LargeObject.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        (var other, var content) = LargeObject.File(_files, "other", 60 << 20, seed: 2);
        using var store = server.Store(_prefix);
        await store.PutFileAsync("model", other, move: false, default);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        (await LargeObject.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_with_parts_beyond_the_end_is_aborted()
    {
        (var path, _) = LargeObject.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        (var other, var content) = LargeObject.File(_files, "other", 20 << 20, seed: 2);
        using var store = server.Store(_prefix);
        await store.PutFileAsync("model", other, move: false, default);
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        (await LargeObject.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Abandoned_uploads_are_listed_and_removed()
    {
        (var path, _) = LargeObject.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        using var store = server.Store(_prefix);
        await foreach (var old in store.ListIncompleteAsync(DateTimeOffset.UtcNow.AddDays(-1), default)) old.ShouldBeNull();
        var leftover = (await LargeObject.LeftoversAsync(store)).ShouldHaveSingleItem();
        leftover.Key.ShouldBe("model");
        await store.RemoveIncompleteAsync(leftover, default);
        await store.RemoveIncompleteAsync(leftover, default);
        (await LargeObject.LeftoversAsync(store)).ShouldBeEmpty();
        using var elsewhere = server.Store(_prefix + "x");
        (await LargeObject.LeftoversAsync(elsewhere)).ShouldBeEmpty();
    }
}
