using System.Text;
using System.Text.RegularExpressions;

namespace Tenfold.Agent.Preparation;

/// <summary>Cuts a requirements file into lines as pip does: with continuations joined, comments removed and variables replaced.</summary>
/// <remarks>Source: pip, _internal/req/req_file.py: join_lines, ignore_comments, expand_env_variables, break_args_options.</remarks>
internal static partial class RequirementLines
{
    // What pip allows in a requirements file, with the value that it takes. An option may be shortened while it stays unambiguous.
    private static readonly string[] WithValue =
    [
        "--index-url", "--pypi-url", "--extra-index-url", "--find-links", "--requirement", "--constraint", "--editable", "--no-binary",
        "--only-binary", "--trusted-host", "--use-feature", "--global-option", "--install-option", "--hash", "--config-settings",
        "--config-setting",
    ];

    private static readonly string[] Flags = ["--no-index", "--pre", "--prefer-binary", "--require-hashes"];

    private static readonly Dictionary<char, string> Short = new()
    {
        ['i'] = "--index-url",
        ['f'] = "--find-links",
        ['r'] = "--requirement",
        ['c'] = "--constraint",
        ['e'] = "--editable",
        ['C'] = "--config-settings",
    };

    /// <summary>The lines that are not empty.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="variables">The environment variables; <c>${NAME}</c> is replaced when it is one of them.</param>
    public static IEnumerable<RequirementLine> Read(string text, IReadOnlyDictionary<string, string> variables)
    {
        foreach (var joined in Joined(text.ReplaceLineEndings("\n").Split('\n')))
        {
            var line = Comment().Replace(joined, "").Trim();
            if (line.Length == 0) continue;
            line = Variable().Replace(
                line, match => variables.GetValueOrDefault(match.Groups[1].Value) is { Length: > 0 } value ? value : match.Value);
            yield return Parse(line);
        }
    }

    private static IEnumerable<string> Joined(IEnumerable<string> lines)
    {
        var open = new StringBuilder();
        foreach (var line in lines)
        {
            // A comment ends a continuation, even when it ends in a backslash itself.
            var isComment = Comment().Match(line) is { Success: true, Index: 0 };
            if (line.EndsWith('\\') && !isComment)
            {
                open.Append(line.Trim('\\'));
                continue;
            }

            yield return open.Append(isComment ? " " : "").Append(line).ToString();
            open.Clear();
        }

        if (open.Length > 0) yield return open.ToString();
    }

    private static RequirementLine Parse(string line)
    {
        var words = line.Split(' ');
        var count = words.TakeWhile(word => !word.StartsWith('-')).Count();
        var requirement = string.Join(' ', words.Take(count)).Trim();
        var rest = string.Join(' ', words.Skip(count));
        var options = new List<(string, string)>();
        var isKnown = Words(rest) is { } given && TryParse(given, options);
        return new RequirementLine(line, requirement, rest, options) { IsKnown = isKnown };
    }

    private static bool TryParse(List<string> words, List<(string Name, string Value)> options)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var (name, value) = word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=') is var equals and > 0
                ? (word[..equals], word[(equals + 1)..])
                : word is ['-', not '-', ..] ? (Short.GetValueOrDefault(word[1], word), word.Length > 2 ? word[2..] : null) : (word, null);
            if (Full(name) is not { } option) return false;
            if (Flags.Contains(option))
            {
                if (value is not null) return false;
                options.Add((option, ""));
                continue;
            }

            if (value is null && ++i == words.Count) return false;
            options.Add((option, value ?? words[i]));
        }

        return true;
    }

    private static string? Full(string name)
    {
        if (WithValue.Contains(name) || Flags.Contains(name)) return name;
        var longer = WithValue.Concat(Flags).Where(option => option.StartsWith(name, StringComparison.Ordinal)).ToList();
        return name.StartsWith("--", StringComparison.Ordinal) && name.Length > 2 && longer.Count == 1 ? longer[0] : null;
    }

    // Words as a POSIX shell reads them; null when a quote is not closed.
    private static List<string>? Words(string text)
    {
        var words = new List<string>();
        var (word, quote, isOpen) = (new StringBuilder(), '\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isOpen) words.Add(word.ToString());
                (isOpen, word) = (false, new StringBuilder());
                continue;
            }

            isOpen = true;
            if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'') quote = c;
            else if (c == '\\' && quote != '\'' && i + 1 < text.Length) word.Append(text[++i]);
            else word.Append(c);
        }

        if (quote != '\0') return null;
        if (isOpen) words.Add(word.ToString());
        return words;
    }

    [GeneratedRegex(@"(^|\s+)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\$\{([A-Z0-9_]+)\}")]
    private static partial Regex Variable();
}

/// <summary>A line of a requirements file.</summary>
/// <param name="Text">The line, without its comment.</param>
/// <param name="Requirement">The text before the first option; empty when the line begins with one.</param>
/// <param name="Rest">The options as they were written.</param>
/// <param name="Options">The options by their full names.</param>
internal sealed record RequirementLine(
    string Text, string Requirement, string Rest, IReadOnlyList<(string Name, string Value)> Options)
{
    /// <summary>False when an option is not one that pip documents.</summary>
    public bool IsKnown { get; init; } = true;
}
