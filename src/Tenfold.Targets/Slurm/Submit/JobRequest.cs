using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>An array job to submit. All elements request the same resources.</summary>
internal sealed record JobRequest
{
    /// <summary>The ledger and the attempts.</summary>
    public required JobLabel Label { get; init; }

    /// <summary>The target's options.</summary>
    public required SlurmOptions Options { get; init; }

    /// <summary>How many elements may run at once; null for no limit.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Cores per element.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory per element in MiB; null for the cluster's default.</summary>
    public long? MemoryMiB { get; init; }

    /// <summary>Graphics processors per element.</summary>
    public int Gpus { get; init; }

    /// <summary>The time limit in minutes; null for the partition's default.</summary>
    public int? Minutes { get; init; }

    /// <summary>
    /// How many seconds before the time limit the agent gets SIGTERM; null for at the limit only, see <see cref="WarningTime"/>.
    /// </summary>
    public int? WarningSeconds { get; init; } = WarningTime.LongestSeconds;

    /// <summary>The file that receives the scripts' output, with Slurm's <c>%A</c> and <c>%a</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The folder that the scripts start in.</summary>
    public required string Folder { get; init; }

    /// <summary>The store's URL.</summary>
    public required string Store { get; init; }

    /// <summary>How the scripts start the agent.</summary>
    public required AgentLaunch Launch { get; init; }

    /// <summary>
    /// The SHA-256 of the attempts' assignments, lower hexadecimal, by attempt. They travel with the job, so that its agents refuse what
    /// somebody else wrote to the store. Default: none, and the agents trust the store.
    /// </summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new Dictionary<string, string>();

    /// <summary>For how many seconds after its start an element takes on further attempts of the array; zero for none.</summary>
    public int SharingSeconds { get; init; }

    /// <summary>
    /// The variables that name software in the shell that planned the runs, on which <see cref="SlurmOptions.Setup"/> builds; empty
    /// without a setup.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shell { get; init; } = new Dictionary<string, string>();

    /// <summary>The script, which all elements share.</summary>
    public string Script => JobScript.Write(this);

    /// <summary>The complete environment of the scripts. Values may be secret.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The indices in sbatch's notation, such as <c>0-9%2</c>.</summary>
    public string Array =>
        (Label.Attempts.Count == 1 ? "0" : $"0-{Label.Attempts.Count - 1}") + (MaxParallel is { } limit ? $"%{limit}" : "");
}
