using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Agent.Tests.Control;

/// <summary>One target of the name "fake", which everybody reaches.</summary>
internal sealed class FakeReach(ITarget target, IStore store) : IReach
{
    private readonly Reached _place = new("fake", target, store);

    public ValueTask<Reached?> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
        ValueTask.FromResult(group.Target == "fake" ? _place : null);
}
