using System.Text;
using Tenfold.Core.Input;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;
using Tenfold.Projects.Keys;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects;

/// <summary>Reads a <c>tenfold.yaml</c>.</summary>
/// <param name="kinds">The kinds of target that a file may name.</param>
public sealed class ProjectReader(IReadOnlyList<TargetKindDeclaration> kinds)
{
    private const long MaxBytes = 4 << 20;

    // Lazy, because most commands read no file and creating the shapes takes time.
    private readonly Lazy<ObjectShape<ProjectFile>> _shape = new(() => ProjectKeys.Root(kinds));

    /// <summary>Reads and checks a text.</summary>
    /// <param name="text">The content of the file. A byte order mark at its start is ignored.</param>
    /// <param name="path">The path that faults show.</param>
    /// <returns>The project; or every fault at once, with line and column, in the order of the file.</returns>
    public Checked<ProjectFile> Read(string text, string path)
    {
        var faults = new FaultList(path);
        var root = new TreeBuilder(text.StartsWith('\uFEFF') ? text[1..] : text, faults).Build();
        ProjectFile? project = null;
        if (root is null or { IsNull: true })
        {
            if (faults.Count == 0) faults.Add(new Mark(1, 1), "the file is empty; 'tenfold init' writes one to start from");
        }
        else if (root is not MapNode)
        {
            faults.Add(root.Mark, $"the file must hold keys such as 'name: iris' and 'train:', not {root.Shown}");
        }
        else
        {
            project = _shape.Value.Read(root, "", faults);
        }

        return faults.Count == 0 ? Checked<ProjectFile>.Of(project!) : Checked<ProjectFile>.Of(faults.InOrder());
    }

    /// <summary>Reads and checks a file. A file that can't be read, or isn't UTF-8, gives a fault.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shownAs">The path that faults show; null: <paramref name="path"/>.</param>
    public Checked<ProjectFile> ReadFile(string path, string? shownAs = null)
    {
        shownAs ??= path;
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                return Fail(shownAs, "the file is larger than 4 MiB; is it the right one?");
            bytes = PlainFile.ReadBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(shownAs, Directory.Exists(path) ? "this is a folder, not a file" : $"cannot be read: {e.Message}");
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return Fail(shownAs, "the file is UTF-16; save it as UTF-8");
        try
        {
            return Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), shownAs);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length));
            var mark = new Mark(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
            return Checked<ProjectFile>.Of(new Fault(shownAs, mark.Line, mark.Column, "not valid UTF-8 here; save the file as UTF-8"));
        }
    }

    private static Checked<ProjectFile> Fail(string path, string message) => Checked<ProjectFile>.Of(new Fault(path, 1, 1, message));
}
