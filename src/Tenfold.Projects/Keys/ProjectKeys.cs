using Tenfold.Core.Input;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys at the top level of the file, and those of its small parts.</summary>
internal static class ProjectKeys
{
    public static readonly Field<object> Cpus = new("cpus", Scalars.NumberAbove(0, 10_000),
        "Cores of one run; fractions are allowed.", "2")
    { DefaultWords = "`1`" };

    public static readonly Field<object> Memory = new("memory", Units.Bytes,
        "Memory of one run, with its unit: `kB`, `MB`, `GB`, `TB` are powers of 1000, `KiB`, `MiB`, `GiB`, `TiB` of 1024. "
        + "The target `local` starts a run when that much memory is free, and does not stop a run that uses more. A cluster does.",
        "4GB")
    { DefaultWords = "what the target gives" };

    public static readonly Field<object> Gpus = new("gpus", Scalars.Whole(0, 1_000),
        "GPUs of one run.", "1")
    { DefaultWords = "`0`" };

    public static readonly Field<object> Spot = new("spot", Scalars.Flag,
        "Use cheaper machines that may be reclaimed. The targets in Amazon's cloud have them.", "true")
    { DefaultWords = "`false`" };

    public static readonly Field<object> MaxRuntime = new("max_runtime", Units.Duration,
        "The time after which an attempt is stopped: days, hours, minutes and seconds, such as `1d`, `2h`, `1h30m`, `90s`.",
        "2h")
    { DefaultWords = "no limit" };

    public static readonly Field<object> MaxCost = new("max_cost", Units.Dollars,
        "What the machines of all runs of a group may cost together, in US dollars. When that is spent, the runs are stopped. The target "
        + "must know its price.", "20")
    { DefaultWords = "no limit" };

    public static readonly Field<object> Retries = new("retries", Scalars.Whole(0, 100),
        "How many times a failed attempt is retried, with the same seed.", "2")
    { DefaultWords = "`0`" };

    public static readonly Field<object> LostRetries = new("lost_retries", Scalars.Whole(0, 1000),
        "How many times an attempt is retried whose machine or agent was lost: a spot machine that was reclaimed, a preempted job, a "
        + "crash of the machine. It goes on from its checkpoint. These don't count against `retries`.", "50")
    { DefaultWords = $"`{ResourceSpec.SpotLostRetries}` with `spot`, else `{ResourceSpec.UsualLostRetries}`" };

    private static readonly Field[] ResourceFields = [Cpus, Memory, Gpus, Spot, MaxRuntime, MaxCost, Retries, LostRetries];

    public static readonly Field<Resources> Resource = new("resources",
        new ObjectShape<Resources>("a mapping with cpus, memory and the like", ResourceFields, values => new Resources
        {
            Cpus = values.Get(Cpus, 1.0),
            MemoryBytes = values.Maybe<long>(Memory),
            Gpus = values.Get(Gpus, 0),
            Spot = values.Get(Spot, false),
            MaxRuntime = values.Maybe<TimeSpan>(MaxRuntime),
            MaxUsd = values.Maybe<decimal>(MaxCost),
            Retries = values.Get(Retries, 0),
            LostRetries = values.Get(
                LostRetries, values.Get(Spot, false) ? ResourceSpec.SpotLostRetries : ResourceSpec.UsualLostRetries),
        }),
        "What each run needs of a machine.", "{ cpus: 2, memory: 4GB, max_runtime: 2h, retries: 2 }")
    { DefaultWords = "one core" };

    public static readonly Field<string> Name = new("name",
        Scalars.Text("a name of letters, digits, '_', '-' and '.'", ProjectNameFault, "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"),
        "The project's name: at most 64 letters, digits, `_`, `-` and `.`, the first a letter or a digit.", "iris")
    { Required = true };

    public static readonly Field<Training> Train = new("train", TrainKeys.Train,
        "How a model is trained.", "{ command: python train.py }")
    { Required = true };

    public static readonly Field<object> Repeat = new("repeat", Scalars.Whole(1, 10_000),
        "How many runs `tenfold fit` starts, each with its own seed.", "10")
    { DefaultWords = "`1`" };

