using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of the <c>sweep</c> part.</summary>
internal static class SweepKeys
{
    // The pattern of the ids that RunNames makes, or a file: no id has a point or a slash.
    private const string StudyPattern = "^([a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{7}|.*[./].*)$";

    private static readonly object NoPruning = new();

    public static readonly Field<ParameterValue> Min = new("min", Scalars.Number(),
        "The smallest value. A range holds whole numbers when `min`, `max` and `step` are written without a point, "
        + "unless `train.params` declares the parameter with one.",
        "1e-4");

    public static readonly Field<ParameterValue> Max = new("max", Scalars.Number(),
        "The largest value, included. With `step`, the largest value that lies on a step.", "1e-1");

    public static readonly Field<object> Scale = new("scale", Scalars.Choice(new("linear", RangeScale.Linear), new("log", RangeScale.Log)),
        "The scale on which a range is searched: `linear` for differences, `log` for ratios.", "log")
    { DefaultWords = "`linear`" };

    public static readonly Field<ParameterValue> Step = new("step", Scalars.Number(),
        "The distance between neighbouring values, starting at `min`. Not allowed with `scale: log`.", "16");

    public static readonly Field<IReadOnlyList<ParameterValue>> Values = new("values",
        new ListShape<ParameterValue>("a list of values", SweptValueShape.Instance, atLeast: 1),
        "The values to choose from, instead of a range: numbers, texts, true, false, lists of these, and `null` for none.", "[16, 32, 64]");

    public static readonly Field<object> Ordered = new("ordered", Scalars.Flag,
        "True when neighbours in `values` are similar, as with sizes.", "true")
    { DefaultWords = "`false`" };

    public static readonly Field<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>> When = new("when",
        new MapShape<IReadOnlyList<ParameterValue>>(
            "a mapping of other parameters, each with a value or a list of values", TrainKeys.ParameterName, Condition()),
        "The parameter is active only where each parameter named here, which must have `values`, has the given value or one of "
        + "those listed.",
        "{ optimizer: sgd }")
    { DefaultWords = "always active" };

    public static readonly OneOfShape<SearchDimension> Dimension = new(
        "{ min: …, max: … }, { values: [ … ] } or one fixed value",
        new MappedShape<ParameterValue, SearchDimension>(Scalars.Anything, value => new FixedDimension(value)),
        map: new ObjectShape<SearchDimension>("{ min: …, max: … } or { values: [ … ] }",
            [Min, Max, Scale, Step, Values, Ordered, When], MakeDimension)
        {
            Check = DimensionChecks.Run,
            Alternatives = [[Min.Key, Max.Key], [Values.Key]],
        });

    public static readonly Field<IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>>> Forbidden = new("forbidden",
        new ListShape<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>>("a list of combinations",
            new MapShape<IReadOnlyList<ParameterValue>>(
                "a mapping of parameters, each with a value or a list of values", TrainKeys.ParameterName, Condition())
            {
                NotEmpty = true,
            }),
        "Combinations that are never tried. Each names parameters that have `values`, with the values that they must not have together.",
        "[ { optimizer: sgd, precision: [fp8, fp16] } ]");

    public static readonly Field<object> Method = new("method",
        Scalars.Choice(new("auto", SweepMethod.Auto), new("random", SweepMethod.Random), new("sobol", SweepMethod.Sobol),
            new("grid", SweepMethod.Grid),
            new("thompson", SweepMethod.Thompson), new("logei", SweepMethod.LogEI), new("tpe", SweepMethod.Tpe)),
        "The search method. `auto` chooses one by the space, the noise and the number of trials.",
        "thompson")
    { DefaultWords = "`auto`" };

    public static readonly Field<IReadOnlyDictionary<string, SearchDimension>> Space = new("parameters",
        new MapShape<SearchDimension>("a mapping of parameters, each with a range or values", TrainKeys.ParameterName, Dimension)
        {
            NotEmpty = true,
        },
        "The space: each parameter with a range, with values, or with one fixed value. A parameter that `train.params` declares "
        + "keeps its type; any other exists in trials only.",
        "{ learning_rate: { min: 1e-4, max: 1e-1, scale: log }, hidden: { values: [16, 32, 64] } }")
    { Required = true };

