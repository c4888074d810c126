using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>Finds the targets and stores that this machine and user can use.</summary>
public interface ITargetResolver
{
    /// <summary>Finds where a group's runs execute and report. Groups with the same place and store get the same target.</summary>
    /// <returns>The target; or that another machine or user controls the group; or why this machine can't use the store.</returns>
    /// <exception cref="TargetException">The backend does not answer now.</exception>
    /// <exception cref="StoreException">The store can't be read now.</exception>
    /// <exception cref="System.Text.Json.JsonException">Another version of Tenfold recorded the group's target.</exception>
    ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the store in which a group's agents report, even while the group's backend is offline. A store is always the same object.
    /// </summary>
    /// <returns>Null when this machine can't use the store; <see cref="FindAsync"/> says why.</returns>
    /// <exception cref="StoreException">The store can't be opened.</exception>
    IStore? StoreOf(GroupRecord group);
}

/// <summary>A target with the store in which its agents report.</summary>
/// <param name="Name">The target's name, equal in every process: the lease for submitting to the target is named after it.</param>
/// <param name="Target">The target.</param>
/// <param name="Store">The store.</param>
public sealed record ResolvedTarget(string Name, ITarget Target, IStore Store)
{
    /// <summary>True for this machine. The user must fix its faults, and its agent accepts secrets after a run was submitted.</summary>
    public bool IsLocal => Target.Capabilities.Kind == TargetSettings.LocalKind;
}
