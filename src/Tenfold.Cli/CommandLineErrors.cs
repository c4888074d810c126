using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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

    // The parser's own words are in its library's style and may change with any version. So the kind of an error follows from what was
    // parsed. The words are used only for errors of this program's validators, which wrote them.
    private static string Describe(ParseError error, ParseResult parsed) => error.SymbolResult switch
    {
        OptionResult { Implicit: false } option => DescribeOption(option),
        ArgumentResult argument => DescribeValue($"<{argument.Argument.Name}>", argument.Tokens, argument.Argument.ValueType)
            ?? DescribeCommand(parsed),
        _ => DescribeCommand(parsed),
    } ?? error.Message;

    private static string? DescribeOption(OptionResult result)
    {
        var (option, count) = (result.Option, result.Tokens.Count);
        if (count < option.Arity.MinimumNumberOfValues) return $"{option.Name} needs a value ({option.Description?.TrimEnd('.')})";
        if (count > option.Arity.MaximumNumberOfValues) return $"{option.Name} is given {count} values; keep one";
        return DescribeValue(option.Name, result.Tokens, option.ValueType);
    }

    private static string? DescribeValue(string name, IReadOnlyList<Token> tokens, Type type) =>
        tokens.FirstOrDefault(token => !IsOfType(token.Value, type)) is { } token
            ? $"{name} must be {DescribeType(type)}, not '{Excerpt.Bare(token.Value)}'"
            : null;

    private static string? DescribeCommand(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Action is null && command.Subcommands.Count > 0)
            return $"`{Path(parsed)}` needs a command: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}";
        if (command.Arguments.Any(argument => CountValues(parsed, argument) < argument.Arity.MinimumNumberOfValues))
        {
            var needed = command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).ToList();
            return $"`{Path(parsed)}` needs {string.Join(' ', needed.Select(argument => $"<{argument.Name}>"))} " +
                $"({string.Join("; ", needed.Select(argument => argument.Description?.TrimEnd('.')))})";
        }

        var missing = command.Options.FirstOrDefault(option => option.Required && parsed.GetResult(option) is null or { Implicit: true });
        return missing is null ? null : $"`{Path(parsed)}` needs {missing.Name} ({missing.Description?.TrimEnd('.')})";
    }

    private static int CountValues(ParseResult parsed, Argument argument) => parsed.GetResult(argument)?.Tokens.Count ?? 0;

    private static bool IsOfType(string text, Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } words => Enum.TryParse(words, text, ignoreCase: true, out _),
        var plain when plain == typeof(int) => int.TryParse(text, CultureInfo.InvariantCulture, out _),
        var plain when plain == typeof(long) => long.TryParse(text, CultureInfo.InvariantCulture, out _),
        var plain when plain == typeof(double) => double.TryParse(text, CultureInfo.InvariantCulture, out _),
        var plain when plain == typeof(decimal) => decimal.TryParse(text, CultureInfo.InvariantCulture, out _),
        var plain when plain == typeof(bool) => bool.TryParse(text, out _),
        _ => true,
    };

    private static string DescribeType(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(plain).Select(name => name.ToLowerInvariant()))}";
        if (plain == typeof(bool)) return "true or false";
        return plain == typeof(double) || plain == typeof(decimal) ? "a number" : "a whole number";
    }
}
