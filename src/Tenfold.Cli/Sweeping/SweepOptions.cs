using System.CommandLine;
using Tenfold.App.Sweeping;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Remote;
using Tenfold.Core.Input;
using Tenfold.Core.Queueing;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;

namespace Tenfold.Cli.Sweeping;

/// <summary>The options of the commands that create studies. They override <c>tenfold.yaml</c>.</summary>
internal sealed class SweepOptions
{
    private const string NoPruning = "none";

    private readonly Argument<string?> _folder = new("folder")
    {
        Description = "A project's folder. Default: the project in this folder.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int?> _trials = new("--trials", "-t")
    {
        Description = "How many points to try. Default: `trials` in tenfold.yaml, else 50.",
    };

    private readonly Option<int?> _parallel = new("--parallel", "-j")
    {
        Description = "How many trials at once. Default: `parallel`, else as many as the machine's cores allow.",
    };

    private readonly Option<string?> _method = new("--method")
    {
        Description = "auto, random, sobol, grid, thompson, logei or tpe. Default: `method`, else auto.",
    };

    private readonly Option<int?> _repeat = new("--repeat", "-n")
    {
        Description = "How many runs make a trial, each with its own seed. Default: `repeat`, else 1.",
    };

    private readonly Option<string?> _prune = new("--prune")
    {
        Description = "When to end a trial early: asha, median, hyperband or none. Default: `prune`, else none.",
    };

    private readonly Option<string?> _time = new("--time")
    {
        Description = "The wall time that the trials may take: 90m, 2h. Default: `budget.time`, else no limit.",
    };

    private readonly Option<decimal?> _cost = new("--cost")
    {
        Description = "What the machines may cost, in US dollars. Default: `budget.cost`, else no limit.",
    };

    private readonly Option<long?> _seed = new("--seed") { Description = "The seed of every random choice. Default: `seed`, else 0." };

    private readonly Option<bool> _synchronous = new("--synchronous")
    {
        Description = "Ask in batches: the next batch only after the whole last one has ended.",
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "An earlier study of the project to learn from; or a study of Optuna in an SQLite file, as FILE.db#study.",
    };

    private readonly Option<string[]> _parameters = new("-p", "--param")
    {
        Description = "A parameter, as name=value. A parameter of the sweep becomes fixed. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string[]> _variables = CommandOptions.Variables();

    private readonly Option<string?> _metric = new("--metric")
    {
        Description = "The metric to optimise, such as accuracy:maximize or loss:minimize.",
    };

    private readonly Option<string?> _on = new("--on") { Description = "The target. Default: local." };

    private readonly Option<RunPriority> _priority = new("--priority")
    {
        Description = "How urgent the runs are: low, normal or high.",
        DefaultValueFactory = _ => RunPriority.Normal,
    };

    private readonly List<Option> _options = [];
    private bool _hasWork, _hasFolder;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasWork">True when Tenfold runs the trials; false to leave out the options about running them.</param>
    /// <param name="hasFolder">False where the arguments are a command, so that the project is the one in this folder.</param>
    public void AddTo(Command command, bool hasWork, bool hasFolder = true)
    {
        _hasWork = hasWork;
        _trials.Validators.Add(result => CommandOptions.CheckCount(result, "--trials", SweepRequest.MaxTrials));
        _parallel.Validators.Add(result => CommandOptions.CheckCount(result, "--parallel", SweepRequest.MaxRuns));
        _repeat.Validators.Add(result => CommandOptions.CheckCount(result, "--repeat", SweepRequest.MaxRuns));
        _seed.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && long.TryParse(result.Tokens[0].Value, out var seed) && seed < 0)
                result.AddError($"--seed must be a whole number of at least 0, not {seed}");
        });
        if (hasFolder) command.Add(_folder);
        _hasFolder = hasFolder;
        _options.AddRange([_trials, _parallel, _method, _seed, _synchronous, _from, _parameters, _metric, _prune]);
        if (hasWork) _options.AddRange([_variables, _repeat, _time, _cost, _on, _priority]);
        foreach (var option in _options) command.Add(option);
    }

    /// <summary>The names of the options that were given, and the folder if one was given.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed)
    {
        var names = _options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name);
        return [.. _hasFolder && parsed.GetValue(_folder) is { } folder ? names.Append(folder) : names];
    }

    /// <summary>The name of the option that says how many points to try.</summary>
    public string TrialsName => _trials.Name;

    /// <summary>Refuses settings beside <c>--resume</c>, which would silently be ignored.</summary>
    /// <exception cref="CommandException">An option other than <c>--trials</c> is given.</exception>
    public void CheckResume(ParseResult parsed, string study)
    {
        var given = Given(parsed).Where(name => name != TrialsName).ToList();
        if (given.Count == 0) return;
        throw new CommandException(
            ExitCodes.BadInput,
            $"--resume continues a study with its own settings: leave out {string.Join(", ", given)}, or start a study that learns from " +
            $"it: tenfold sweep --from {study}");
    }

    /// <summary>Refuses what a server takes from the commit alone.</summary>
    /// <exception cref="CommandException">Such an option is given.</exception>
    public void CheckRemote(ParseResult parsed)
    {
        Option[] ofCommit = [_parameters, _variables, _metric];
        if (Array.Find(ofCommit, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw RemoteCommit.Refuse(given.Name);
    }

    /// <summary>How many points to try; null when it isn't given.</summary>
    public int? Trials(ParseResult parsed) => parsed.GetValue(_trials);

    /// <summary>The name of the option that says how many trials run at once.</summary>
    public string ParallelName => _parallel.Name;

    /// <summary>How many trials run at once; null when it isn't given.</summary>
    public int? Parallel(ParseResult parsed) => parsed.GetValue(_parallel);

    /// <summary>Reads the request.</summary>
    /// <exception cref="CommandException">A value can't be used.</exception>
    public SweepRequest Read(ParseResult parsed) => new()
    {
        Folder = _hasFolder ? parsed.GetValue(_folder) : null,
        Trials = parsed.GetValue(_trials),
        Parallel = parsed.GetValue(_parallel),
        Method = ReadWord<SweepMethod>(parsed.GetValue(_method), "--method"),
        Repeat = parsed.GetValue(_repeat),
        Prune = IsUnpruned(parsed) ? null : ReadWord<PruningRule>(parsed.GetValue(_prune), "--prune", NoPruning),
        IsUnpruned = IsUnpruned(parsed),
        Time = parsed.GetValue(_time) is { } time ? ReadTime(time) : null,
        Cost = parsed.GetValue(_cost) is { } cost ? CheckCost(cost) : null,
        Seed = parsed.GetValue(_seed),
        Synchronous = parsed.GetValue(_synchronous),
        From = parsed.GetValue(_from),
        Parameters = parsed.GetValue(_parameters) ?? [],
        Variables = (_hasWork ? parsed.GetValue(_variables) : null) ?? [],
        Metric = parsed.GetValue(_metric),
        On = parsed.GetValue(_on),
        Priority = _hasWork ? parsed.GetValue(_priority) : RunPriority.Normal,
        HasWork = _hasWork,
    };

    private bool IsUnpruned(ParseResult parsed) => parsed.GetValue(_prune)?.Trim().ToLowerInvariant() == NoPruning;

    private static T? ReadWord<T>(string? text, string option, params string[] others)
        where T : struct, Enum
    {
        if (text is null) return null;
        List<string> words = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant()), .. others];
        if (words.IndexOf(text.Trim().ToLowerInvariant()) is var index and >= 0) return Enum.GetValues<T>()[index];
        var hint = Nearest.To(text, words) is { } near ? $"; did you mean {near}?" : "";
        throw new CommandException(
            ExitCodes.BadInput, $"{option} must be {string.Join(", ", words[..^1])} or {words[^1]}, not {Excerpt.Of(text)}{hint}");
    }

    private static TimeSpan ReadTime(string text) =>
        Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--time {fault}");

    private static decimal CheckCost(decimal cost) =>
        cost > 0 ? cost : throw new CommandException(ExitCodes.BadInput, $"--cost must be an amount in US dollars above 0, not {cost}");
}
