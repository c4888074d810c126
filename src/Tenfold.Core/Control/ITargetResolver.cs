using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>What can be reached from this machine by this user.</summary>
public interface ITargetResolver
{
    /// <summary>Where a group's runs execute, and where they report. The same object for groups of the same place and store.</summary>
    /// <returns>Null when it is not this machine's and user's to look after: whoever reaches it looks after it.</returns>
    /// <exception cref="TargetException">The backend can't be reached from here.</exception>
    /// <exception cref="StoreException">The store can't be reached from here.</exception>
    ValueTask<ResolvedTarget?> FindAsync(GroupRecord group, CancellationToken cancellationToken);

    /// <summary>The store in which a group's agents report, whatever becomes of its backend; the same object for the same store.</summary>
    /// <returns>Null when this machine does not see it.</returns>
    IStore? StoreOf(GroupRecord group);
}

/// <summary>A place to run at, as reached from here.</summary>
/// <param name="Name">What it is called, the same for whoever reaches it: the lease of those who start runs there has this name.</param>
/// <param name="Target">The target.</param>
/// <param name="Store">The store in which its agents report.</param>
public sealed record ResolvedTarget(string Name, ITarget Target, IStore Store)
{
    /// <summary>True for this machine: what fails here is the user's to mend now, and nothing that passes by itself.</summary>
    public bool IsHere => Target.Capabilities.Kind == "local";
}
