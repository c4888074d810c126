using Tenfold.Core.Targets;
using Tenfold.Targets.Local;
using Tenfold.Targets.Slurm;

namespace Tenfold.App.Targets;

/// <summary>The kinds of target that this program has. A new kind is one line of <see cref="All"/>.</summary>
public static class TargetKinds
{
    /// <summary>What <c>tenfold.yaml</c> may say of each kind.</summary>
    public static IReadOnlyList<TargetKindDeclaration> Declarations => [.. All.Select(kind => kind.Declaration)];

    /// <summary>Each kind, in the order in which messages and documents list them.</summary>
    internal static IReadOnlyList<RegisteredKind> All { get; } =
    [
        new(LocalKind.Declaration, services => OpenLocal(services)),
        new(SlurmKind.Declaration, services => new SlurmKind(services.Bundle, services.Time)),
    ];

    private static LocalKind OpenLocal(Services services)
    {
        var launcher = new AgentLauncher(services.Home, services.Queue, services.Time);
        return new LocalKind(services.Home, services.IsLedgerHere,
            store => new LocalTarget(services.Queue, store, services.Stores.At, launcher, services.Time));
    }

    /// <summary>A kind of target that this program has.</summary>
    /// <param name="Declaration">What <c>tenfold.yaml</c> may say of it.</param>
    /// <param name="Open">Makes the kind for one home folder.</param>
    internal sealed record RegisteredKind(TargetKindDeclaration Declaration, Func<Services, ITargetKind> Open);
}
