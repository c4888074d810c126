using System.CommandLine;

namespace Tenfold.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class Shared
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON to standard output; its fields are described in docs/json.md." };

    /// <summary>An id, completed from the ledger.</summary>
    public static Argument<string> Id(string description)
    {
        var argument = new Argument<string>("id") { Description = $"{description}; any unique beginning will do." };
        argument.HelpName = argument.Name; // help would list the completions instead
        argument.CompletionSources.Add(_ => RecentIds());
        return argument;
    }

    /// <summary>Ids, completed from the ledger.</summary>
    public static Argument<string[]> Ids(string name, string description, ArgumentArity arity)
    {
        var argument = new Argument<string[]>(name) { Description = $"{description}; any unique beginning will do.", Arity = arity };
        argument.HelpName = argument.Name; // help would list the completions instead
        argument.CompletionSources.Add(_ => RecentIds());
        return argument;
    }

    /// <summary>Refuses a number that is no count of things.</summary>
    public static void AtLeastOne(System.CommandLine.Parsing.OptionResult result, string name)
    {
        if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var number) && number is < 1 or > 100_000)
            result.AddError($"{name} wants a whole number from 1 to 100000, not {number}");
    }

    /// <summary>The description with an example under it, as <c>--help</c> shows it.</summary>
    public static string WithExample(this string description, params string[] examples) =>
        $"{description}\n\n{(examples.Length == 1 ? "Example" : "Examples")}:\n  {string.Join("\n  ", examples)}";

    private static List<string> RecentIds()
    {
        try
        {
            var place = Workplace.Open();
            if (!File.Exists(place.LedgerPath)) return [];
            var groups = place.Ledger.GroupsAsync(30, CancellationToken.None).GetAwaiter().GetResult();
            return groups.SelectMany(group => group.Repeat == 1 ? [group.Id] : Enumerable.Range(1, group.Repeat).Select(i => $"{group.Id}-{i}").Prepend(group.Id)).Take(200).ToList();
        }
        catch (Exception)
        {
            return []; // a shell that asks for completions can't use an error
        }
    }
}
