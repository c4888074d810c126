using Tenfold.Core.Input;

namespace Tenfold.Projects;

/// <summary>A project and its folder.</summary>
/// <param name="Project">The content of the file.</param>
/// <param name="Folder">The full path of the folder. Relative paths in the file are relative to it.</param>
/// <param name="File">The full path of the <c>tenfold.yaml</c>; null for an <see cref="AssumedProject"/>.</param>
public sealed record LocatedProject(ProjectFile Project, string Folder, string? File);

/// <summary>Finds the <c>tenfold.yaml</c> that a command works on.</summary>
/// <param name="reader">Reads the file.</param>
public sealed class ProjectFinder(ProjectReader reader)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "tenfold.yaml";

    /// <summary>The full path of the file in the folder, or in its nearest parent that has one; null when there is none.</summary>
    public static string? Find(string folder)
    {
        for (var parent = Path.GetFullPath(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            var path = Path.Combine(parent, FileName);
            if (File.Exists(path)) return path;
        }

        return null;
    }

    /// <summary>Finds and reads the file. A missing file is a fault.</summary>
    /// <param name="folder">The folder to start from, usually the current one. Faults show paths relative to it.</param>
    public Checked<LocatedProject> Open(string folder)
    {
        if (Find(folder) is not { } path)
        {
            var other = Path.Combine(folder, "tenfold.yml");
            var hint = File.Exists(other) ? "tenfold.yml exists: rename it"
                : "'tenfold init' writes one, and 'tenfold fit SCRIPT' works without";
            return Checked<LocatedProject>.Of(new Fault(FileName, 0, 0,
                $"not found in {Path.GetFullPath(folder)} or any folder above; {hint}"));
        }

        return reader.ReadFile(path, Path.GetRelativePath(folder, path)).Match(
            project => Checked<LocatedProject>.Of(new LocatedProject(project, Path.GetDirectoryName(path)!, path)),
            Checked<LocatedProject>.Of);
    }
}
