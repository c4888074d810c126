using System.Text.RegularExpressions;
using Tenfold.Core.Commands;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Makes the interpreters of a run import the run's own copy of the project, where <c>PYTHONPATH</c>, an editable install or a <c>.pth</c>
/// file would make them import the project's folder.
/// </summary>
/// <param name="probe">Asks interpreters.</param>
/// <remarks>
/// <c>PYTHONPATH</c> comes before everything that <c>.pth</c> files add, so the copy is added there. Sources: the site module of Python's
/// standard library; setuptools, "Development Mode"; PEP 660.
/// </remarks>
internal sealed partial class PythonImports(PythonProbe probe)
{
    // Many packages install such modules by mistake, and no training imports them from there.
    private static readonly string[] Incidental = ["setup", "tests", "test", "conftest", "docs", "examples", "scripts", "tools"];

    /// <summary>Changes <c>PYTHONPATH</c> so that the copy is imported.</summary>
    /// <param name="pinned">Knows the project's folder and its copy.</param>
    /// <param name="command">The command for the shell; null for a script.</param>
    /// <param name="workspace">The attempt's folders.</param>
    /// <param name="tools">Starts interpreters with the variables of the run.</param>
    /// <param name="variables">The variables of the run.</param>
    /// <returns>Why a run can't be kept from importing the project's folder, and what to do; null when it is kept from it.</returns>
    public async Task<string?> PinAsync(
        PinnedPaths pinned, string? command, Workspace workspace, Func<IReadOnlyDictionary<string, string>, ToolRunner> tools,
        Dictionary<string, string> variables)
    {
        var path = new SearchPath(pinned, workspace);
        path.AddShellPath(variables.GetValueOrDefault("PYTHONPATH"));
        var asked = variables.Where(variable => variable.Key != "PYTHONPATH").ToDictionary();
        foreach (var python in Interpreters(command, variables.GetValueOrDefault("PATH")))
        {
            if (await probe.AskAsync(python, tools(asked), workspace.Root, variables) is not { } facts) continue;
            foreach (var (finder, content) in facts.Own)
            {
                if (pinned.Paths.Folders.Any(folder => content.Contains(folder, StringComparison.Ordinal)))
                {
                    return $"{python} has an editable install of {pinned.Paths.Folders[0]} that can't be pointed at the run's own copy "
                        + $"({finder}): install the project there without -e, or name a requirements.txt under train.environment";
                }
            }

            if (FindAhead(pinned, facts) is { } ahead)
            {
                return $"{python} searches {ahead} before everything else (a .pth file inserts it), so a run would import the project's "
                    + "folder instead of its own copy: remove that line, or install the project with `pip install -e`";
            }

            path.Add(python, facts);
        }

        if (path.Added && command is not null && IgnoringVariables().IsMatch(command))
        {
            return "the command starts Python with -I or -E, so that it ignores PYTHONPATH and would import the project's folder "
                + "instead of the run's own copy: leave the option out";
        }

        if (path.Text is { } text) variables["PYTHONPATH"] = text;
        return null;
    }

    // PYTHONPATH comes right before the standard library. What a .pth file inserts at the front comes before both.
    private static string? FindAhead(PinnedPaths pinned, PythonFacts facts) => facts.Folders.Any(PythonFacts.IsOfStandard)
        ? facts.Folders.TakeWhile(folder => !PythonFacts.IsOfStandard(folder))
            .FirstOrDefault(folder => PhysicalPath.Below(facts.Prefix, folder) is null
                && pinned.Paths.Relative(folder) is { } relative && pinned.IsPinned(relative))
        : null;

    /// <summary>The interpreters that a command names; the usual one when it names none.</summary>
    private static IEnumerable<string> Interpreters(string? command, string? searchPath)
    {
        var named = Interpreter().Matches(command ?? "").Select(match => match.Value)
            .Select(word => word.StartsWith('/') ? word : CommandLine.Find(word, searchPath));
        var found = named.OfType<string>().Where(File.Exists).Distinct().ToList();
        if (found.Count > 0) return found;
        return new[] { "python3", "python" }.Select(name => CommandLine.Find(name, searchPath)).OfType<string>().Take(1);
    }

    [GeneratedRegex(@"(?<![^\s;&|(=""'`])(?:/[^\s;&|()""'`]*/)?python[0-9.]*(?![^\s;&|)""'`])")]
    private static partial Regex Interpreter();

    [GeneratedRegex(@"python[0-9.]*(?:\s+-[A-Za-z]+)*\s+-[A-Za-z]*[IE]")]
    private static partial Regex IgnoringVariables();

    /// <summary>The value of <c>PYTHONPATH</c> while it is built.</summary>
    private sealed class SearchPath(PinnedPaths pinned, Workspace workspace)
    {
        private readonly List<string> _folders = [];
        private readonly string _links = Path.Combine(workspace.Root, "imports");

        public bool Added { get; private set; }

        public string? Text => _folders.Count == 0 ? null : string.Join(':', _folders);

