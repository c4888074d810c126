using System.CommandLine;
using System.CommandLine.Parsing;
using Tenfold.Core.Input;

namespace Tenfold.Cli;

/// <summary>Says in plain words what is wrong with a command line, and what the user probably meant.</summary>
internal static class CommandLineErrors
{
    /// <summary>Every error, in words; empty when there is none.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        // Completion works on unfinished lines, and help works on any line.
        if (parsed.Action is HelpWithExamples || parsed.Tokens.Any(token => token.Type == TokenType.Directive)) return [];
        if (UnknownOptions(parsed) is { Count: > 0 } options) return options;
        var command = parsed.CommandResult.Command;
        var unexpected = parsed.UnmatchedTokens.Where(token => !IsOption(token)).ToList();
        if (unexpected.Count > 0)
        {
            var (first, commands) = (unexpected[0], command.Subcommands.Select(sub => sub.Name).ToList());
            return commands.Count > 0
                ? [$"there is no command '{Excerpt.Bare(first)}'{Suggest(first, commands)}"]
                : [$"`{Path(parsed)}` has an unexpected argument '{string.Join(' ', unexpected.Select(token => Excerpt.Bare(token)))}'"];
        }

        return [.. parsed.Errors.Select(error => Describe(error, parsed)).Distinct()];
    }

    /// <summary>The command's full name, such as <c>tenfold agent serve</c>.</summary>
    public static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult result; at = result.Parent)
            names.Insert(0, result.Command is RootCommand ? "tenfold" : result.Command.Name);
        return string.Join(' ', names);
    }

    // The parser takes a misspelt option for a script or an id.
    private static List<string> UnknownOptions(ParseResult parsed)
    {
        var words = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet();
        var names = parsed.CommandResult.Command.Options.Select(option => option.Name).Append("--help").ToList();
        return
        [
            .. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Where(words.Contains)
                .Select(token => token.Value)
                .Concat(parsed.UnmatchedTokens).Where(IsOption).Distinct()
                .Select(token => $"`{Path(parsed)}` has no option {Excerpt.Bare(token)}{Suggest(token, names)}"),
        ];
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !double.TryParse(token, out _);

    private static string Suggest(string word, IEnumerable<string> candidates) =>
        Nearest.To(word, candidates) is { } near ? $"; did you mean {near}?" : "";

    private static string Describe(ParseError error, ParseResult parsed)
    {
        if (error.SymbolResult is OptionResult { Tokens: [var token, ..] } option
            && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal))
            return $"{option.Option.Name} wants {DescribeType(option.Option.ValueType)}, not '{Excerpt.Bare(token.Value)}'";
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

    private static string DescribeType(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(plain).Select(name => name.ToLowerInvariant()))}";
        return plain == typeof(double) ? "a number" : plain == typeof(int) || plain == typeof(long) ? "a whole number" : "another value";
    }
}
