using Tenfold.Core.Input;
using YamlDotNet.Core;

namespace Tenfold.Projects.Yaml;

/// <summary>Turns the parser's errors into messages that name the likely cause: a tab, an open quote, a colon inside a value.</summary>
internal static class SyntaxMessage
{
    public static string For(YamlException fault, string text)
    {
        var line = text.Split('\n').ElementAtOrDefault((int)fault.Start.Line - 1) ?? "";
        return $"not valid YAML near {Excerpt.Of(line.Trim())}: {Advice(fault.Message.TrimEnd('.'))}";
    }

    /// <summary>
    /// The first tab that indents a line at or after <paramref name="fromLine"/>; null when there is none. The parser reports only the
    /// start of the block.
    /// </summary>
    public static Mark? TabAfter(string text, int fromLine)
    {
        var lines = text.Split('\n');
        for (var i = Math.Max(0, fromLine - 1); i < lines.Length; i++)
        {
            var indent = lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length);
            var tab = indent.IndexOf('\t');
            if (tab >= 0 && indent.Length < lines[i].Length) return new Mark(i + 1, tab + 1);
        }

        return null;
    }

    private static string Advice(string said)
    {
        if (Contains(said, "mapping values are not allowed") || Contains(said, "invalid mapping"))
            return "a ': ' inside a value, or a wrong indent; put the value in quotes, or align the key with its neighbours";
        if (Contains(said, "quoted scalar") && (Contains(said, "unexpected") || Contains(said, "multi-line")))
            return "a quote is opened and never closed";
        if (Contains(said, "cannot start any token")) return "a text cannot begin with this character; put it in quotes";
        if (Contains(said, "did not find expected key"))
            return "a wrong indent, or a quote or bracket too many; align the key with its neighbours";
        return said.Length == 0 ? "unreadable here" : char.ToLowerInvariant(said[0]) + Excerpt.Bare(said[1..], longest: 200);
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
