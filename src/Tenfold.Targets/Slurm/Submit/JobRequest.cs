using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>One array job to submit. What it is asked to run with is the same for all its elements.</summary>
internal sealed record JobRequest
{
    /// <summary>Whose it is, and which attempts.</summary>
    public required JobLabel Label { get; init; }

    /// <summary>What was set for the target.</summary>
    public required SlurmOptions Options { get; init; }

    /// <summary>Elements that may run at once; null for no bound.</summary>
    public int? AtOnce { get; init; }

    /// <summary>Cores of one element.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory of one element in MiB; null for the cluster's default.</summary>
    public long? MemoryMiB { get; init; }

    /// <summary>Graphics processors of one element.</summary>
    public int Gpus { get; init; }

    /// <summary>The time limit in minutes; null for the partition's default.</summary>
    public int? Minutes { get; init; }

    /// <summary>The file for what the scripts print, with Slurm's <c>%A</c> and <c>%a</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The folder that the scripts start in.</summary>
    public required string Folder { get; init; }

    /// <summary>The store's URL.</summary>
    public required string Store { get; init; }

    /// <summary>How the scripts start the agent.</summary>
    public required AgentLaunch Launch { get; init; }

    /// <summary>Seconds in which an element takes up attempts of others after its own; zero for none.</summary>
    public int CarrySeconds { get; init; }

    /// <summary>
    /// The software of the shell that the runs were planned in, on which <see cref="SlurmOptions.Setup"/> builds; empty without that.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shell { get; init; } = new Dictionary<string, string>();

    /// <summary>The script, one for all elements.</summary>
    public string Script => JobScript.Write(this);

    /// <summary>The environment of the scripts, all of it; values may be secret.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The indices, as Slurm wants them.</summary>
    public string Array => (Label.Attempts.Count == 1 ? "0" : $"0-{Label.Attempts.Count - 1}") + (AtOnce is { } most ? $"%{most}" : "");
}
