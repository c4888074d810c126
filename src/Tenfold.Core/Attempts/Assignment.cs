using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Attempts;

/// <summary>An attempt, with everything that an agent needs to run it, except for the content of the store.</summary>
public sealed record Assignment
{
    /// <summary>The newest version of this record that this program reads.</summary>
    public const int CurrentContract = 3;

    /// <summary>The version of a run whose parameters its whole group shares. Version 2 has the style of a script's arguments and the
    /// project's own variables, which an older agent would ignore.</summary>
    public const int SharedContract = 2;

    /// <summary>
    /// The version of this record; an agent refuses one that it does not know. 3 for a run with parameters of its own: an older agent would
    /// give it those of another run of the group.
    /// </summary>
    public int Contract { get; init; } = SharedContract;

    /// <summary>The id of the ledger that recorded the attempt; empty in assignments of older versions.</summary>
    public string Ledger { get; init => field = value ?? ""; } = "";

    /// <summary>The group's name.</summary>
    public required string Group { get; init; }

    /// <summary>When the group was created: a queue serves the oldest group first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which repeat of the group, from 1.</summary>
    public required int Repeat { get; init; }

    /// <summary>The run's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Which try of the run, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>How many earlier tries were lost with their machine. Those don't count against <c>retries</c>.</summary>
    public int LostBefore { get; init; }

    /// <summary>The priority of the group when the attempt was submitted; null for a normal one.</summary>
    public RunPriority? Priority { get; init; }

    /// <summary>All that the group's runs share.</summary>
    public required WorkSpec Spec { get; init; }

    /// <summary>The SHA-256 of the assignment as the store has it, lower hexadecimal.</summary>
    public string ComputeSha256() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, AttemptJson.Default.Assignment)));

    /// <summary>Whose turn it takes when it starts.</summary>
    [JsonIgnore]
    public QueueOwner Owner => new(Spec.Project, Spec.User ?? "", Priority ?? RunPriority.Normal);

    /// <summary>The run's name.</summary>
    [JsonIgnore]
    public string Run => RunNames.Run(Group, Repeat);

    /// <summary>The attempt's name.</summary>
    [JsonIgnore]
    public string Attempt => RunNames.Attempt(Run, Number);
}
