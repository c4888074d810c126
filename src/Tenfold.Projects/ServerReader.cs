using Tenfold.Core.Input;
using Tenfold.Core.Platform;
using Tenfold.Projects.Keys;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects;

/// <summary>Reads a <c>server.yaml</c>.</summary>
public static class ServerReader
{
    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The content; or every fault at once, with line and column.</returns>
    public static Checked<ServerFile> ReadFile(string path)
    {
        try
        {
            return Read(PlainFile.ReadText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Checked<ServerFile>.Of(new Fault(path, 0, 0, $"cannot be read: {e.Message}"));
        }
    }

    /// <summary>Reads and checks a text.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="path">The path that faults show.</param>
    public static Checked<ServerFile> Read(string text, string path)
    {
        var faults = new FaultList(path);
        ServerFile? file = null;
        if (new TreeBuilder(text.StartsWith('\uFEFF') ? text[1..] : text, faults).Build() is { } root)
            file = ServerKeys.Root.Read(root, "server.yaml", faults);
        else if (faults.Count == 0)
            faults.Add(new Mark(1, 1), "the file is empty: name your repositories under 'repositories:'");
        return faults.Count == 0 ? Checked<ServerFile>.Of(file!) : Checked<ServerFile>.Of(faults.InOrder());
    }
}
