using Tenfold.Core.Queueing;
using Tenfold.Core.Targets;

namespace Tenfold.Projects;

/// <summary>The content of a <c>tenfold.yaml</c>, checked. Paths in it are relative to the file's folder.</summary>
public sealed record ProjectFile
{
    /// <summary>The project's name: letters, digits, <c>_</c>, <c>-</c>, <c>.</c>, at most 64.</summary>
    public required string Name { get; init; }

    /// <summary>How a model is trained.</summary>
    public required Training Train { get; init; }

    /// <summary>What each run needs of a machine. Default: one core.</summary>
    public Resources Resources { get; init; } = new();

    /// <summary>The number of runs that <c>fit</c> starts, each with its own seed. Default: 1.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>The hyper-parameter search; null without a <c>sweep</c> part, and then <c>tenfold sweep</c> is refused.</summary>
    public Sweep? Sweep { get; init; }

    /// <summary>How a model is served; null without a <c>serve</c> part.</summary>
    public ServePart? Serve { get; init; }

    /// <summary>Targets by name, in the order of the file. <c>local</c> exists even if the file does not name it.</summary>
    public IReadOnlyDictionary<string, TargetSettings> Targets { get; init; } = new OrderedDictionary<string, TargetSettings>();

    /// <summary>What the runs of the project may take together; null without a <c>limits</c> part.</summary>
    public RunLimits? Limits { get; init; }

    /// <summary>What a server does when the repository changes; null without an <c>on</c> part.</summary>
    public Triggers? On { get; init; }

    /// <summary>Where a server announces what it does; null without a <c>notify</c> part.</summary>
    public Notify? Notify { get; init; }

    /// <summary>The store of snapshots, logs and models; null: a folder under <c>$TENFOLD_HOME</c>.</summary>
    public Location? Store { get; init; }
}
