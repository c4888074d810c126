using System.CommandLine;
using System.CommandLine.Parsing;
using Tenfold.Core.Input;

namespace Tenfold.Cli;

/// <summary>What is wrong with a command line, in plain words, with what was probably meant.</summary>
internal static class CommandLineErrors
{
    /// <summary>Every mistake; empty when there is none.</summary>
    public static IReadOnlyList<string> In(ParseResult parsed)
    {
        // Completion asks about lines that are not whole yet, and help about any.
        if (parsed.Action is HelpWithExamples || parsed.Tokens.Any(token => token.Type == TokenType.Directive)) return [];
        var options = MistakenOptions(parsed);
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Where(token => !IsOption(token)).ToList();
        if (options.Count > 0) return options;
        if (unknown.Count > 0)
        {
            return command.Subcommands.Count > 0
                ? [$"there is no command '{Excerpt.Bare(unknown[0])}'{Meant(unknown[0], command.Subcommands.Select(sub => sub.Name))}"]
                : [$"`{Path(parsed)}` takes no '{string.Join(' ', unknown.Select(token => Excerpt.Bare(token)))}' there"];
        }

        return [.. parsed.Errors.Select(error => Plain(error, parsed)).Distinct()];
    }

    /// <summary>The command's whole name: <c>tenfold agent serve</c>.</summary>
    public static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult result; at = result.Parent)
            names.Insert(0, result.Command is RootCommand ? "tenfold" : result.Command.Name);
        return string.Join(' ', names);
    }

    // A misspelt option would otherwise be taken for a script or an id.
    private static List<string> MistakenOptions(ParseResult parsed)
    {
        var words = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet();
        var names = parsed.CommandResult.Command.Options.Select(option => option.Name).Append("--help").ToList();
        return
        [
            .. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Where(words.Contains)
                .Select(token => token.Value)
                .Concat(parsed.UnmatchedTokens).Where(IsOption).Distinct()
                .Select(token => $"`{Path(parsed)}` has no option {Excerpt.Bare(token)}{Meant(token, names)}"),
        ];
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !double.TryParse(token, out _);

    private static string Meant(string word, IEnumerable<string> candidates) =>
        Nearest.To(word, candidates) is { } near ? $"; did you mean {near}?" : "";

    private static string Plain(ParseError error, ParseResult parsed)
    {
        if (error.SymbolResult is OptionResult { Tokens: [var token, ..] } option
            && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal))
            return $"{option.Option.Name} wants {Wanted(option.Option.ValueType)}, not '{Excerpt.Bare(token.Value)}'";
        if (error.SymbolResult is ArgumentResult or CommandResult
            && error.Message.StartsWith("Required argument", StringComparison.Ordinal))
        {
            var needed = parsed.CommandResult.Command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).ToList();
            return $"`{Path(parsed)}` needs {string.Join(' ', needed.Select(argument => $"<{argument.Name}>"))} " +
                $"({string.Join("; ", needed.Select(argument => argument.Description?.TrimEnd('.')))})";
        }

        return error.Message.StartsWith("Required command", StringComparison.Ordinal)
            ? $"`{Path(parsed)}` needs a command: {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(sub => sub.Name))}"
            : error.Message.Replace("\n\t", " ", StringComparison.Ordinal);
    }

    private static string Wanted(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(plain).Select(name => name.ToLowerInvariant()))}";
        return plain == typeof(double) ? "a number" : plain == typeof(int) || plain == typeof(long) ? "a whole number" : "another value";
    }
}
