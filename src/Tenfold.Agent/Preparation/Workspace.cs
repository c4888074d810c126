using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>The folders of one attempt on this machine. All but the checkpoints go when the attempt has ended.</summary>
public sealed class Workspace
{
    private Dictionary<string, (long, DateTime)>? _before;

    /// <summary>Names the folders; makes none.</summary>
    /// <param name="settings">The agent's own folder on this machine.</param>
    /// <param name="assignment">The attempt.</param>
    public Workspace(AgentSettings settings, Assignment assignment)
    {
        Root = Path.Combine(WorkFolder(settings), assignment.Attempt);
        // On a machine of a backend's, checkpoints go through the store: the next attempt may be anywhere.
        Checkpoints = settings.Node is null ? Path.Combine(settings.Home, "checkpoints", assignment.Run) : Path.Combine(Root, "checkpoints");
    }

    /// <summary>What the attempts' folders lie in: on machines that may share a home, one for each of them.</summary>
    public static string WorkFolder(AgentSettings settings) =>
        settings.Node is null ? Path.Combine(settings.Home, "work") : Path.Combine(settings.Home, "work", Environment.MachineName);

    /// <summary>Takes up the folders that an earlier agent left, to see what is in them. It has no checkpoints: they lie elsewhere.</summary>
    public Workspace(DirectoryInfo left) => (Root, Checkpoints) = (left.FullName, "");

    /// <summary>What the others lie in.</summary>
    public string Root { get; }

    /// <summary>The snapshot's files, and the command's working folder.</summary>
    public string Code => Path.Combine(Root, "code");

    /// <summary><c>$TENFOLD_MODEL_DIR</c>.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary><c>$TENFOLD_OUTPUT_DIR</c>.</summary>
    public string Output => Path.Combine(Root, "output");

    /// <summary><c>$TENFOLD_CHECKPOINT_DIR</c>: one for all attempts of the run.</summary>
    public string Checkpoints { get; }

    /// <summary><c>$TENFOLD_PARAMS</c>.</summary>
    public string Parameters => Path.Combine(Root, "params.json");

    /// <summary>Makes the folders, empty but for the checkpoints, and writes the parameters' file.</summary>
    public void Create(Assignment assignment)
    {
        Delete();
        foreach (var folder in new[] { Root, Model, Output, Checkpoints }) Directory.CreateDirectory(folder);
        File.WriteAllText(Parameters, assignment.Spec.Parameters.GetRawText() + "\n");
        if (assignment.Spec.Store is { } store) File.WriteAllText(StoreFile, store);
    }

    /// <summary>The URL of the store in which the attempt's things belong, see <see cref="Core.Runs.WorkSpec.Store"/>.</summary>
    public string? ReadStore() => File.Exists(StoreFile) ? File.ReadAllText(StoreFile) : null;

    private string StoreFile => Path.Combine(Root, "store");

    /// <summary>Remembers what lies in the working folder before the command starts.</summary>
    public void Mark() => _before = Files().ToDictionary(file => file.Path, file => file.Stamp);

    /// <summary>The files that the command made or changed in its working folder, relative to it.</summary>
    public IReadOnlyList<string> Changed() =>
        _before is null ? [] : [.. Files().Where(file => _before.GetValueOrDefault(file.Path) != file.Stamp).Select(file => file.Path)];

    private IEnumerable<(string Path, (long, DateTime) Stamp)> Files()
    {
        if (!Directory.Exists(Code)) yield break;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in new DirectoryInfo(Code).EnumerateFiles("*", options))
            if (file.Exists) yield return (Path.GetRelativePath(Code, file.FullName), (file.Length, file.LastWriteTimeUtc));
    }

    /// <summary>Marks the folders as holding what could not be kept: nobody removes them but a person.</summary>
    public void Leave()
    {
        try
        {
            File.WriteAllText(Mark(Root), "what lies beside this could not be brought into the store; remove it when you have what you want of it\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They stay all the same until somebody clears up.
        }
    }

    /// <summary>True when <see cref="Leave"/> was called for the folders.</summary>
    public static bool IsLeft(string root) => File.Exists(Mark(root));

    private static string Mark(string root) => $"{root}.left";

    /// <summary>Removes all but the checkpoints.</summary>
    public void Delete()
    {
        if (Directory.Exists(Checkpoints) && !Directory.EnumerateFileSystemEntries(Checkpoints).Any()) Directory.Delete(Checkpoints);
        FolderRemoval.Delete(Root);
    }

    /// <summary>Gives us back the folders that a script closed (some tools make their caches read-only), so that what is in them can be moved.</summary>
    public void Open()
    {
        const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(Root)]);
        while (folders.TryPop(out var folder))
        {
            // A name that is no UTF-8 is not found again: what has it can't be kept either.
            if (!folder.Exists) continue;
            if ((folder.UnixFileMode & all) != all) folder.UnixFileMode |= all;
            foreach (var inner in folder.EnumerateDirectories())
                if (inner.LinkTarget is null) folders.Push(inner);
        }
    }
}