    public static readonly Field<object> Trials = new("trials", Scalars.Whole(1, 1_000_000),
        "The number of points to try.", "50")
    { DefaultWords = "`50`, or every point for `method: grid`" };

    public static readonly Field<object> Parallel = new("parallel", Scalars.Whole(1, 10_000),
        "The number of trials that run in parallel.", "8")
    { DefaultWords = "as many as the target runs at once" };

    public static readonly Field<object> Repeat = new("repeat", Scalars.Whole(1, 10_000),
        "The number of runs of each trial, each with its own seed.", "3")
    { DefaultWords = "`1`" };

    public static readonly Field<object> Synchronous = new("synchronous", Scalars.Flag,
        "True to run trials in batches: the next batch starts when all trials of the last batch have ended.", "true")
    { DefaultWords = "`false`: a new trial starts whenever one ends" };

    public static readonly Field<object> CostAware = new("cost_aware", Scalars.Flag,
        "True to prefer trials that are expected to end soon, where the time of a trial depends on its parameters. With a budget of time, "
        + "the search then tries more points. Needs `method: auto` or `logei`.", "true")
    { DefaultWords = "`false`: all trials count alike" };

    public static readonly Field<object> Seed = new("seed", Scalars.Whole(0),
        "The seed of the search and of the trials' seeds.", "7")
    { DefaultWords = "`0`" };

    public static readonly Field<object> Rule = new("rule", PruningRules(),
        "`asha` (asynchronous successive halving): a trial continues past a rung when it is among the best 1/`factor` that reached it. "
        + "`median`: a trial continues when its best value so far is no worse than the median of the others there. `hyperband`: as `asha`, "
        + "but some trials are not judged at the first rungs, and some at none. Once five trials have completed, a forecast of how the "
        + "trial will end decides instead.",
        "asha")
    { Required = true };

    public static readonly Field<object> First = new("first", Scalars.Whole(1),
        "The first rung, in the steps with which the script prints `train.metric`. No trial is pruned before it. Without `first`, "
        + "there are two rungs; with `factor: 3` they are at a ninth and a third of `max_steps`.",
        "3")
    { DefaultWords = "two rungs before the end" };

    public static readonly Field<object> Factor = new("factor", Scalars.Whole(2, 16),
        "The ratio of each rung to the rung before: `first: 1` and `factor: 3` give rungs at 1, 3, 9, 27, …", "3")
    { DefaultWords = "`3`" };

    public static readonly Field<object> MaxSteps = new("max_steps", Scalars.Whole(1),
        "The last step of a whole trial. Set it where trials differ in length, or where some end themselves early.", "81")
    { DefaultWords = "the last step of the longest completed trial, once `factor` trials have completed" };

    public static readonly Field<object> Prune = new("prune", new OneOfShape<object>(
        "asha, median, hyperband, none or { rule: …, first: …, factor: …, max_steps: … }",
        Scalars.Choice(new("none", NoPruning), new("asha", new Pruning(PruningRule.Asha)), new("median", new Pruning(PruningRule.Median)),
            new("hyperband", new Pruning(PruningRule.Hyperband))),
        map: new MappedShape<Pruning, object>(
            new ObjectShape<Pruning>("{ rule: asha, first: 1, factor: 3 }", [Rule, First, Factor, MaxSteps], values =>
                new Pruning(
                    values.Get(Rule, PruningRule.Asha), values.Maybe<int>(First), values.Get(Factor, 3), values.Maybe<int>(MaxSteps))),
            pruning => pruning)),
        "The rule that prunes trials: `asha`, `median`, `hyperband` or `none`; or a mapping that also sets the rungs.", "asha")
    { DefaultWords = "`none`" };

