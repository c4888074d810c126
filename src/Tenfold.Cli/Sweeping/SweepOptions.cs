using System.CommandLine;
using Tenfold.App.Sweeping;
using Tenfold.Cli.Commands;
using Tenfold.Core.Input;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;

namespace Tenfold.Cli.Sweeping;

/// <summary>The options with which a study is made: over <c>tenfold.yaml</c>'s.</summary>
internal sealed class SweepOptions
{
    private const string None = "none";

    private readonly Argument<string?> _folder =
        new("folder") { Description = "A project's folder. Default: the project here.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _trials = new(
        "--trials", "-t")
    { Description = "How many points are tried. Default: `trials` in tenfold.yaml, else 50." };
    private readonly Option<int?> _parallel = new(
        "--parallel", "-j")
    { Description = "How many trials at once. Default: `parallel`, else what the machine's cores have room for." };
    private readonly Option<string?> _method =
        new("--method") { Description = "auto, random, sobol, grid, thompson, logei or tpe. Default: `method`, else auto." };
    private readonly Option<int?> _repeat = new(
        "--repeat", "-n")
    { Description = "How many runs, each with a seed of its own, make a trial. Default: `repeat`, else 1." };
    private readonly Option<string?> _prune =
        new("--prune") { Description = "asha, median or none: when a trial is ended early. Default: `prune`, else none." };
    private readonly Option<string?> _time =
        new("--time") { Description = "The wall time that trials may take: 90m, 2h. Default: `budget.time`, else no bound." };
    private readonly Option<decimal?> _cost =
        new("--cost") { Description = "What the machines may cost, in US dollars. Default: `budget.cost`, else no bound." };
    private readonly Option<long?> _seed = new("--seed") { Description = "The seed of every random choice. Default: `seed`, else 0." };
    private readonly Option<bool> _synchronous =
        new("--synchronous") { Description = "Ask in batches: the next one when all of the last have ended." };
    private readonly Option<string?> _from = new("--from") { Description = "An earlier study of the project to learn from." };
    private readonly Option<string[]> _parameters = new(
        "-p", "--param")
    {
        Description = "A parameter, name=value; one that is swept becomes fixed. May be given again.",
        AllowMultipleArgumentsPerToken = false
    };
    private readonly Option<string?> _metric =
        new("--metric") { Description = "The metric that decides: accuracy:maximize, loss:minimize." };
    private readonly Option<string?> _on = new("--on") { Description = "The target. Default: local." };
    private readonly List<Option> _options = [];
    private bool _hasWork;

    /// <summary>Gives a command these options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasWork">False when somebody else runs the trials: without those that are about running them.</param>
    public void AddTo(Command command, bool hasWork)
    {
        _hasWork = hasWork;
        foreach (var (option, name) in new[] { (_trials, "--trials"), (_parallel, "--parallel"), (_repeat, "--repeat") })
            option.Validators.Add(result => CommandOptions.AtLeastOne(result, name, option == _trials ? 1_000_000 : 10_000));
        _seed.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && long.TryParse(result.Tokens[0].Value, out var seed) && seed < 0)
                result.AddError($"--seed wants a whole number of at least 0, not {seed}");
        });
        command.Add(_folder);
        _options.AddRange([_trials, _parallel, _method, _seed, _synchronous, _from, _parameters, _metric]);
        if (hasWork) _options.AddRange([_repeat, _prune, _time, _cost, _on]);
        foreach (var option in _options) command.Add(option);
    }

    /// <summary>The names of those that were given.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. _options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name),
            .. parsed.GetValue(_folder) is { } folder ? [folder] : Array.Empty<string>()];

    /// <summary>What was asked.</summary>
    /// <exception cref="CommandException">A word is none of those that it may be.</exception>
    public SweepRequest Read(ParseResult parsed) => new()
    {
        Folder = parsed.GetValue(_folder),
        Trials = parsed.GetValue(_trials),
        Parallel = parsed.GetValue(_parallel),
        Method = Word<SweepMethod>(parsed.GetValue(_method), "--method"),
        Repeat = parsed.GetValue(_repeat),
        Prune = IsNone(parsed) ? null : Word<PruningRule>(parsed.GetValue(_prune), "--prune", None),
        IsUnpruned = IsNone(parsed),
        Time = parsed.GetValue(_time) is { } time ? ReadTime(time) : null,
        Cost = parsed.GetValue(_cost) is { } cost
            ? cost > 0 ? cost : throw new CommandException(ExitCodes.BadInput, $"--cost wants US dollars above 0, not {cost}") : null,
        Seed = parsed.GetValue(_seed),
        Synchronous = parsed.GetValue(_synchronous),
        From = parsed.GetValue(_from),
        Parameters = parsed.GetValue(_parameters) ?? [],
        Metric = parsed.GetValue(_metric),
        On = parsed.GetValue(_on),
        HasWork = _hasWork,
    };

    private bool IsNone(ParseResult parsed) => parsed.GetValue(_prune)?.Trim().ToLowerInvariant() == None;

    private static T? Word<T>(string? text, string option, params string[] others)
        where T : struct, Enum
    {
        if (text is null) return null;
        List<string> words = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant()), .. others];
        return words.IndexOf(text.Trim().ToLowerInvariant()) is var index and >= 0
            ? Enum.GetValues<T>()[index]
            : throw new CommandException(
                ExitCodes.BadInput,
                $"{option} wants {string.Join(", ", words[..^1])} or {words[^1]}, not " +
                $"{Excerpt.Of(text)}{(Nearest.To(text, words) is { } meant ? $"; did you mean {meant}?" : "")}");
    }

    private static TimeSpan ReadTime(string text) =>
        Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--time {fault}");
}
