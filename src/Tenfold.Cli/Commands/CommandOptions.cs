using System.CommandLine;
using System.CommandLine.Parsing;
using Tenfold.Cli.Remote;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Sql;

namespace Tenfold.Cli.Commands;

/// <summary>Options and arguments that several commands share.</summary>
internal static class CommandOptions
{
    private const int MaxCompletions = 200;

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "Print JSON to standard output; its fields are described in docs/json.md." };

    /// <summary>The <c>--store</c> of a pool.</summary>
    public static Option<string?> PoolStore() => new("--store")
    {
        Description = "The store with the pool's queue: s3://bucket/prefix, or a folder that all its machines share. "
            + "Default: that of the project in this folder.",
    };

    /// <summary>The <c>--listen</c> of a program that answers over HTTP.</summary>
    /// <param name="description">What to know of the address.</param>
    /// <param name="url">The default.</param>
    public static Option<string> Listen(string description, string url)
    {
        var option = new Option<string>("--listen") { Description = description, DefaultValueFactory = _ => url };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var given }]) return;
            if (!Uri.TryCreate(given, UriKind.Absolute, out var address) || address.Scheme != "http")
                result.AddError($"--listen must be a URL such as {url}, not '{given}'");
        });
        return option;
    }

    /// <summary><c>--overwrite</c>.</summary>
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace files that exist and differ." };

    /// <summary><c>--env</c>.</summary>
    public static Option<string[]> Variables() => new("--env", "-e")
    {
        Description = "An environment variable for the runs, NAME=value; NAME alone takes this shell's value. It is recorded. "
            + "May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>An id argument, completed from the ledger.</summary>
    public static Argument<string> Id(string description)
    {
        var argument = new Argument<string>("id") { Description = $"{description}; any unique prefix will do." };
        argument.HelpName = argument.Name; // otherwise help lists the completions
        argument.CompletionSources.Add(context => Completions(context.WordToComplete));
        return argument;
    }

    /// <summary>An argument of several ids, completed from the ledger.</summary>
    public static Argument<string[]> Ids(string name, string description, ArgumentArity arity)
    {
        var argument = new Argument<string[]>(name) { Description = $"{description}; any unique prefix will do.", Arity = arity };
        argument.HelpName = argument.Name; // otherwise help lists the completions
        argument.CompletionSources.Add(context => Completions(context.WordToComplete));
        return argument;
    }

    /// <summary>Reports an error when a count is less than 1 or too large.</summary>
    /// <param name="result">The parsed option.</param>
    /// <param name="name">The option's name.</param>
    /// <param name="most">The largest count. An option that tenfold.yaml has too uses the file's limit.</param>
    public static void CheckCount(OptionResult result, string name, int most = 100_000)
    {
        if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var number) && (number < 1 || number > most))
            result.AddError($"{name} must be a whole number from 1 to {most}, not {number}");
    }

    /// <summary>The description with examples below it, as <c>--help</c> shows it.</summary>
    public static string WithExample(this string description, params string[] examples) =>
        $"{description}\n\n{(examples.Length == 1 ? "Example" : "Examples")}:\n  {string.Join("\n  ", examples)}";

    // A study's trials are offered only after the study's id: earlier they would crowd out everything else.
    private static IReadOnlyList<string> Completions(string word)
    {
        try
        {
            // A server's ids are not those of this machine's ledger.
            if (ProcessServices.ReadVariables().GetValueOrDefault(ServerAddress.Variable) is { Length: > 0 }) return [];
            var services = ProcessServices.Open();
            if (services.Database is SqliteDatabase file && !File.Exists(file.Place)) return [];
            if (word.Contains('-'))
            {
                return services.Ledger.FindNamesAsync(word, MaxCompletions, CancellationToken.None).GetAwaiter().GetResult();
            }

            var studies = services.Studies.ListStudiesAsync(30, CancellationToken.None).GetAwaiter().GetResult().Select(study => study.Id);
            var groups = services.Ledger.ListGroupsAsync(30, CancellationToken.None).GetAwaiter().GetResult();
            return [.. studies.Concat(groups.SelectMany(IdsOf)).Take(MaxCompletions)];
        }
        catch (Exception)
        {
            return []; // a shell can't show an error while it completes a word
        }

        // A group's only run goes by the group's id.
        static IEnumerable<string> IdsOf(GroupRecord group) => group.Repeat == 1
            ? [group.Id]
            : Enumerable.Range(1, group.Repeat).Select(repeat => RunNames.Run(group.Id, repeat)).Prepend(group.Id);
    }
}
