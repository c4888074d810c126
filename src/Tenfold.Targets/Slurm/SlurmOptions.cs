using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>The options of a <c>slurm</c> target in <c>tenfold.yaml</c>. The cluster decides about options that aren't set.</summary>
internal sealed record SlurmOptions
{
    /// <summary>The word <c>slurm</c>, and the options as users write them.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("slurm",
    [
        new TextOption("partition", "The partition.", "gpu") { Default = "the cluster's" },
        new TextOption("account", "The account that is charged.", "ml-group") { Default = "the user's" },
        new TextOption("qos", "The quality of service.", "normal") { Default = "the cluster's" },
        new TextOption("constraint", "Features that nodes must have.", "a100"),
        new TextOption(
            "folder", "A folder that all nodes share, for the agent and for what Slurm itself prints of each job.", "/shared/me/tenfold")
        {
            Default = "the store's; `~/.tenfold` with `s3://`",
        },
        new TextOption("scratch", "A folder on each node's own disk, for working folders and caches.", "/local/me")
        {
            Default = "`$TMPDIR`, else `/tmp`",
        },
        new TextOption(
            "setup", "Lines of bash that set up each job on its node before the run: modules, licences.", "module load cuda/12.4"),
        new TextOption("rest",
            "The address of slurmrestd, to be used instead of the commands. Its token is taken from `SLURM_JWT`, and is sent only to an " +
            "address that `tenfold trust` has set.",
            "https://head:6820")
        {
            Default = "none: the commands",
        },
        new WholeNumberOption("max_queued", Min: 1, Max: 1_000_000, "How many jobs may wait in the queue at once.", "500")
        {
            Default = "the cluster's limit",
        },
        new TextListOption("arguments", "Further arguments for sbatch.", "[ \"--exclusive\" ]"),
    ]);

    /// <summary>The partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>The account that is charged; null for the user's.</summary>
    public string? Account { get; init; }

    /// <summary>The quality of service; null for the default.</summary>
    public string? Qos { get; init; }

    /// <summary>Features that nodes must have; null for none.</summary>
    public string? Constraint { get; init; }

    /// <summary>A folder that all nodes share; null for the store's.</summary>
    public string? Folder { get; init; }

    /// <summary>A folder on each node's own disk for working folders and caches; null for the agent's choice.</summary>
    public string? Scratch { get; init; }

    /// <summary>Lines of bash that set up a job's environment before its agent starts; null for none.</summary>
    public string? Setup { get; init; }

    /// <summary>The address of slurmrestd; null for the commands.</summary>
    public string? Rest { get; init; }

    /// <summary>How many of Tenfold's jobs may wait at once; null for as many as the cluster accepts.</summary>
    public int? MaxQueued { get; init; }

    /// <summary>Further arguments for sbatch.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads the options.</summary>
    public static SlurmOptions From(TargetSettings settings) => new()
    {
        Partition = settings.Text("partition"),
        Account = settings.Text("account"),
        Qos = settings.Text("qos"),
        Constraint = settings.Text("constraint"),
        Folder = settings.Text("folder"),
        Scratch = settings.Text("scratch"),
        Setup = settings.Text("setup"),
        Rest = settings.Text("rest"),
        MaxQueued = (int?)settings.Whole("max_queued"),
        Arguments = settings.Texts("arguments"),
    };

    /// <summary>True when attempts with these and with the other options can be elements of one array.</summary>
    public bool CanShareArray(SlurmOptions other) =>
        this with { Arguments = [], MaxQueued = null } == other with { Arguments = [], MaxQueued = null }
        && Arguments.SequenceEqual(other.Arguments);
}
