using Tenfold.Core.Input;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of the <c>train</c> part.</summary>
internal static class TrainKeys
{
    public static readonly NameRule ParameterName = new("a parameter", name => ParameterNames.Reserved.Contains(name)
        ? $"'{name}' is set by Tenfold for each run; use {{{name}}} or $TENFOLD_{name.ToUpperInvariant()}" : ParameterNames.Fault(name),
            ParameterNames.Pattern, Variables: true);

    /// <summary>The rule for metrics that name the entries of a mapping.</summary>
    public static readonly NameRule MetricRule = new("a metric", MetricNameFault, "^.*[^ ].*$", Variables: false);

    public static readonly Shape<string> MetricName = Scalars.Text("the name of a metric", MetricNameFault);

    public static readonly Shape<ParameterValue> Scalar = Scalars.Anything;

    public static readonly Field<string> Command = new("command", Scalars.Text("a command for /bin/sh"),
        "The training command, for /bin/sh. `{name}` becomes the parameter's value, quoted for its place in the command; also `{seed}`, "
        + "`{repeat}` and `{run}`. `{{name}}` becomes the text `{name}`, and `${name}` is left to the shell. Either this or `script`.",
        "python train.py --lr {learning_rate} --seed {seed}")
    { DefaultWords = "none; one of `command` and `script` is needed" };

    public static readonly Field<string> Script = new("script",
        References.ProjectPath("a file of the project that ends in .py, .ipynb or .cs",
        ".py", ".ipynb", ".cs"),
        "A script or notebook instead of a command. It finds its parameters in the file `$TENFOLD_PARAMS`, "
        + "and each as `$TENFOLD_PARAM_<NAME>`.",
        "train.py")
    { DefaultWords = "none; one of `command` and `script` is needed" };

    public static readonly Field<object> Booleans = new("booleans",
        Scalars.Choice(new("flags", ArgumentStyle.Flags), new("words", ArgumentStyle.Words)),
        "How a `script` gets true and false. `flags`: `--name` for true, and nothing for false. `words`: `--name=true`, `--name=false`. "
        + "Any other value is `--name=value`, and a null is nothing.",
        "words")
    { DefaultWords = "`flags`" };

    public static readonly Field<TrainingEnvironment> Environment = new("environment", References.Environment,
        "The environment of the command: `system` (what the machine has), a path ending in `.txt` (pip requirements), in `.yml` or "
        + "`.yaml` (conda). A `Dockerfile` (also `Dockerfile.gpu`, `gpu.Dockerfile`), after `tenfold image push`, and an image with a tag, "
        + "a digest or a registry run on targets that run containers ([images.md](images.md)).",
        "requirements.txt")
    { DefaultWords = "`system`" };

    public static readonly Field<IReadOnlyDictionary<string, Location>> Data = new("data",
        new MapShape<Location>("a mapping of channels, each a path or s3:// URI",
            new NameRule("a channel", ParameterNames.Fault, ParameterNames.Pattern, Variables: true), References.Location),
        "Data by channel. The command finds each at `$TENFOLD_DATA_<CHANNEL>`: upper case, with `_` for characters other than letters and "
        + "digits. A relative path starts at this file's folder; `~/` is the home folder. `s3://bucket/prefix/` is everything below that "
        + "prefix, `s3://bucket/key` is one object (see docs/stores.md).",
        "{ train: data/iris.csv, test: s3://my-bucket/iris/test.csv }");

    public static readonly Field<IReadOnlyDictionary<string, ParameterValue>> Params = new("params",
        new MapShape<ParameterValue>("a mapping of parameters and their values", ParameterName, ParameterShape.Instance),
        "The parameters with their default values; `-p name=value` sets another. The type of the default counts: `60` allows whole "
        + "numbers, `60.0` any number. A parameter without a default must be set with `-p`.",
        "{ learning_rate: 0.01, epochs: 60, layers: [64, 32], hidden: }");

    public static readonly Field<string> MetricNameField = new("name", MetricName,
        "The metric's name, as the script prints it.", "accuracy")
    { Required = true };

    public static readonly Field<object> MetricGoalField = new("goal", Goal,
        "Whether to maximize or minimize it.", "maximize")
    { Required = true };

    public static readonly Field<TrainingMetric> Metric = new("metric",
        new ObjectShape<TrainingMetric>("{ name: …, goal: … }", [MetricNameField, MetricGoalField],
            values => new TrainingMetric(values.Get(MetricNameField) ?? "", values.Get(MetricGoalField, MetricGoal.Maximize))),
        "The metric that runs are compared by.", "{ name: accuracy, goal: maximize }")
    { DefaultWords = "none: runs have no score" };

    public static readonly Field<IReadOnlyDictionary<string, string>> Metrics = new("metrics",
        new MapShape<string>("a mapping of metrics, each with a regular expression",
            MetricRule, References.Expression),
        "Metrics in the output of a script that prints in its own format: a .NET regular expression for each, applied to every line, and "
        + "to every update of a progress bar. Its first group is the value; a group `(?<step>…)` is the step. No match begins inside "
        + "a word: `loss=` does not find `val_loss=`.",
        @"{ loss: 'loss=([-+.\w]+)' }");

    public static readonly Field<string> StopMetric = new("metric", MetricName, "The metric to watch.", "loss") { Required = true };

    public static readonly Field<object> StopPatience = new("patience", Scalars.Whole(1),
        "The run ends after this many evaluations in a row without improvement.", "3")
    { Required = true };

    public static readonly Field<object> StopGoal = new("goal", Goal, "Whether to maximize or minimize it.", "minimize")
    {
        DefaultWords = "the goal of `train.metric` for that metric, otherwise `minimize`",
    };