    public static readonly Field<object> Time = new("time", Units.Duration,
        "The wall time during which trials run, summed over interruptions: days, hours, minutes and seconds.", "2h")
    { DefaultWords = "no limit" };

    public static readonly Field<object> Cost = new("cost", Units.Dollars,
        "The cost of the trials' machines in US dollars. The target must know its price.", "20")
    { DefaultWords = "no limit" };

    public static readonly Field<Budget> Budget = new("budget",
        new ObjectShape<Budget>("{ time: 2h, cost: 20 }, or one of them", [Time, Cost], values =>
            new Budget(values.Maybe<TimeSpan>(Time), values.Maybe<decimal>(Cost)))
        { NotEmpty = true },
        "What the sweep may spend. A trial starts only if it can end within the budget.", "{ time: 2h, cost: 20 }")
    { DefaultWords = "no limit" };

    public static readonly Field<object> Top = new("top", Scalars.Whole(1, 1_000),
        "How many of the best points are run again.", "3")
    { DefaultWords = "`3`" };

    public static readonly Field<object> ConfirmRepeat = new("repeat", Scalars.Whole(2, 10_000),
        "How many runs each of them gets, with fresh seeds.", "10")
    { DefaultWords = "`10`" };

    public static readonly Field<Confirmation> Confirm = new("confirm",
        new ObjectShape<Confirmation>("{ top: 3, repeat: 10 }", [Top, ConfirmRepeat], values =>
            new Confirmation(values.Get(Top, 3), values.Get(ConfirmRepeat, 10))),
        "Runs the best points again with fresh seeds to find the winner. With five repeats or more, the winner and the `baseline` then run "
        + "as many further seeds, which measure the gain. With several objectives, points of the front run again, and none wins.",
        "{ top: 3, repeat: 10 }")
    { DefaultWords = "none: no point is run again" };

    public static readonly Field<IReadOnlyList<Parameters>> Start = new("start",
        new ListShape<Parameters>("a list of points", Point()),
        "Points to try first, such as settings that are known to be good.", "[ { learning_rate: 0.01, hidden: 32 } ]");

    public static readonly Field<Parameters> Baseline = new("baseline", Point(),
        "The settings that the confirmed winner is compared with. Parameters that are not named here have their value in `train.params`.",
        "{ learning_rate: 0.01 }")
    { DefaultWords = "the values in `train.params`, if each searched parameter has one" };

    public static readonly Field<IReadOnlyDictionary<string, object>> Objectives = new("objectives",
        new MapShape<object>("a mapping of metrics, each with maximize or minimize", TrainKeys.MetricRule, TrainKeys.Goal)
        {
            NotEmpty = true,
        },
        "Two to four metrics to optimise at once, instead of `train.metric`. The sweep then looks for the Pareto front: the trials that no "
        + "other trial beats in every objective. A trial that lacks one of the metrics fails.",
        "{ accuracy: maximize, latency_ms: minimize }")
    { DefaultWords = "none: `train.metric` decides" };

    public static readonly Field<IReadOnlyDictionary<string, string>> Constraints = new("constraints",
        new MapShape<string>("a mapping of metrics, each with a limit such as \"<= 20\"", TrainKeys.MetricRule,
            Scalars.Text("a limit such as \"<= 20\" or \">= 0.5\"", LimitFault, "^ *[<>]= *[-+.0-9eE]+ *$"))
        {
            NotEmpty = true,
        },
        "Limits on other metrics that the script prints. A trial whose last value, or the mean over its runs, breaks a limit is "
        + "infeasible: it can't win, and the search avoids such points.",
        "{ latency_ms: \"<= 20\" }");

    public static readonly Field<string> From = new("from",
        Scalars.Text("the id of a study, or FILE.db#study of Optuna", StudyFault, StudyPattern),
        "An earlier study of this project to learn from; or a study of Optuna in an SQLite file, as `FILE.db#study`.", "k7m2xqab");

