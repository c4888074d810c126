using System.Text.RegularExpressions;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds what pip installs in a conda environment file: the list under <c>pip:</c> among its dependencies.</summary>
/// <remarks>
/// conda writes the list into a requirements file beside the environment file and gives that to pip. Source: conda,
/// conda_env/installers/pip.py. This reads the block and flow lists that such files have; any other form counts as not understood.
/// </remarks>
internal sealed partial class CondaFile
{
    private readonly string[] _lines;
    private readonly List<string> _requirements = [];
    private int _at;

    private CondaFile(string text) =>
        _lines = [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => Comment().Replace(line, "").TrimEnd())];

    /// <summary>Reads the list.</summary>
    /// <param name="text">The file's content.</param>
    /// <returns>The requirements; and the first line whose meaning is not known, null when every line is understood.</returns>
    public static (IReadOnlyList<string> Requirements, string? NotUnderstood) Read(string text)
    {
        var file = new CondaFile(text);
        var notUnderstood = file.Read();
        return (file._requirements, notUnderstood);
    }

    private string? Read()
    {
        while (_at < _lines.Length)
        {
            var line = _lines[_at++];
            if (Key().Match(line) is { Success: true } key)
            {
                var rest = key.Groups["rest"].Value;
                if (!(rest.Length == 0 ? TryReadBlock(key.Groups["indent"].Length) : TryReadFlow(rest))) return line.Trim();
            }
            else if (Odd().IsMatch(line)) return line.Trim(); // a local channel, or a list of pip in another form
        }

        return null;
    }

    // - pip:
    //   - requirement
    private bool TryReadBlock(int indent)
    {
        for (; _at < _lines.Length; _at++)
        {
            var line = _lines[_at];
            if (line.Trim().Length == 0) continue;
            if (line.Length - line.TrimStart().Length <= indent) return true;
            if (Item().Match(line) is not { Success: true } item || Scalar(item.Groups[1].Value) is not { } requirement) return false;
            _requirements.Add(requirement);
        }

        return true;
    }

    // - pip: [requirement, "requirement"]
    private bool TryReadFlow(string rest)
    {
        while (!rest.EndsWith(']') && _at < _lines.Length) rest += $" {_lines[_at++].Trim()}";
        if (rest is not ['[', .., ']']) return false;
        foreach (var item in FlowItem().Matches(rest[1..^1]).Select(match => match.Value.Trim()).Where(item => item.Length > 0))
        {
            if (Scalar(item) is not { } requirement) return false;
            _requirements.Add(requirement);
        }

        return true;
    }

    // Null for what a scanner of lines can't read: anchors, block scalars, nested lists.
    private static string? Scalar(string text) => text switch
    {
        ['"', .., '"'] when !text[1..^1].Contains('\\') => text[1..^1],
        ['\'', .., '\''] => text[1..^1].Replace("''", "'", StringComparison.Ordinal),
        ['"' or '\'' or '&' or '*' or '|' or '>' or '!' or '[' or '{' or '%' or '@', ..] or "" => null,
        _ => text.Contains(": ", StringComparison.Ordinal) ? null : text,
    };

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?<indent>\s*)-\s+['""]?pip['""]?\s*:\s*(?<rest>.*)$")]
    private static partial Regex Key();

    [GeneratedRegex(@"^\s*-\s+(.+)$")]
    private static partial Regex Item();

    [GeneratedRegex(@"""[^""]*""|'[^']*'|[^,]+")]
    private static partial Regex FlowItem();

    [GeneratedRegex(@"\bpip['""]?\s*:(\s|$)|file:|^\s*-\s+['""]?\.{0,2}/|[&*]\w")]
    private static partial Regex Odd();
}
