using System.Text;
using System.Text.RegularExpressions;
using Tenfold.Core.Input;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Reads a requirements file and everything on which an environment built from it depends: what it includes, and local files.
/// </summary>
/// <remarks>
/// Sources: pip, "Requirements File Format"; pip, _internal/req/constructors.py, parse_req_from_line; PEP 508. Paths after <c>-r</c>,
/// <c>-c</c> and <c>-f</c> start at the file that has them; paths of packages start where pip runs.
/// </remarks>
public sealed partial class Requirements
{
    private static readonly string[] Archives =
        [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"];

    private readonly string _code;
    private readonly string _folder;
    private readonly RequirementsContext _context;
    private readonly StringBuilder _content = new();
    private readonly StringBuilder _plain = new();
    private readonly HashSet<string> _read = [];
    private string? _fault;
    private string? _notUnderstood;
    private bool _needsPlain;
    private int _missing;

    private Requirements(string code, string folder, RequirementsContext context) => (_code, _folder, _context) = (code, folder, context);

    /// <summary>Reads a requirements file.</summary>
    /// <param name="code">The snapshot's files.</param>
    /// <param name="file">The requirements file, relative to them.</param>
    /// <param name="context">The variables that it may name, and the project's paths; null for none.</param>
    public static RequirementsReading Read(string code, string file, RequirementsContext? context = null)
    {
        var path = Path.Combine(code, file);
        var first = Run(Path.GetDirectoryName(path)!);
        // Users run pip in the file's folder, or in the project's; the paths show which of them is meant.
        return first._missing == 0 || Run(code) is not { } other || other._missing >= first._missing ? first.Result() : other.Result();

        Requirements Run(string folder)
        {
            var reading = new Requirements(code, folder, context ?? RequirementsContext.None);
            reading.AddFile(path);
            return reading;
        }
    }

    /// <summary>Reads lines that stand in another file, such as conda's.</summary>
    /// <param name="code">The snapshot's files.</param>
    /// <param name="file">The file, relative to them.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="context">The variables that they may name, and the project's paths.</param>
    public static RequirementsReading ReadLines(string code, string file, IEnumerable<string> lines, RequirementsContext context)
    {
        var path = Path.Combine(code, file);
        var reading = new Requirements(code, Path.GetDirectoryName(path)!, context);
        reading.AddLines(path, string.Join('\n', lines));
        return reading.Result();
    }

    private RequirementsReading Result() => new()
    {
        Content = $"{_content}",
        Fault = _fault,
        NotUnderstood = _notUnderstood,
        Folder = _folder,
        Plain = _needsPlain ? $"{_plain}" : null,
    };

    private void AddFile(string path)
    {
        if (!_read.Add(path)) return;
        var name = Path.GetRelativePath(_code, path);
        if (!File.Exists(path))
        {
            _fault ??= $"{name} is not in the snapshot; correct the path, or take it back in with train.exclude: [ \"!{name}\" ]";
            return;
        }

        if (!PlainFile.Is(path))
        {
            _fault ??= $"{name} is a pipe or a device, and not a file: write the requirements into a file";
            return;
        }

        _content.Append(name).Append('\n');
        AddLines(path, PlainFile.ReadText(path));
    }

    private void AddLines(string path, string text)
    {
        if (text.Contains('\0'))
        {
            _fault ??= $"{Path.GetRelativePath(_code, path)} contains a NUL character: save it as UTF-8 text";
            return;
        }

        foreach (var line in RequirementLines.Read(text, _context.Variables))
        {
            _content.Append(line.Text).Append('\n');
            var pinned = line;
            if (_context.Paths?.Rewrite(line.Text, _code) is { } rewritten && rewritten.Text != line.Text)
            {
                _needsPlain = true;
                pinned = RequirementLines.Read(rewritten.Text, _context.Variables).Single();
            }

            if (!pinned.IsKnown) NotUnderstood(path, line);
            if (pinned.Requirement.Length > 0) AddRequirement(path, pinned);
            else AddOptions(path, pinned);
        }
    }

    private void AddOptions(string path, RequirementLine line)
    {
        if (!line.IsKnown) _plain.Append(line.Text).Append('\n');
        foreach (var (name, value) in line.Options)
        {
            var shown = value.Length == 0 ? name : $"{name} {value}";
            if (name is "--requirement" or "--constraint")
            {
                if (LocalPath(value) is not { } included)
                {
                    NotUnderstood(path, line);
                    _plain.Append(shown).Append('\n');
                    continue;
                }

                var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, included));
                if (name == "--constraint")
                {
                    // Constraints are no requirements, so the file itself is passed on.
                    _plain.Append($"--constraint {Quoted(file)}\n");
                    var length = _plain.Length;
                    AddFile(file);
                    _plain.Length = length;
                }
                else AddFile(file);
                continue;
            }

            if (name == "--editable") AddEditable(path, line, value);
            else if (name is "--find-links" or "--index-url" or "--pypi-url" or "--extra-index-url" && LocalPath(value) is { } local)
                shown = $"{name} {Quoted(AddLocation(path, line, local))}";
            _plain.Append(shown).Append('\n');
        }
    }

    private void AddEditable(string path, RequirementLine line, string value)
    {
        // Packages from version control are cloned into the environment.
        if (Remote().IsMatch(value)) return;
        _fault ??= $"{Path.GetRelativePath(_code, path)}: {Excerpt.Of(line.Text)} would point into a run's own folder, which goes with it; "
            + "drop -e: the folder is then installed";
    }

    // A folder of packages, or an index.
    private string AddLocation(string path, RequirementLine line, string location)
    {
        var beside = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, location));
        var full = Path.Exists(beside) ? beside : Path.GetFullPath(Path.Combine(_folder, location));
        if (Directory.Exists(full) && !TryAddFiles(full)) NotUnderstood(path, line);
        // A page of links leads anywhere.
        else if (File.Exists(full)) NotUnderstood(path, line);
        return full;
    }

    private void AddRequirement(string path, RequirementLine line)
    {
        var (named, marker) = SplitMarker(line.Requirement);
        var suffix = $"{(marker.Length > 0 ? $" ; {marker}" : "")} {line.Rest}".TrimEnd();
        if (Direct().Match(named) is { Success: true } direct && !LooksLikePath(direct.Groups["name"].Value))
        {
            var given = direct.Groups["url"].Value;
            if (LocalPath(given) is { } target)
            {
                var full = AddLocal(path, line, target);
                // pip takes absolute URLs only. '#' and '%' have a meaning there; Uri takes /C| for a drive.
                _needsPlain |= !Path.IsPathRooted(target);
                var url = string.Join('/', full.Split('/').Select(Uri.EscapeDataString));
                _plain.Append($"{direct.Groups["name"]}{direct.Groups["extras"]} @ file://{url}{suffix}\n");
                return;
            }

            if (!Remote().IsMatch(given)) NotUnderstood(path, line);
        }
        else if (Url().IsMatch(named) && LocalPath(named) is { } file)
        {
            _plain.Append($"{AddLocal(path, line, file)}{suffix}\n");
            return;
        }
        else if (!Remote().IsMatch(named))
        {
            var extras = Extras().Match(named);
            var (location, tail) = extras.Success ? (extras.Groups[1].Value, extras.Groups[2].Value) : (named, "");
            if (IsLocal(location))
            {
                _plain.Append($"{AddLocal(path, line, location)}{tail}{suffix}\n");
                return;
            }

            if (!Named().IsMatch(named)) NotUnderstood(path, line);
        }

        _plain.Append(line.Text).Append('\n');
    }

    // pip: a folder whose name looks like a path, or an archive.
    private bool IsLocal(string location)
    {
        var full = Path.GetFullPath(Path.Combine(_folder, location));
        return Archives.Any(ending => location.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            || (LooksLikePath(location) && (Directory.Exists(full) || !location.Contains('@')));
    }

    private string AddLocal(string path, RequirementLine line, string location)
    {
        var full = Path.GetFullPath(Path.Combine(_folder, location));
        if (!Directory.Exists(full) && !PlainFile.Is(full))
        {
            _missing++;
            NotUnderstood(path, line);
            return full;
        }

        if (!TryAddFiles(full))
        {
            NotUnderstood(path, line);
            return full;
        }

        // The package may have requirements of its own that are local.
        if (Directory.Exists(full) && Descriptions(full).Any(LocalInDescription().IsMatch)) NotUnderstood(path, line);
        return full;
    }

    private static IEnumerable<string> Descriptions(string folder) =>
        new[] { "pyproject.toml", "setup.cfg", "setup.py" }.Select(name => Path.Combine(folder, name)).Where(PlainFile.Is)
            .Select(PlainFile.ReadText);

    private bool TryAddFiles(string path)
    {
        if (RequirementsContext.Hash(path) is not { } files) return false;
        foreach (var (file, hash) in files) _content.Append(Path.GetRelativePath(_code, file)).Append(' ').Append(hash).Append('\n');
        return true;
    }

    private void NotUnderstood(string path, RequirementLine line) =>
        _notUnderstood ??= $"{Path.GetRelativePath(_code, path)}: {Excerpt.Of(line.Text)}";

    private static (string Named, string Marker) SplitMarker(string requirement)
    {
        // After a URL, which may contain a semicolon, the marker needs a space before it.
        var separator = Url().IsMatch(requirement) || Direct().IsMatch(requirement) ? "; " : ";";
        var at = requirement.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (requirement.Trim(), "") : (requirement[..at].Trim(), requirement[(at + separator.Length)..].Trim());
    }

    /// <summary>The path that a value means on this machine; null for a URL that leads elsewhere.</summary>
    private static string? LocalPath(string value)
    {
        if (!Url().IsMatch(value)) return value;
        if (!value.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) return null;
        var path = value["file:".Length..].Split('#')[0];
        if (path.StartsWith("//localhost/", StringComparison.Ordinal)) path = path["//localhost".Length..];
        else if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
        else if (path.StartsWith("//", StringComparison.Ordinal)) return null;
        var plain = Uri.UnescapeDataString(path);
        var extras = Extras().Match(plain);
        return extras.Success ? extras.Groups[1].Value : plain;
    }

    private static string Quoted(string path) => path.Contains(' ') ? $"\"{path}\"" : path;

    private static bool LooksLikePath(string name) => name.Contains('/') || name.StartsWith('.');

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Url();

    [GeneratedRegex(@"^(https?|ftp|(git|hg|svn|bzr)\+[a-z]+|git|ssh)://|^git\+", RegexOptions.IgnoreCase)]
    private static partial Regex Remote();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?<extras>\[[^\]]*\])?\s*@\s*(?<url>\S.*)$")]
    private static partial Regex Direct();

    [GeneratedRegex(@"^(.+?)\s*(\[[^\]]+\])$")]
    private static partial Regex Extras();

    [GeneratedRegex(@"file:|\{root:")]
    private static partial Regex LocalInDescription();

    [GeneratedRegex(
        @"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\s*(\[[A-Za-z0-9._,\s-]*\])?\s*"
        + @"\(?\s*((===|==|~=|!=|<=|>=|<|>)\s*[^\s,;()]+\s*(,\s*(===|==|~=|!=|<=|>=|<|>)\s*[^\s,;()]+\s*)*,?)?\s*\)?$")]
    private static partial Regex Named();
}
