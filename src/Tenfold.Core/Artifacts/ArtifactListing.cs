using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Artifacts;

/// <summary>A file to publish.</summary>
/// <param name="Path">Its path in the manifest.</param>
/// <param name="Source">Its path on this machine.</param>
/// <param name="IsMovable">False for the target of a link, since it is published under its own name too.</param>
internal sealed record ListedFile(string Path, string Source, bool IsMovable);

/// <summary>Lists the files to publish in a folder, and resolves links whose targets are in the folder.</summary>
internal sealed class ArtifactListing
{
    private readonly ArtifactFolder _folder;
    private readonly string _root;
    private int _links;

    private ArtifactListing(ArtifactFolder folder, string root) => (_folder, _root) = (folder, root);

    public List<ListedFile> Files { get; } = [];

    public List<SkippedArtifact> Skipped { get; } = [];

    public static ArtifactListing Of(ArtifactFolder folder, CancellationToken cancellationToken)
    {
        var listing = new ArtifactListing(folder, Posix.RealPath(folder.Path) ?? "");
        if (listing._root.Length > 0) listing.Add(listing._root, "", [], cancellationToken);
        return listing;
    }

    /// <summary>Adds the files of a folder inside the root.</summary>
    /// <param name="real">The folder's real path.</param>
    /// <param name="shown">Its path in the manifest, relative to the root, with a closing slash. It differs from the real path below a
    /// link.</param>
    /// <param name="above">The folders that are being listed. They show when a link makes a cycle.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    private void Add(string real, string shown, HashSet<string> above, CancellationToken cancellationToken)
    {
        if (!above.Add(real)) return;
        var walk = new TreeWalk(real) { Index = FileIndex.Empty("", real) };
        walk.Run(cancellationToken);
        _links = above.Count - 1;
        foreach (var fault in walk.Faults) Skip(shown + fault.Path, fault.Message);
        foreach (var path in walk.Skipped) Skip(shown + path, "it is a socket, a pipe or a device");
        var environments = walk.Files.Where(file => Path.GetFileName(file.Path) == "pyvenv.cfg")
            .Select(file => Path.GetDirectoryName($"{real}/{file.Path}")!).ToHashSet();
        foreach (var file in walk.Files)
        {
            var path = shown + file.Path;
            var link = $"{real}/{file.Path}";
            // A virtual environment's lib64 is a link to its lib, which may hold gigabytes.
            if (file.Target is not null && environments.Contains(Path.GetDirectoryName(link)!) && Directory.Exists(link))
                Skip(path, $"it is a link to {file.Target} within a virtual environment");
            else if (file.Target is not null) AddLink(link, path, file.Target, above, cancellationToken);
            else Add(path, $"{real}/{file.Path}", isMovable: above.Count == 1);
        }
        above.Remove(real);
        _links = above.Count - 1;
    }

    private void AddLink(string link, string path, string target, HashSet<string> above, CancellationToken cancellationToken)
    {
        // A link that is left out adds nothing of its target.
        if (!IsWanted(path)) return;
        var real = Posix.RealPath(link);
        if (real is null)
        {
            Skip(path, $"it is a link to {target}, which doesn't exist");
        }
        else if (real != _root && !real.StartsWith(_root + "/", StringComparison.Ordinal))
        {
            Skip(path, $"it is a link to {target}, outside {_folder.Name}/");
        }
        else if (Directory.Exists(real))
        {
            var within = Path.GetDirectoryName(link)! + "/";
            var isCycle = above.Contains(real) || within.StartsWith(real + "/", StringComparison.Ordinal);
            if (isCycle) Skip(path, $"it is a link to {target}, a folder that contains it");
            else Add(real, path + "/", above, cancellationToken);
        }
        else
        {
            Add(path, real, isMovable: false);
        }
    }

    private void Add(string path, string source, bool isMovable)
    {
        if (!IsWanted(path)) return;
        var name = $"{_folder.Name}/{path}";
        if (StoreKey.Fault(name) is { } fault) Skip(path, $"a store can't hold a file of this name: {fault}");
        else if (!File.Exists(source)) Skip(path, "it is neither a file nor a folder");
        else Files.Add(new ListedFile(name, source, isMovable));
    }

    private void Skip(string path, string reason)
    {
        // What can't be published below a link is named once, at its own path.
        if (_links == 0 && IsWanted(path)) Skipped.Add(new SkippedArtifact($"{_folder.Name}/{path}", reason));
    }

    private bool IsWanted(string path) => _folder.Filter?.Invoke(path) != false;
}
