using System.Text.RegularExpressions;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Accidents;

public sealed class An_upload_that_was_killed_goes_on(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose() => _files.Dispose();

    /// <summary>Kills an upload while a part is on its way.</summary>
    /// <returns>The parts that the server had by then. More may have arrived in the same moment.</returns>
    private async Task<IReadOnlySet<int>> KilledAsync(string path, int part)
    {
        using var wire = new Wire(server);
        wire.Hold($"partNumber={part}&");
        using var process = OtherProcess.Put($"s3://{S3Server.Bucket}/{_prefix}", wire.Endpoint, "model", path);
        await wire.Held;
        // The parts before it that are under way arrive.
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
    public async Task Only_the_parts_that_are_missing_are_sent()
    {
        (var path, var content) = Blob.File(_files, "model", 80 << 20);
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
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        (await Blob.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_of_another_content_are_replaced()
    {
        (var path, _) = Blob.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        (var other, var content) = Blob.File(_files, "other", 60 << 20, seed: 2);
        using var store = server.Store(_prefix);
        await store.PutFileAsync("model", other, move: false, default);
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        (await Blob.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_beyond_the_end_of_a_shorter_file_are_given_up()
    {
        (var path, _) = Blob.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        (var other, var content) = Blob.File(_files, "other", 20 << 20, seed: 2);
        using var store = server.Store(_prefix);
        await store.PutFileAsync("model", other, move: false, default);
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        (await Blob.LeftoversAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nobody_takes_up_is_found_and_removed()
    {
        (var path, _) = Blob.File(_files, "model", 80 << 20);
        await KilledAsync(path, 6);
        using var store = server.Store(_prefix);
        await foreach (var old in store.ListIncompleteAsync(DateTimeOffset.UtcNow.AddDays(-1), default)) old.ShouldBeNull();
        var leftover = (await Blob.LeftoversAsync(store)).ShouldHaveSingleItem();
        leftover.Key.ShouldBe("model");
        await store.RemoveIncompleteAsync(leftover, default);
        await store.RemoveIncompleteAsync(leftover, default);
        (await Blob.LeftoversAsync(store)).ShouldBeEmpty();
        using var elsewhere = server.Store(_prefix + "x");
        (await Blob.LeftoversAsync(elsewhere)).ShouldBeEmpty();
    }
}
