using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;

namespace Tenfold.Core.Control;

/// <summary>Makes the assignment that a target gets from the ledger's records of an attempt.</summary>
internal static class LiveAttemptAssignment
{
    /// <summary>The attempt's assignment.</summary>
    /// <param name="live">The attempt.</param>
    /// <param name="ledger">The ledger's id; empty where nothing is submitted.</param>
    public static Assignment ToAssignment(this LiveAttempt live, string ledger = "") => new()
    {
        Contract = live.Group.Spec.Variation is null ? Assignment.SharedContract : Assignment.CurrentContract,
        Ledger = ledger,
        Group = live.Group.Id,
        CreatedAt = live.Group.CreatedAt,
        Repeat = live.Run.Repeat,
        Seed = live.Run.Seed,
        Number = live.Attempt.Number,
        LostBefore = live.LostBefore,
        Priority = live.Group.Priority == RunPriority.Normal ? null : live.Group.Priority,
        Spec = live.Group.SpecOf(live.Run.Repeat),
    };
}
