using Tenfold.Core.Input;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects;

/// <summary>A YAML file with a list of texts under a key, such as <c>instances.yml</c> with <c>ec2: [i-0abc]</c>.</summary>
public static class ListFile
{
    private const long MaxBytes = 1 << 20;

    /// <summary>Reads the list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The list's key. Other keys are ignored, since the file may be for other programs too.</param>
    /// <returns>The list; or every fault, with its line.</returns>
    public static Checked<IReadOnlyList<string>> Read(string path, string key)
    {
        var faults = new FaultList(path);
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes }) return Fail(path, "the file is larger than 1 MiB");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(path, Directory.Exists(path) ? "this is a folder, not a file" : $"cannot be read: {e.Message}");
        }

        IReadOnlyList<string> items = [];
        var root = new TreeBuilder(text.StartsWith('\uFEFF') ? text[1..] : text, faults).Build();
        if (root is MapNode map && map.Find(key) is { } list)
            items = new ListShape<string>("a list of texts", Scalars.Text("text"), atLeast: 1).Read(list, key, faults);
        else if (faults.Count == 0)
            faults.Add(root?.Mark ?? new Mark(1, 1), $"the file must have the key '{key}' with a list");
        return faults.Count == 0
            ? Checked<IReadOnlyList<string>>.Of(items) : Checked<IReadOnlyList<string>>.Of(faults.InOrder());
    }

    private static Checked<IReadOnlyList<string>> Fail(string path, string message) =>
        Checked<IReadOnlyList<string>>.Of(new Fault(path, 1, 1, message));
}