    public static readonly ObjectShape<Sweep> Sweep = new("a mapping with a method, parameters and a number of trials",
        [
            Method, Space, Forbidden, Trials, Parallel, Synchronous, CostAware, Repeat, Seed, Prune, Budget, Confirm, Baseline, Objectives,
            Constraints, Start, From,
        ],
        values => new Sweep
        {
            Method = values.Get(Method, SweepMethod.Auto),
            Parameters = values.Get(Space) ?? new OrderedDictionary<string, SearchDimension>(),
            Forbidden = values.Get(Forbidden) ?? [],
            Trials = values.Maybe<int>(Trials),
            Parallel = values.Maybe<int>(Parallel),
            Repeat = values.Get(Repeat, 1),
            Synchronous = values.Get(Synchronous, false),
            CostAware = values.Get(CostAware, false),
            Seed = values.Get(Seed, 0),
            Prune = values.Get(Prune) as Pruning,
            Budget = values.Get(Budget),
            Confirm = values.Get(Confirm),
            Baseline = values.Get(Baseline),
            Objectives =
            [
                .. (values.Get(Objectives) ?? new OrderedDictionary<string, object>())
                    .Select(objective => new MetricSpec(objective.Key, (MetricGoal)objective.Value)),
            ],
            Constraints =
            [
                .. (values.Get(Constraints) ?? new OrderedDictionary<string, string>())
                    .Select(limit => MetricLimit.TryRead(limit.Key, limit.Value, out var read) ? read : null).OfType<MetricLimit>(),
            ],
            Start = values.Get(Start) ?? [],
            From = values.Get(From),
        })
    { Check = SweepChecks.Run };

    private static MappedShape<IReadOnlyDictionary<string, ParameterValue>, Parameters> Point() => new(
        new MapShape<ParameterValue>("a mapping of parameters, each with a value", TrainKeys.ParameterName, SweptValueShape.Instance)
        {
            NotEmpty = true,
        },
        Parameters.From);

    private static OneOfShape<IReadOnlyList<ParameterValue>> Condition() => new(
        "a value or a list of values",
        new MappedShape<ParameterValue, IReadOnlyList<ParameterValue>>(Scalars.Anything, value => [value]),
        new MappedShape<IReadOnlyList<ParameterValue>, IReadOnlyList<ParameterValue>>(
            new ListShape<ParameterValue>("a list of values", SweptValueShape.Instance, atLeast: 1), values => [.. values]));

    private static ScalarShape<object> PruningRules() => Scalars.Choice(
        new("asha", PruningRule.Asha), new("median", PruningRule.Median), new("hyperband", PruningRule.Hyperband));

    private static string? LimitFault(string text) =>
        MetricLimit.TryRead("", text, out _) ? null : "it begins with <= or >=, and a number follows";

    private static string? StudyFault(string id)
    {
        if (id.AsSpan().ContainsAny('.', '/')) return null;
        if (id.Length != 8 || !id.All(char.IsAsciiLetterOrDigit)) return "it has 8 letters and digits, such as k7m2xqab";
        if (id.Any(char.IsAsciiLetterUpper)) return "its letters are lower case";
        if (char.IsAsciiDigit(id[0])) return "it begins with a letter";
        return id.AsSpan().ContainsAny("ilou") ? "ids don't contain i, l, o or u" : null;
    }

    private static SearchDimension MakeDimension(FieldValues values)
    {
        var when = values.Get(When) ?? new OrderedDictionary<string, IReadOnlyList<ParameterValue>>();
        if (values.Has(Values)) return new ChoiceDimension([.. values.Get(Values) ?? []], values.Get(Ordered, false)) { When = when };
        var bounds = new[] { values.Get(Min), values.Get(Max), values.Get(Step) };
        return new RangeDimension
        {
            Min = Scalars.AsNumber(bounds[0]) ?? 0,
            Max = Scalars.AsNumber(bounds[1]) ?? 0,
            Step = Scalars.AsNumber(bounds[2]),
            Whole = bounds.All(bound => bound is null or IntegerValue),
            Scale = values.Get(Scale, RangeScale.Linear),
            When = when,
        };
    }
}
