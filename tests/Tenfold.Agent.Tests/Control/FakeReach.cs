using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Agent.Tests.Control;

/// <summary>One target of the name "fake", which everybody reaches.</summary>
internal sealed class FakeTargetResolver(ITarget target, IStore store) : ITargetResolver
{
    private readonly ResolvedTarget _place = new("fake", target, store);

    /// <summary>Why its backend can't be found.</summary>
    public TargetException? Fails { get; set; }

    public IStore? StoreOf(GroupRecord group) => store;

    public ValueTask<ResolvedTarget?> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
        Fails is null ? ValueTask.FromResult(group.Target == "fake" ? _place : null) : throw Fails;
}
