using System.CommandLine;
using Tenfold.App;
using Tenfold.Core.Runs;
using Tenfold.Sql;

namespace Tenfold.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommandOptions
{
    private const int MaxCompletions = 200;

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "Print JSON to standard output; its fields are described in docs/json.md." };

    /// <summary><c>--overwrite</c>.</summary>
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace files that exist and differ." };

    /// <summary>An id, completed from the ledger.</summary>
    public static Argument<string> Id(string description)
    {
        var argument = new Argument<string>("id") { Description = $"{description}; any unique beginning will do." };
        argument.HelpName = argument.Name; // help would list the completions instead
        argument.CompletionSources.Add(context => Completions(context.WordToComplete));
        return argument;
    }

    /// <summary>Ids, completed from the ledger.</summary>
    public static Argument<string[]> Ids(string name, string description, ArgumentArity arity)
    {
        var argument = new Argument<string[]>(name) { Description = $"{description}; any unique beginning will do.", Arity = arity };
        argument.HelpName = argument.Name; // help would list the completions instead
        argument.CompletionSources.Add(context => Completions(context.WordToComplete));
        return argument;
    }

    /// <summary>Refuses a number that is no count of things.</summary>
    /// <param name="result">What was given.</param>
    /// <param name="name">The option.</param>
    /// <param name="most">The largest that is taken; what tenfold.yaml takes, for what stands there too.</param>
    public static void AtLeastOne(System.CommandLine.Parsing.OptionResult result, string name, int most = 100_000)
    {
        if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var number) && (number < 1 || number > most))
            result.AddError($"{name} wants a whole number from 1 to {most}, not {number}");
    }

    /// <summary>The description with an example under it, as <c>--help</c> shows it.</summary>
    public static string WithExample(this string description, params string[] examples) =>
        $"{description}\n\n{(examples.Length == 1 ? "Example" : "Examples")}:\n  {string.Join("\n  ", examples)}";

    // A study's trials are offered once its name is there: before, they would swamp the rest.
    private static IReadOnlyList<string> Completions(string word)
    {
        try
        {
            var services = Services.Open().OrFail();
            if (services.Database is SqliteDatabase file && !File.Exists(file.Place)) return [];
            if (word.Contains('-')) return services.Ledger.FindAsync(word, MaxCompletions, CancellationToken.None).GetAwaiter().GetResult();
            var studies = services.Studies.StudiesAsync(30, CancellationToken.None).GetAwaiter().GetResult().Select(study => study.Id);
            var groups = services.Ledger.GroupsAsync(30, CancellationToken.None).GetAwaiter().GetResult()
                .SelectMany(
                    group => group.Repeat == 1 ? [group.Id]
                        : Enumerable.Range(1, group.Repeat).Select(i => RunNames.Run(group.Id, i)).Prepend(group.Id));
            return [.. studies.Concat(groups).Take(MaxCompletions)];
        }
        catch (Exception)
        {
            return []; // a shell that asks for completions can't use an error
        }
    }
}
