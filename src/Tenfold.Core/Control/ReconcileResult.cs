using System.Runtime.ExceptionServices;
using Tenfold.Core.Ledger;

namespace Tenfold.Core.Control;

/// <summary>What a round found.</summary>
/// <param name="Live">How many attempts had not ended when the round began.</param>
/// <param name="Faults">
/// What could not be reconciled, why, and what to do, each cause once; empty when the round was complete. The next round tries again.
/// </param>
public sealed record ReconcileResult(int Live, IReadOnlyList<ControlFault> Faults)
{
    /// <summary>Pending work that this machine could start, but that the user of this home did not ask for.</summary>
    public IReadOnlyList<ForeignWork> NotStarted { get; init; } = [];

    /// <summary>What failed on this machine, for example a full disk. It is also one of <see cref="Faults"/>.</summary>
    internal ExceptionDispatchInfo? LocalFault { get; init; }
}

/// <summary>Pending runs whose record carries no valid tag of this home. They are started only if the user adopts them.</summary>
/// <param name="Group">Their group.</param>
/// <param name="Pending">How many attempts are pending.</param>
public sealed record ForeignWork(GroupRecord Group, int Pending)
{
    /// <summary>The work as something that the round left alone.</summary>
    public ControlFault ToFault() => new(ControlFaultKind.Foreign, Group.Id, $"{this}");

    /// <summary>What was found, why nothing was started, and what to do.</summary>
    public override string ToString()
    {
        var who = Group.Spec.User is { } user ? $"{user} on {Group.Host}" : Group.Host;
        return $"{Group.Id} has {(Pending == 1 ? "a pending run" : $"{Pending} pending runs")} that this home did not record, or whose " +
            $"record has changed since (made by {who}, it says): nothing was started; `tenfold adopt {Group.Id}` starts what " +
            $"`tenfold show {Group.Id}` shows";
    }
}
