using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.Targets.Pool;

/// <summary>What <c>tenfold.yaml</c> says about a pool.</summary>
internal sealed record PoolSettings
{
    /// <summary>The word of the kind, and its options.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("pool",
    [
        new TextOption("pool", "The pool's name, which its machines serve with `tenfold agent serve --pool NAME`.", "lab")
        {
            Default = "the target's name",
        },
        new TextListOption("machines", "The names of the machines that may take the runs.", "[ws1, ws2]")
        {
            Default = "every machine that serves the pool",
        },
        new TextListOption(
            "instances",
            "Ids of EC2 machines of your own that serve the pool: they are started when work waits, and stop themselves. Or a file beside "
            + "`tenfold.yaml` whose key `ec2` has the list.", "[ i-0abcdef1234567890 ]")
        {
            KeyInFile = "ec2",
        },
        new TextOption("region", "The AWS region of `instances`.", "eu-west-1") { Default = "`AWS_REGION`, or the profile's" },
        new DurationOption("idle", "How long one of `instances` may have nothing to do before it stops itself.", "5m") { Default = "`5m`" },
        new DurationOption(
            "lifetime", "How long after its start one of `instances` must be off. Its runs continue on others.", "12h")
        {
            Default = "`12h`",
        },
        new WholeNumberOption("parallel", Min: 1, Max: 10_000, "How many runs of a group at once on each machine.", "2")
        {
            Default = "what cores and `resources` allow",
        },
    ]);

    // Amazon charges a minute at least, and a boot takes one.
    private static readonly TimeSpan MinIdle = TimeSpan.FromMinutes(1), MinLifetime = TimeSpan.FromMinutes(10);

    /// <summary>The pool's name; empty when the settings name none.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The machines that may take the runs; empty for all.</summary>
    public IReadOnlyList<string> Machines { get; init; } = [];

    /// <summary>The ids of the instances that serve the pool; empty for none.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>The region of the instances; null for the user's.</summary>
    public string? Region { get; init; }

    /// <summary>How long an instance may have nothing to do.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its start an instance must be off.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Reads the settings.</summary>
    public static PoolSettings From(TargetSettings settings) => new()
    {
        Instances = [.. settings.Texts("instances").Distinct()],
        Region = settings.Text("region"),
        Idle = settings.Duration("idle") ?? TimeSpan.FromMinutes(5),
        Lifetime = settings.Duration("lifetime") ?? TimeSpan.FromHours(12),
        Pool = settings.Text("pool") ?? settings.Name ?? "",
        Machines = settings.Texts("machines"),
    };

    /// <summary>Reads the settings of a group's record, whose place is the pool.</summary>
    public static PoolSettings From(TargetSpec spec) => From(TargetSettings.From(spec)) with { Pool = spec.Place };

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? FindFault(TargetSettings settings) =>
        PoolKeys.NameFault(Pool) is { } fault ? $"`pool` is wrong: {fault}."
        : Instances.FirstOrDefault(id => !IsInstance(id)) is { } wrong
            ? $"`instances` has '{wrong}', which is not the id of a machine: ids look like i-0abcdef1234567890."
        : Instances.Count == 0 && settings.Options.Keys.FirstOrDefault(key => key is "region" or "idle" or "lifetime") is { } alone
            ? $"`{alone}` is about `instances`, and the target lists none: list them, or remove it."
        : Idle < MinIdle ? $"`idle` must be at least {MinIdle.TotalMinutes:0}m: Amazon charges at least a minute for each start."
        : Lifetime < MinLifetime ? $"`lifetime` must be at least {MinLifetime.TotalMinutes:0}m."
        : null;

    /// <summary>The instances, as the home's book has them.</summary>
    public InstanceList ToList(string project, string store, string region) =>
        new(project, Pool, store, region, (long)Idle.TotalSeconds, (long)Lifetime.TotalSeconds)
        {
            Instances = Instances,
            Machines = Machines,
        };

    private static bool IsInstance(string id) =>
        id.StartsWith("i-", StringComparison.Ordinal) && id.Length > 2 && id[2..].All(char.IsAsciiHexDigit);
}
