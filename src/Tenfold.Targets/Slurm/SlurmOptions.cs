using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>The options of a <c>slurm</c> target in <c>tenfold.yaml</c>. What was not set is the cluster's matter.</summary>
internal sealed record SlurmOptions
{
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

    /// <summary>How many of our jobs may wait at once; null for as many as the cluster takes.</summary>
    public int? MaxQueued { get; init; }

    /// <summary>Further arguments for sbatch.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads them.</summary>
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

    /// <summary>True when jobs with these and those options can be one array.</summary>
    public bool IsLike(SlurmOptions other) => this with { Arguments = [], MaxQueued = null } == other with { Arguments = [], MaxQueued = null } && Arguments.SequenceEqual(other.Arguments);
}
