using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <summary>Resolves one target, which is named "fake".</summary>
internal sealed class FakeTargetResolver(ITarget target, IStore store) : ITargetResolver
{
    private readonly ResolvedTarget _resolved = new("fake", target, store);

    /// <summary>The error when the target is resolved; null when there is none.</summary>
    public TargetException? Fails { get; set; }

    public IStore? StoreOf(GroupRecord group) => store;

    public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
        Fails is null ? ValueTask.FromResult(group.Target == "fake" ? _resolved : TargetResolution.ControlledElsewhere) : throw Fails;
}
