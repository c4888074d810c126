using System.Security.Cryptography;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Preparation;

/// <summary>An origin in memory: path to content, told by its SHA-256.</summary>
internal sealed class Bucket : IDataOrigin
{
    public const string Url = "mem://bucket/set/";
    private int _reads;

    public Dictionary<string, string> Files { get; } = [];

    /// <summary>How often it was read.</summary>
    public int Reads => _reads;

    /// <summary>So many more files can be read; then it can't be reached.</summary>
    public int Reachable { get; set; } = int.MaxValue;

    public Task<PinOutcome> PinAsync(CancellationToken cancellationToken)
    {
        var listing = new OriginListing(Url);
        foreach (var (path, content) in Files) listing.Add(path, content.Length, ETag(content));
        return Task.FromResult(listing.Finish());
    }

    public Task<OriginRead> ReadAsync(DataFile file, long from, Memory<byte> into, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (--Reachable < 0) throw new StoreException("mem://bucket can't be reached");
        if (ETag(Files[file.Path]) != file.ETag)
            return Task.FromResult(new OriginRead($"the data changed since the run was planned: {UrlOf(file)} was replaced"));
        System.Text.Encoding.ASCII.GetBytes(Files[file.Path].AsSpan((int)from, into.Length), into.Span);
        return Task.FromResult(new OriginRead(null));
    }

    public string UrlOf(DataFile file) => Url + file.Path;

    /// <summary>Pins it as a planner does.</summary>
    public async Task<DataSpec> PinAsync(IStore store)
    {
        var manifest = ((PinOutcome.Pinned)await PinAsync(CancellationToken.None)).Manifest;
        await store.WriteAsync(DataManifest.ManifestKey(manifest.ComputeHash()), manifest.ToJson(), CancellationToken.None);
        return new DataSpec(Url, manifest.ComputeHash(), manifest.Files.Sum(file => file.SizeBytes), Files: manifest.Files.Count);
    }

    private static string ETag(string content) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(content)));
}
