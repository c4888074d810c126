using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Ledger;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.App.Storage;

/// <summary>Opens stores by their URLs, each only once. Thread-safe.</summary>
/// <param name="home">The store in the home folder, which is the default.</param>
/// <param name="machine">This machine's name.</param>
/// <param name="time">The clock.</param>
public sealed class StoreOpener(FolderStore home, string machine, TimeProvider time)
{
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, IStore> _open = new(StringComparer.Ordinal) { [home.Url] = home };

    /// <summary>The store in the home folder.</summary>
    public IStore Home => home;

    /// <summary>True for a store across a network, which may be unreachable for a while and is polled less often than a disk.</summary>
    public static bool IsRemote(string? url) => url?.StartsWith("s3:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// The store at a URL: <c>s3://bucket/prefix</c>, <c>file:///folder</c>, or a folder's absolute path; null for the home's store.
    /// </summary>
    /// <exception cref="StoreException">The URL names no store; the message says what to write.</exception>
    public IStore At(string? url) => url is null ? home : _open.GetOrAdd(url, _ => Make(url, patience: null, time));

    /// <summary>True when this machine can use a group's store.</summary>
    public bool IsAvailable(GroupRecord group)
    {
        if (group.Spec.Store is not { } url || At(url) is not FolderStore folder) return true;
        // This machine may have another folder under the path that another machine recorded. The group's snapshot tells them apart.
        return group.Host == machine
            ? Directory.Exists(folder.Url)
            : File.Exists($"{folder.Url}/{Snapshot.ManifestKey(group.Spec.Snapshot)}");
    }

    /// <summary>Says where the files of a group are whose store this machine can't use.</summary>
    public string WhyUnavailable(GroupRecord group) => group.Host == machine
        ? $"the files of {group.Id} are in {group.Spec.Store}, which does not exist: restore the folder, or mount its disk"
        : $"the files of {group.Id} are in {group.Spec.Store} on {group.Host}, which {machine} can't read";

    /// <summary>Opens a store for an agent. It reports an outage early, because the agent itself waits for outages to end.</summary>
    /// <exception cref="StoreException">The URL names no store; the message says what to write.</exception>
    public IStore ForAgent(string? url) => IsRemote(url) ? _open.GetOrAdd($"agent {url}", _ => ForAgent(url!, time)) : At(url);

    /// <summary>Checks that a store can be reached and written, and that its server has the features that Tenfold needs.</summary>
    /// <exception cref="StoreException">The store can't be used; the message says why and what to do.</exception>
    public async Task CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var store = IsRemote(url) ? ForAgent(url) : At(url);
        if (store is IStoreRequirements requirements) await requirements.CheckAsync(cancellationToken);
        await store.WriteAsync(".probe", ReadOnlyMemory<byte>.Empty, cancellationToken);
        await store.DeleteAsync(".probe", cancellationToken);
    }

    /// <summary>Opens a store for an agent on a machine that has no home folder.</summary>
    /// <exception cref="StoreException">The URL names no store; the message says what to write.</exception>
    public static IStore ForAgent(string url, TimeProvider time) => Make(url, AgentPatience, time);

    private static IStore Make(string url, TimeSpan? patience, TimeProvider time)
    {
        if (url.StartsWith('/')) return new FolderStore(url);
        if (IsRemote(url)) return InBucket(url, patience, time);
        if (!url.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new StoreException($"'{url}' is not a store: write s3://bucket/prefix, or the absolute path of a folder");
        if (Uri.TryCreate(url, UriKind.Absolute, out var file) && file.IsFile && file.Host.Length == 0 && file.LocalPath.StartsWith('/'))
            return new FolderStore(file.LocalPath);
        throw new StoreException($"'{url}' is not a folder on this machine: write file:///folder with three slashes, or its absolute path");
    }

    // A separate method, so that a command that uses no bucket doesn't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3Store InBucket(string url, TimeSpan? patience, TimeProvider time) =>
        S3Store.Open(url, patience is { } limit ? new S3Options { Patience = limit } : null, time);
}
