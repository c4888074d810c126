using YamlDotNet.Core;

namespace Tenfold.Core.Projects.Yaml;

/// <summary>Says what the parser found wrong so that the cause is seen: a tab, an open quote, a colon inside a value.</summary>
internal static class SyntaxMessage
{
    public static string For(YamlException fault, string text)
    {
        var line = LineOf(text, (int)fault.Start.Line);
        var said = fault.Message.TrimEnd('.');
        return $"not valid YAML near {Excerpt.Of(line.Trim())}: {Advice(said, line)}";
    }

    private static string Advice(string said, string line)
    {
        var indent = line[..^line.TrimStart().Length];
        if (indent.Contains('\t', StringComparison.Ordinal)) return "the line is indented with a tab; YAML wants spaces";
        if (said.Contains("Tab", StringComparison.OrdinalIgnoreCase) && line.Contains('\t', StringComparison.Ordinal)) return "there is a tab; YAML wants spaces";
        if (said.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase))
            return "a ': ' inside a value, or a wrong indent; put the value in quotes or align the key with its neighbours";
        if (said.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase)) return "a quote is opened and never closed";
        return LowerFirst(said);
    }

    private static string LineOf(string text, int line)
    {
        var reader = new StringReader(text);
        string? current = null;
        for (var i = 0; i < Math.Max(1, line); i++) current = reader.ReadLine() ?? current;
        return current ?? "";
    }

    private static string LowerFirst(string text) => text.Length == 0 ? "unreadable" : char.ToLowerInvariant(text[0]) + Excerpt.Bare(text[1..], longest: 200);
}
