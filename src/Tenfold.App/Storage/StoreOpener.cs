using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tenfold.Aws.S3;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.App.Storage;

/// <summary>Opens stores by their URLs, each only once. Thread-safe.</summary>
/// <param name="home">The store in the home folder, which is the default.</param>
/// <param name="machine">This machine's name.</param>
/// <param name="time">The clock.</param>
public sealed partial class StoreOpener(FolderStore home, string machine, TimeProvider time)
{
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, IStore> _open = new(StringComparer.Ordinal) { [home.Url] = home };

    // The regions of buckets that are not in the user's own region.
    private readonly ConcurrentDictionary<string, string> _regions = new(StringComparer.Ordinal);

    /// <summary>The store in the home folder.</summary>
    public IStore Home => home;

    /// <summary>True for a store across a network, which may be unreachable for a while and is polled less often than a disk.</summary>
    public static bool IsRemote(string? url) => url?.StartsWith("s3:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// Notes the region of a bucket, because a target in Amazon's cloud uses a bucket of its own region, whatever the user's region is. It
    /// has no effect on a store that is open, on other stores, or when the region isn't known.
    /// </summary>
    /// <param name="url">The store's URL; null for the home's store.</param>
    /// <param name="region">The region; null when it isn't known.</param>
    public void Locate(string? url, string? region)
    {
        if (IsRemote(url) && region is not null) _regions[url!] = region;
    }

    /// <summary>Notes the region of a group's bucket; see <see cref="Locate(string?, string?)"/>.</summary>
    /// <param name="work">What the group's record says.</param>
    public void Locate(WorkSpec work)
    {
        if (work.Target is { } target && CloudPlace().Match(target.Place) is { Success: true } place)
            Locate(work.Store, place.Groups[1].Value);
    }

    /// <summary>
    /// Opens the store at a URL: <c>s3://bucket/prefix</c>, <c>file:///folder</c>, or a folder's absolute path; null for the home's store.
    /// </summary>
    /// <returns>The store, always the same object for a URL; or BadInput when the URL names no store.</returns>
    /// <exception cref="StoreException">This machine is not set up for S3.</exception>
    public Outcome<IStore> Open(string? url) => url is null ? Outcome.Of<IStore>(home) : Open(url, url, patience: null);

    /// <summary>Opens a store for an agent. It reports an outage early, because the agent itself waits for outages to end.</summary>
    /// <returns>The store; or BadInput when the URL names no store.</returns>
    /// <exception cref="StoreException">This machine is not set up for S3.</exception>
    public Outcome<IStore> OpenForAgent(string? url) => IsRemote(url) ? Open($"agent {url}", url!, AgentPatience) : Open(url);

    /// <summary>Opens a store for an agent on a machine that has no home folder.</summary>
    /// <returns>The store; or BadInput when the URL names no store.</returns>
    /// <exception cref="StoreException">This machine is not set up for S3.</exception>
    public static Outcome<IStore> OpenForAgent(string url, TimeProvider time) => Make(url, AgentPatience, time);

    /// <summary>Opens the store of a group's record.</summary>
    /// <returns>The store; or NotFound when it is a folder that this machine can't use; or BadInput when its URL names no store.</returns>
    /// <exception cref="StoreException">This machine is not set up for S3.</exception>
    public Outcome<IStore> OpenFor(GroupRecord group)
    {
        Locate(group.Spec);
        if (!Open(group.Spec.Store).Succeeded(out var store, out var refusal)) return refusal;
        if (group.Spec.Store is null || store is not FolderStore folder) return Outcome.Of(store);
        // This machine may have another folder under the path that another machine recorded. The group's snapshot tells them apart.
        var isAvailable = group.Host == machine
            ? Directory.Exists(folder.Url)
            : File.Exists($"{folder.Url}/{Snapshot.ManifestKey(group.Spec.Snapshot)}");
        if (isAvailable) return Outcome.Of(store);
        return Refusal.NotFound(group.Host == machine
            ? $"the files of {group.Id} are in {group.Spec.Store}, which does not exist: restore the folder, or mount its disk"
            : $"the files of {group.Id} are in {group.Spec.Store} on {group.Host}, which {machine} can't read");
    }

    /// <summary>Checks that a store can be reached and written, and that its server has the features that Tenfold needs.</summary>
    /// <returns>BadInput when the URL names no store; null when the store can be used.</returns>
    /// <exception cref="StoreException">The store can't be used; the message says why and what to do.</exception>
    public async Task<Refusal?> CheckAsync(string? url, CancellationToken cancellationToken)
    {
        if (!OpenForAgent(url).Succeeded(out var store, out var refusal)) return refusal;
        if (store is IStoreRequirements requirements) await requirements.CheckAsync(cancellationToken);
        await store.WriteAsync(".probe", ReadOnlyMemory<byte>.Empty, cancellationToken);
        await store.DeleteAsync(".probe", cancellationToken);
        return null;
    }

    private Outcome<IStore> Open(string key, string url, TimeSpan? patience)
    {
        if (_open.TryGetValue(key, out var known)) return Outcome.Of(known);
        return Make(url, patience, time, _regions.GetValueOrDefault(url)).Succeeded(out var made, out var refusal)
            ? Outcome.Of(_open.GetOrAdd(key, made)) : refusal;
    }

    private static Outcome<IStore> Make(string url, TimeSpan? patience, TimeProvider time, string? region = null)
    {
        if (url.StartsWith('/')) return Outcome.Of<IStore>(new FolderStore(url));
        if (IsRemote(url)) return InBucket(url, patience, time, region);
        if (!url.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return Refusal.BadInput($"'{url}' is not a store: write s3://bucket/prefix, or the absolute path of a folder");
        if (Uri.TryCreate(url, UriKind.Absolute, out var file) && file.IsFile && file.Host.Length == 0 && file.LocalPath.StartsWith('/'))
            return Outcome.Of<IStore>(new FolderStore(file.LocalPath));
        return Refusal.BadInput(
            $"'{url}' is not a folder on this machine: write file:///folder with three slashes, or its absolute path");
    }

    // A separate method, so that a command that uses no bucket doesn't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Outcome<IStore> InBucket(string url, TimeSpan? patience, TimeProvider time, string? region) =>
        S3Location.Read(url, out var fault) is { } location
            ? Outcome.Of<IStore>(new S3Store(location, Options(patience, region), time))
            : Refusal.BadInput(fault!);

    private static S3Options Options(TimeSpan? patience, string? region) =>
        (patience is { } limit ? new S3Options { Patience = limit } : new S3Options()) with { Region = region };

    // The places of targets in Amazon's cloud begin with the account and the region.
    [GeneratedRegex("^[0-9]{12}/([a-z0-9-]+)/", RegexOptions.CultureInvariant)]
    private static partial Regex CloudPlace();
}
