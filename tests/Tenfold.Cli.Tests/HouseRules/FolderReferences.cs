using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>Which of a project's folders refer to which others, as its source says: by <c>using</c>, and by qualified names.</summary>
/// <remarks>Unused <c>using</c> lines don't compile, so each of them is a reference.</remarks>
internal sealed partial class FolderReferences
{
    private readonly Dictionary<string, Dictionary<string, SortedSet<string>>> _files = [];

    /// <summary>Reads a project's source.</summary>
    /// <param name="project">The project's folder, which is named as its root namespace.</param>
    public FolderReferences(string project)
    {
        var root = Path.GetFileName(project);
        var sources = Directory.GetDirectories(project).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .ToDictionary(folder => Path.GetFileName(folder), folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories));
        var types = sources.ToDictionary(
            folder => folder.Key,
            folder => folder.Value.SelectMany(file => TypeName().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value).ToHashSet());
        foreach (var (folder, files) in sources)
        {
            _files[folder] = [];
            foreach (var file in files) Read(root, folder, file, types);
        }
    }

    public IReadOnlyCollection<string> Folders => _files.Keys;

    public IReadOnlyCollection<string> Of(string folder) => _files[folder].Keys;

    /// <summary>Each reference that is part of a cycle, with the files that hold it, for instance <c>A → B (One.cs)</c>.</summary>
    public IReadOnlyList<string> Cyclic() =>
    [
        .. from folder in _files.Keys.Order()
           from other in _files[folder].Keys.Order()
           where ReachableFrom(other).Contains(folder)
           select $"{folder} → {other} ({string.Join(", ", _files[folder][other])})",
    ];

    private HashSet<string> ReachableFrom(string folder)
    {
        var reached = new HashSet<string> { folder };
        var waiting = new Queue<string>(reached);
        while (waiting.TryDequeue(out var next))
            foreach (var other in _files[next].Keys)
                if (reached.Add(other)) waiting.Enqueue(other);
        return reached;
    }

    private void Read(string root, string folder, string file, Dictionary<string, HashSet<string>> types)
    {
        var source = Comment().Replace(File.ReadAllText(file), "");
        foreach (Match match in QualifiedName().Matches(source))
        {
            var (prefix, other, member) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
            if (other == folder || !types.TryGetValue(other, out var declared)) continue;
            // "Data.Count" may be a property; "Data.DataReader" is the namespace.
            if (prefix == $"{root}." || (prefix.Length == 0 && declared.Contains(member))) Add(folder, other, file);
        }
    }

    private void Add(string folder, string other, string file)
    {
        if (!_files[folder].TryGetValue(other, out var files)) _files[folder][other] = files = [];
        files.Add(Path.GetFileName(file));
    }

    [GeneratedRegex(@"^(?:public |internal |file |static |sealed |abstract |partial |readonly |unsafe |ref )*" +
        @"(?:class|record class|record struct|record|struct|interface|enum|delegate [\w<>?\[\]]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // Tenfold.Core.Data; or Data.DataReader, as it can be written inside Tenfold.Core.
    [GeneratedRegex(@"(?<![\w.])((?:Tenfold\.\w+\.)?)([A-Z]\w*)(?:\.(\w+))?")]
    private static partial Regex QualifiedName();
}