        public void AddShellPath(string? value)
        {
            if (string.IsNullOrEmpty(value)) return;
            foreach (var folder in value.Split(':'))
            {
                if (folder.StartsWith('/')) AddAncestor("PYTHONPATH", folder);
                _folders.Add(folder);
            }
        }

        public void Add(string python, PythonFacts facts)
        {
            var packages = facts.Folders.Where(PythonFacts.IsOfPackages).ToList();
            foreach (var folder in facts.Folders.Except(packages).Where(folder => PhysicalPath.Below(facts.Prefix, folder) is null))
            {
                if (pinned.Paths.Relative(folder) is not { } relative) AddAncestor(python, folder);
                else if (pinned.IsPinned(relative)) AddCopy(python, folder, relative, packages, facts.Standard);
                else pinned.Warn($"an editable install ({python})", folder);
            }

            foreach (var (module, target) in facts.Modules)
            {
                if (pinned.Paths.Relative(target) is not { } relative) continue;
                if (Source(relative) is { } source) AddModule(python, module, target, source);
                else pinned.Warn($"an editable install of {module} ({python})", target);
            }
        }

        // A mapping names a module's file without its extension, or a package's folder.
        private string? Source(string relative) => pinned.IsPinned(relative) ? relative
            : pinned.IsPinned($"{relative}.py") ? $"{relative}.py" : null;

        private void AddCopy(
            string python, string folder, string relative, IReadOnlyList<string> packages, IReadOnlyList<string> standard)
        {
            var copy = Path.Combine(workspace.Code, relative).TrimEnd('/');
            pinned.Note($"an editable install ({python})", folder);
            var modules = Modules(copy).ToList();
            var hidden = modules.Where(name => standard.Contains(name) || packages.Any(installed => HasModule(installed, name)))
                .Except(Incidental).ToHashSet();
            // Before the installed packages, where PYTHONPATH is, a module of the project must not hide an installed one.
            if (hidden.Count == 0) AddFolder(copy);
            else
                foreach (var name in modules.Except(hidden)) Link(name, FileOf(copy, name));
        }

        private void AddModule(string python, string module, string target, string source)
        {
            pinned.Note($"an editable install ({python})", target);
            var copy = Path.Combine(workspace.Code, source);
            if (!module.Contains('.') && Path.GetFileNameWithoutExtension(copy) == module) AddFolder(Path.GetDirectoryName(copy)!);
            else Link(module.Replace('.', '/'), copy);
        }

        // Such a folder makes the project itself a package: `import project.module`.
        private void AddAncestor(string where, string folder)
        {
            foreach (var below in pinned.Paths.BelowAncestor(folder).Where(below => below.Split('/').All(IsIdentifier)))
            {
                pinned.Note(where, $"{folder.TrimEnd('/')}/{below}");
                Mirror(folder, below);
                Link(below, workspace.Code);
            }
        }

        // `import folder.project.module` finds the copy through folders of its own. A folder with an __init__.py is a package that Python
        // looks for in one place only, so links lead to everything else in it.
        private void Mirror(string ancestor, string below)
        {
            var (source, mirror, isPackage) = (ancestor, _links, false);
            var parts = below.Split('/');
            for (var i = 0; i < parts.Length - 1; i++)
            {
                (source, mirror) = (Path.Combine(source, parts[i]), Path.Combine(mirror, parts[i]));
                isPackage |= File.Exists(Path.Combine(source, "__init__.py"));
                Directory.CreateDirectory(mirror);
                if (!isPackage) continue;
                foreach (var entry in Directory.EnumerateFileSystemEntries(source))
                {
                    var link = Path.Combine(mirror, Path.GetFileName(entry));
                    if (Path.GetFileName(entry) is var name && name != parts[i + 1] && name != "__pycache__" && !Path.Exists(link))
                        File.CreateSymbolicLink(link, entry);
                }
            }
        }

        private void Link(string name, string target)
        {
            var link = Path.Combine(_links, target.EndsWith(".py", StringComparison.Ordinal) ? $"{name}.py" : name);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (!Path.Exists(link)) File.CreateSymbolicLink(link, target);
            AddFolder(_links);
        }

        private void AddFolder(string folder)
        {
            if (!_folders.Contains(folder)) _folders.Add(folder);
            Added = true;
        }

        private static IEnumerable<string> Modules(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Where(entry => entry is DirectoryInfo inner
                ? IsIdentifier(entry.Name) && inner.EnumerateFiles("*.py").Any() : entry.Extension == ".py")
            .Select(entry => entry is DirectoryInfo ? entry.Name : Path.GetFileNameWithoutExtension(entry.Name)).Distinct();

        private static string FileOf(string folder, string name) =>
            Path.Combine(folder, Directory.Exists(Path.Combine(folder, name)) ? name : $"{name}.py");

        private static bool HasModule(string folder, string name) =>
            File.Exists(Path.Combine(folder, name, "__init__.py")) || File.Exists(Path.Combine(folder, $"{name}.py"));

        private static bool IsIdentifier(string name) =>
            name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c == '_');
    }
}
