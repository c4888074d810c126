using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Artifacts;

/// <summary>A file to publish.</summary>
/// <param name="Path">As the manifest will name it.</param>
/// <param name="Source">Where it is.</param>
/// <param name="IsMovable">False for what a link stands for, which is also published under its own name.</param>
internal sealed record ListedFile(string Path, string Source, bool IsMovable);

/// <summary>What there is to publish in a folder, with the links that stay inside it resolved.</summary>
internal sealed class ArtifactListing
{
    private readonly ArtifactFolder _folder;
    private readonly string _root;

    private ArtifactListing(ArtifactFolder folder, string root) => (_folder, _root) = (folder, root);

    public List<ListedFile> Files { get; } = [];

    public List<ArtifactLeftOut> LeftOut { get; } = [];

    public static ArtifactListing Of(ArtifactFolder folder, CancellationToken cancellationToken)
    {
        var listing = new ArtifactListing(folder, Posix.RealPath(folder.Path) ?? "");
        if (listing._root.Length > 0) listing.Add(listing._root, "", [], cancellationToken);
        return listing;
    }

    /// <summary>Adds the files of a folder inside the root.</summary>
    /// <param name="real">The folder.</param>
    /// <param name="shown">Its path as the manifest shows it, below the root, with a closing slash; not its own when a link led
    /// there.</param>
    /// <param name="above">The folders that are being listed, for a link must not lead round.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    private void Add(string real, string shown, HashSet<string> above, CancellationToken cancellationToken)
    {
        if (!above.Add(real)) return;
        var walk = new TreeWalk(real) { Index = FileIndex.Empty("", real) };
        walk.Run(cancellationToken);
        foreach (var fault in walk.Faults) Leave(shown + fault.Path, fault.Message);
        foreach (var path in walk.Skipped) Leave(shown + path, "it is a socket, a pipe or a device");
        foreach (var file in walk.Files)
        {
            var path = shown + file.Path;
            if (file.Target is not null) AddLink($"{real}/{file.Path}", path, file.Target, above, cancellationToken);
            else Add(path, $"{real}/{file.Path}", isMovable: above.Count == 1);
        }
        above.Remove(real);
    }

    private void AddLink(string link, string path, string target, HashSet<string> above, CancellationToken cancellationToken)
    {
        var real = Posix.RealPath(link);
        if (real is null)
        {
            Leave(path, $"it is a link to {target}, which isn't there");
        }
        else if (real != _root && !real.StartsWith(_root + "/", StringComparison.Ordinal))
        {
            Leave(path, $"it is a link to {target}, outside {_folder.Name}/");
        }
        else if (Directory.Exists(real))
        {
            var within = Path.GetDirectoryName(link)! + "/";
            var round = above.Contains(real) || within.StartsWith(real + "/", StringComparison.Ordinal);
            if (round) Leave(path, $"it is a link to {target}, a folder that holds it");
            else Add(real, path + "/", above, cancellationToken);
        }
        else
        {
            Add(path, real, isMovable: false);
        }
    }

    private void Add(string path, string source, bool isMovable)
    {
        if (_folder.Wanted?.Invoke(path) == false) return;
        var name = $"{_folder.Name}/{path}";
        if (Store.StoreKey.Fault(name) is { } fault) Leave(path, $"a store can't hold a file of this name: {fault}");
        else if (!File.Exists(source)) Leave(path, "it is neither a file nor a folder");
        else Files.Add(new ListedFile(name, source, isMovable));
    }

    private void Leave(string path, string reason) => LeftOut.Add(new ArtifactLeftOut($"{_folder.Name}/{path}", reason));
}
