using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The folders of one attempt on this machine. All but the checkpoints are removed when the attempt has ended.</summary>
public sealed class Workspace
{
    private readonly HostTraits _host = HostTraits.None;
    private FolderState? _baseline;

    /// <summary>Names the folders, and creates none.</summary>
    /// <param name="settings">The agent's own folder on this machine.</param>
    /// <param name="assignment">The attempt.</param>
    public Workspace(AgentSettings settings, Assignment assignment)
    {
        Root = Path.Combine(WorkFolder(settings), assignment.Attempt);
        _host = settings.Host?.Traits ?? HostTraits.None;
        // Under a host the next attempt may run on another machine, so checkpoints go through the store.
        Checkpoints = settings.Host is null
            ? Path.Combine(settings.Home, "checkpoints", assignment.Run)
            : Path.Combine(Root, "checkpoints");
    }

    /// <summary>
    /// Removes the checkpoints of a run that succeeded: none of its attempts will need them. Those that can't be removed are left to
    /// `tenfold gc`.
    /// </summary>
    public static void RemoveCheckpoints(AgentSettings settings, Assignment assignment)
    {
        try
        {
            new LocalCheckpoints(settings.Home, assignment.Run).Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They only take up space.
        }
    }

    /// <summary>Opens the folders that an earlier agent left. Its checkpoints lie elsewhere, so there are none here.</summary>
    public Workspace(DirectoryInfo abandoned) => (Root, Checkpoints) = (abandoned.FullName, "");

    /// <summary>The folder of all attempts' folders. Machines under a host may share a home, so each of them has its own.</summary>
    public static string WorkFolder(AgentSettings settings) => settings.Host is null
        ? Path.Combine(settings.Home, "work")
        : Path.Combine(settings.Home, "work", settings.Machine);

    /// <summary>The folder that holds the others.</summary>
    public string Root { get; }

    /// <summary>The snapshot's files, and the command's working folder.</summary>
    public string Code => Path.Combine(Root, "code");

    /// <summary><c>$TENFOLD_MODEL_DIR</c>.</summary>
    public string Model => _host.ModelFolder ?? Path.Combine(Root, "model");

    /// <summary>True when the model stays in its folder, which the host stores too.</summary>
    public bool KeepsModel => _host.ModelFolder is not null;

    /// <summary><c>$TENFOLD_OUTPUT_DIR</c>.</summary>
    public string Output => _host.OutputFolder ?? Path.Combine(Root, "output");

    /// <summary>True when the other results stay in their folder, which the host stores too.</summary>
    public bool KeepsOutput => _host.OutputFolder is not null;

    /// <summary><c>$TENFOLD_CHECKPOINT_DIR</c>; all attempts of the run share its content.</summary>
    public string Checkpoints { get; }

    /// <summary><c>$TENFOLD_PARAMS</c>.</summary>
    public string Parameters => Path.Combine(Root, "params.json");

    /// <summary>When the newest file among the checkpoints was written; null when there is none.</summary>
    public DateTimeOffset? CheckpointTime()
    {
        var files = new DirectoryInfo(Checkpoints).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        return files.Count > 0 ? new DateTimeOffset(files.Max(file => file.LastWriteTimeUtc)) : null;
    }

    /// <summary>Creates the folders, which are empty but for the checkpoints, and writes the parameters' file.</summary>
    public void Create(Assignment assignment)
    {
        Delete();
        foreach (var folder in new[] { Root, Model, Output, Checkpoints }) Directory.CreateDirectory(folder);
        WriteParameters(assignment.Spec);
        if (assignment.Spec.Store is { } store) File.WriteAllText(StoreFile, store);
    }

    /// <summary>Writes the parameters' file.</summary>
    public void WriteParameters(WorkSpec spec) => File.WriteAllText(Parameters, spec.Parameters.GetRawText() + "\n");

    /// <summary>Reads the URL of the attempt's store, see <see cref="Core.Runs.WorkSpec.Store"/>; null for the machine's own.</summary>
    public string? ReadStore() => File.Exists(StoreFile) ? File.ReadAllText(StoreFile) : null;

    private string StoreFile => Path.Combine(Root, "store");

    /// <summary>Remembers the files of the working folder before the command starts.</summary>
    public void RecordBaseline() => _baseline = FolderState.Of(Code, CancellationToken.None);

    /// <summary>
    /// Finds what the command made or changed in its working folder since <see cref="RecordBaseline"/>.
    /// </summary>
    /// <returns>True for a file, a link or another entry that it made, by the path in the working folder.</returns>
    public Func<string, bool> FindChanges()
    {
        if (_baseline is not { } before) return _ => false;
        var now = FolderState.Of(Code, CancellationToken.None);
        return path => now.HasChanged(before, path);
    }

    /// <summary>Marks the folders as holding results that could not be uploaded. Agents don't remove them for 30 days.</summary>
    public void MarkUnsaved()
    {
        try
        {
            const string note = "The results in the folder beside this file could not be uploaded. Copy what you need, then remove both.\n";
            File.WriteAllText(Mark(Root), note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folders stay until the next clean-up.
        }
    }

    /// <summary>True when <see cref="MarkUnsaved"/> was called for the folders.</summary>
    public static bool IsUnsaved(string root) => File.Exists(Mark(root));

    private static string Mark(string root) => $"{root}.left";

    /// <summary>Removes all but the checkpoints.</summary>
    public void Delete()
    {
        if (Directory.Exists(Checkpoints) && !Directory.EnumerateFileSystemEntries(Checkpoints).Any()) Directory.Delete(Checkpoints);
        FolderRemoval.Delete(Root);
    }

    /// <summary>Restores this user's access to folders that a script closed: some tools make their caches read-only.</summary>
    public void RestoreAccess()
    {
        const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(Root)]);
        while (folders.TryPop(out var folder))
        {
            // .NET does not find a folder whose name is not UTF-8. Its content can't be uploaded either.
            if (!folder.Exists) continue;
            if ((folder.UnixFileMode & all) != all) folder.UnixFileMode |= all;
            foreach (var inner in folder.EnumerateDirectories())
                if (inner.LinkTarget is null) folders.Push(inner);
        }
    }
}
