using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Ledger;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.App.Storage;

/// <summary>Opens stores by their URLs, each once. Safe for several threads at once.</summary>
/// <param name="home">The store in the home folder, which is meant when nothing else is named.</param>
/// <param name="time">The clock.</param>
public sealed class StoreOpener(FolderStore home, TimeProvider time)
{
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, IStore> _open = new(StringComparer.Ordinal) { [home.Url] = home };

    /// <summary>The store in the home folder.</summary>
    public IStore Home => home;

    /// <summary>True for a store across a network, which may be away for a while and is not asked as often as a disk.</summary>
    public static bool IsFarAway(string? url) => url?.StartsWith("s3:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// The store of a URL: <c>s3://bucket/prefix</c>, <c>file:///folder</c>, or a folder's absolute path. Null: the home's.
    /// </summary>
    /// <exception cref="StoreException">It is none; the message says why and what to write.</exception>
    public IStore At(string? url) => url is null ? home : _open.GetOrAdd(url, _ => Make(url, patience: null, time));

    /// <summary>
    /// True when a group's store can be had on this machine. A folder that another machine recorded must show what was put there first.
    /// </summary>
    public bool IsHere(GroupRecord group) =>
        group.Spec.Store is not { } url || At(url) is not FolderStore folder ||
        (group.Host == Environment.MachineName ? Directory.Exists(folder.Url)
            : File.Exists($"{folder.Url}/{Snapshot.ManifestKey(group.Spec.Snapshot)}"));

    /// <summary>Where a group's files lie, in words, when that is not here.</summary>
    public static string WhereIs(GroupRecord group) => group.Host == Environment.MachineName
        ? $"the files of {group.Id} lie in {group.Spec.Store}, which is not there: bring the folder back, or mount its disk"
        : $"the files of {group.Id} lie in {group.Spec.Store} on {group.Host}, which {Environment.MachineName} does not see";

    /// <summary>The store for an agent: it reports an outage early, because the agent itself waits for longer ones.</summary>
    /// <exception cref="StoreException">It is none; the message says why and what to write.</exception>
    public IStore ForAgent(string? url) => IsFarAway(url) ? _open.GetOrAdd($"agent {url}", _ => ForAgent(url!, time)) : At(url);

    /// <summary>Checks that a store can be reached and written, and that its server has what Tenfold needs.</summary>
    /// <exception cref="StoreException">It can't be used; the message says why and what to do.</exception>
    public async Task CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var store = IsFarAway(url) ? ForAgent(url) : At(url);
        if (store is IStoreRequirements requirements) await requirements.CheckAsync(cancellationToken);
        await store.WriteAsync(".probe", ReadOnlyMemory<byte>.Empty, cancellationToken);
        await store.DeleteAsync(".probe", cancellationToken);
    }

    /// <summary>The store for an agent on a machine without a home of Tenfold.</summary>
    /// <exception cref="StoreException">It is none; the message says why and what to write.</exception>
    public static IStore ForAgent(string url, TimeProvider time) => Make(url, AgentPatience, time);

    private static IStore Make(string url, TimeSpan? patience, TimeProvider time)
    {
        if (url.StartsWith('/')) return new FolderStore(url);
        if (IsFarAway(url)) return InBucket(url, patience, time);
        if (!url.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new StoreException($"'{url}' is no store: write s3://bucket/prefix, or the absolute path of a folder");
        if (Uri.TryCreate(url, UriKind.Absolute, out var file) && file.IsFile && file.Host.Length == 0 && file.LocalPath.StartsWith('/'))
            return new FolderStore(file.LocalPath);
        throw new StoreException($"'{url}' is no folder of this machine: write file:///folder, with three slashes, or its absolute path");
    }

    // Apart, so that programs that use no bucket don't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3Store InBucket(string url, TimeSpan? patience, TimeProvider time) =>
        S3Store.Open(url, patience is { } limit ? new S3Options { Patience = limit } : null, time);
}