    public static readonly Field<object> StopDelta = new("min_delta", Scalars.NumberFrom(0),
        "An improvement must be larger than this.", "0.001")
    { DefaultWords = "`0`" };

    public static readonly Field<EarlyStopping> EarlyStop = new("early_stopping",
        new ObjectShape<EarlyStopping>("{ metric: …, patience: … }", [StopMetric, StopPatience, StopGoal, StopDelta], values =>
            new EarlyStopping
            {
                Metric = values.Get(StopMetric) ?? "",
                Patience = values.Get(StopPatience, 1),
                Goal = values.Get(StopGoal, MetricGoal.Minimize),
                MinDelta = values.Get(StopDelta, 0.0),
            }),
        "Ends a run whose metric no longer improves. The run counts as a success.",
        "{ metric: loss, patience: 3 }")
    { DefaultWords = "none" };

    public static readonly Field<object> TestFraction = new("test_fraction", Scalars.NumberAbove(0, 0.9),
        "The share of the data that each run tests on; it trains on the rest.", "0.2")
    { Required = true };

    public static readonly Field<object> Resampling = new("resampling",
        new MappedShape<Resampled, object>(
            new ObjectShape<Resampled>("{ test_fraction: 0.2 }", [TestFraction], values => new Resampled(values.Get(TestFraction, 0.0))),
            resampled => resampled),
        "Declares that the seed chooses which part of one data set is tested. Such runs overlap, so comparisons and intervals allow for it "
        + "(docs/statistics.md).",
        "{ test_fraction: 0.2 }")
    { DefaultWords = "none: the split doesn't depend on the seed" };

    public static readonly NameRule SourceName = new(
        "a source of variance",
        name => name is Variation.Seed or Variation.Hardware
            ? $"`--vary {name}` needs no declaration; remove it" : ParameterNames.Fault(name),
        ParameterNames.Pattern, Variables: false);

    public static readonly Field<IReadOnlyDictionary<string, string>> Vary = new("vary",
        new MapShape<string>(
            "a mapping of sources of variance, each with a parameter", SourceName, Scalars.Text("the name of a parameter")),
        "Sources of variance beside the seed, for `tenfold fit --vary`: each with the parameter that is its seed. The parameter's default, "
        + "a whole number, is what other runs use (docs/statistics.md).",
        "{ split: split_seed, order: order_seed }");

    public static readonly Field<IReadOnlyList<string>> Exclude = new("exclude",
        new ListShape<string>("a list of patterns", Scalars.Text("a pattern")),
        "Files to leave out of the snapshot, in addition to those that `.gitignore` names, with the same patterns. `!name` takes in what "
        + "would be left out, such as credentials (docs/contracts.md).",
        "[ \"*.ckpt\", /scratch/ ]");

    public static readonly Field<IReadOnlyList<string>> Secrets = new("secrets",
        new ListShape<string>("a list of names", References.Secret),
        "Environment variables that the command receives. Names only, never values. The values are redacted in logs.", "[ HF_TOKEN ]");

    public static readonly Field<IReadOnlyDictionary<string, string>> Env = new("env",
        new MapShape<string>("a mapping of environment variables and their values",
            new NameRule("an environment variable", VariableNames.Fault, VariableNames.Pattern, Variables: false),
            VariableValueShape.Instance),
        "Environment variables that the command receives, with their values; `--env NAME=value` sets another. They are recorded and shown, "
        + "so secrets belong under `secrets`. Of the shell's own variables the command sees only a few (docs/contracts.md).",
        "{ PYTHONHASHSEED: 0, HF_HUB_OFFLINE: 1 }");

    public static readonly ObjectShape<Training> Train = new("a mapping with a command or a script, and its settings",
        [Command, Script, Booleans, Environment, Data, Params, Metric, Metrics, EarlyStop, Resampling, Vary, Exclude, Env, Secrets], Make)
    {
        Check = TrainChecks.Run,
        Alternatives = [[Command.Key], [Script.Key]],
    };

    /// <summary>Which way a metric is better.</summary>
    public static ScalarShape<object> Goal => Scalars.Choice(new("maximize", MetricGoal.Maximize), new("minimize", MetricGoal.Minimize));

    private static Training Make(FieldValues values)
    {
        var metric = values.Get(Metric);
        var stopping = values.Get(EarlyStop);
        var ownGoal = (values.Node.Find(EarlyStop.Key) as MapNode)?.Find(StopGoal.Key) is not null;
        if (stopping is not null && !ownGoal && metric?.Name == stopping.Metric) stopping = stopping with { Goal = metric.Goal };
        return new Training
        {
            Command = values.Get(Command),
            Script = values.Get(Script),
            Arguments = values.Get(Booleans, ArgumentStyle.Flags),
            Environment = values.Get(Environment) ?? TrainingEnvironment.System,
            Data = values.Get(Data) ?? new OrderedDictionary<string, Location>(),
            Params = Parameters.From(values.Get(Params) ?? Parameters.Empty),
            Metric = metric,
            Metrics = values.Get(Metrics) ?? new OrderedDictionary<string, string>(),
            EarlyStopping = stopping,
            TestFraction = (values.Get(Resampling) as Resampled)?.TestFraction,
            Vary = values.Get(Vary) ?? new OrderedDictionary<string, string>(),
            Exclude = values.Get(Exclude) ?? [],
            Env = values.Get(Env) ?? new OrderedDictionary<string, string>(),
            Secrets = values.Get(Secrets) ?? [],
        };
    }

    private static string? MetricNameFault(string name)
    {
        if (name.Trim().Length == 0) return "it is empty";
        return name.Length > 100 ? "it is longer than 100 characters" : name.Any(char.IsControl) ? "it contains a control character" : null;
    }

    private sealed record Resampled(double TestFraction);
}
