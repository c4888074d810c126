using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Cli;

/// <summary>What this machine reaches.</summary>
/// <param name="local">This machine as a target.</param>
/// <param name="home">The store in the home folder.</param>
internal sealed class Reach(ITarget local, IStore home) : IReach
{
    private readonly Reached _here = new("local", local, home);

    /// <inheritdoc/>
    public ValueTask<Reached?> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
        ValueTask.FromResult(group.Spec.Target is null && group.Target == "local" ? _here : null);
}
