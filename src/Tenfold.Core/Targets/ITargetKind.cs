using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Targets;

/// <summary>A kind of target: how a place to run is fixed from <c>tenfold.yaml</c>, and found again from a group's record.</summary>
public interface ITargetKind
{
    /// <summary>The kind's word and options. A kind also offers it without an instance, so that <c>tenfold.yaml</c> is read before one is made.</summary>
    TargetKindDeclaration Declaration { get; }

    /// <summary>Fixes where and how a group runs, and checks what can be checked before anything is recorded.</summary>
    /// <param name="settings">The target as <c>tenfold.yaml</c> has it.</param>
    /// <param name="store">The store that its agents will need to reach.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TargetException">The backend can't be reached from here, or can't be used with this store; says what to do.</exception>
    Task<TargetSpec> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken);

    /// <summary>The target of a group's record. The same object for the same place.</summary>
    /// <returns>Null when the place is not this machine's and user's to look after: nothing may be concluded from what can be seen from here.</returns>
    /// <exception cref="TargetException">The backend can't be reached from here.</exception>
    Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken);
}
