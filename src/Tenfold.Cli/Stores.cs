using Tenfold.Core.Store;

namespace Tenfold.Cli;

/// <summary>Opens stores by their URL, each once.</summary>
/// <param name="home">The store in the home folder, which is meant when nothing else is named.</param>
internal sealed class Stores(FolderStore home)
{
    private readonly Dictionary<string, IStore> _open = new() { [home.Url] = home };

    /// <summary>The store in the home folder.</summary>
    public IStore Home => home;

    /// <summary>True for a store across a network, which may be away for a while and is not asked as often as a disk.</summary>
    public static bool IsFarAway(string? url) => url?.Contains("://", StringComparison.Ordinal) == true;

    /// <summary>The store of a URL: a folder's full path, or <c>s3://bucket/prefix</c>. Null: the home's.</summary>
    public IStore At(string? url)
    {
        if (url is null) return home;
        if (!_open.TryGetValue(url, out var store)) _open[url] = store = new FolderStore(url);
        return store;
    }
}