    public static readonly Field<Sweep> Sweep = new("sweep", SweepKeys.Sweep, "The hyper-parameter search of `tenfold sweep`.",
        "{ parameters: { learning_rate: { min: 1e-4, max: 1e-1, scale: log } }, trials: 50 }")
    { DefaultWords = "none: `tenfold sweep` is refused" };

    public static readonly Field<ServePart> Serve = new("serve", ServeKeys.Shape, "How a model is served; see docs/serving.md.",
        "{ command: python serve.py }")
    { DefaultWords = "none: `tenfold deploy` is refused" };

    public static readonly Field<Triggers> On = new("on", TriggerKeys.On,
        "What `tenfold server` does when the repository changes; see docs/push.md.", "{ push: { branches: [main], repeat: 10 } }")
    { DefaultWords = "none: pushes start nothing" };

    public static readonly Field<Notify> Notify = new("notify", TriggerKeys.Notify,
        "Where `tenfold server` announces what it does.", "{ slack: '#monitoring' }");

    public static readonly Field<Location> Store = new("store", References.Location,
        "Where snapshots, logs and models are stored: a folder, or `s3://bucket/prefix`.", "s3://my-bucket/tenfold")
    {
        DefaultWords = "a folder under `$TENFOLD_HOME`",
    };

    /// <summary>The key of the targets.</summary>
    public const string TargetsKey = "targets";

    /// <summary>The shape of the whole file.</summary>
    /// <param name="kinds">The kinds of target that a file may name.</param>
    public static ObjectShape<ProjectFile> Root(IReadOnlyList<TargetKindDeclaration> kinds)
    {
        var targets = Targets(kinds);
        return new ObjectShape<ProjectFile>("a mapping with keys such as name and train",
            [Name, Train, Resource, Repeat, Sweep, Serve, targets, LimitKeys.OfProject, On, Notify, Store], values => Make(values, targets))
        {
            Check = ProjectChecks.Run,
        };
    }

    /// <summary>What is wrong with a project's name; null for a valid name.</summary>
    public static string? ProjectNameFault(string name)
    {
        if (name.Length > 64) return "at most 64 characters";
        return char.IsAsciiLetterOrDigit(name[0]) && name.All(ParameterNames.IsNameCharacter)
            ? null
            : "the first must be a letter or a digit";
    }

    // When `train.params` declares 0.9, a range from 0 to 1 means any number, and not only the whole numbers 0 and 1.
    private static Sweep? WithDeclaredTypes(Sweep? sweep, Training? train)
    {
        if (sweep is null || train is null) return sweep;
        var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal);
        foreach (var (name, dimension) in sweep.Parameters)
            space[name] = dimension is RangeDimension range && train.Params.GetValueOrDefault(name) is NumberValue
                ? range with { Whole = false } : dimension;
        return sweep with { Parameters = space };
    }

    private static Field<IReadOnlyDictionary<string, TargetSettings>> Targets(IReadOnlyList<TargetKindDeclaration> kinds) => new(
        TargetsKey,
        new MapShape<TargetSettings>("a mapping of targets, each with its kind",
            new NameRule("a target", ParameterNames.Fault, ParameterNames.Pattern, Variables: false), new TargetShape(kinds)),
        "Where runs can execute, by a name for `--on`. `local` always exists; add it only to set its options.",
        "{ cluster: { kind: slurm, partition: gpu } }")
    {
        DefaultWords = "`local` alone",
    };

    private static ProjectFile Make(FieldValues values, Field<IReadOnlyDictionary<string, TargetSettings>> targets) => new()
    {
        Name = values.Get(Name) ?? "",
        Train = values.Get(Train) ?? new Training(),
        Resources = values.Get(Resource) ?? new Resources(),
        Repeat = values.Get(Repeat, 1),
        Sweep = WithDeclaredTypes(values.Get(Sweep), values.Get(Train)),
        Serve = values.Get(Serve),
        Targets = values.Get(targets) ?? new OrderedDictionary<string, TargetSettings>(),
        Limits = values.Get(LimitKeys.OfProject),
        On = values.Get(On),
        Notify = values.Get(Notify),
        Store = values.Get(Store),
    };
}
