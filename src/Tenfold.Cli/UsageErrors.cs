using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Tenfold.Core.Projects;
using Tenfold.Core.Runs;

namespace Tenfold.Cli;

/// <summary>What is wrong with a command line, in our words: each fault once, with a "did you mean", and not followed by pages of help.</summary>
internal static partial class UsageErrors
{
    /// <summary>True when something that looks like an option was taken for an argument.</summary>
    public static bool HasStrayOption(ParseResult parsed) =>
        parsed.Action is not null && parsed.CommandResult.Children.OfType<ArgumentResult>().Any(argument => argument.Tokens.Any(token => IsOption(token.Value)));

    /// <summary>The command as a user types it: <c>tenfold fit</c>.</summary>
    public static string Path(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "tenfold" : $"tenfold {parsed.CommandResult.Command.Name}";

    /// <summary>Every fault; empty when the line can be carried out.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).Concat(parsed.UnmatchedTokens).Where(IsOption).Distinct()
            .Select(value => $"there is no option {Excerpt.Bare(value)}{Hint(value, command.Options.SelectMany(option => option.Aliases.Append(option.Name)))}")
            .ToList();
        if (unknown.Count > 0) return unknown;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var first, ..])
            return [$"there is no command {Excerpt.Of(first)}{Hint(first, command.Subcommands.Select(sub => sub.Name))}"];
        return [.. parsed.Errors.Select(error => Reword(error.Message, command)).Distinct()];
    }

    private static bool IsOption(string value) => value.Length > 1 && value[0] == '-';

    private static string Hint(string given, IEnumerable<string> known) => Nearest.To(given, known) is { } near ? $"; did you mean {near}?" : "";

    private static string Reword(string message, Command command)
    {
        if (message.StartsWith("Required argument missing for option: ", StringComparison.Ordinal)) return $"{message.Split(':')[1].Trim(' ', '.', '\'')} needs a value";
        if (message.StartsWith("Required argument missing", StringComparison.Ordinal))
            return $"{string.Join(" and ", command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(argument => $"<{argument.Name}>"))} is needed";
        if (message.StartsWith("Required command", StringComparison.Ordinal)) return $"a command is needed: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}";
        if (CannotParse().Match(message) is not { Success: true } match) return message.Split('\n')[0];
        var type = match.Groups["type"].Value;
        var words = type.Contains("Int") ? "a whole number" : type.Contains("Double") ? "a number"
            : type.Contains(nameof(RunState)) ? string.Join(", ", Enum.GetNames<RunState>()).ToLowerInvariant() : "another value";
        return $"{match.Groups["option"].Value} wants {words}, not {Excerpt.Of(match.Groups["value"].Value)}";
    }

    [GeneratedRegex("^Cannot parse argument '(?<value>.*)' for (?:option|command|argument) '(?<option>[^']*)' as expected type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex CannotParse();
}
