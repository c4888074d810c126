using Tenfold.Aws.Batch;
using Tenfold.Aws.Batch.InJob;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.InJob;
using Tenfold.Core.Hosts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Local;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.InJob;

namespace Tenfold.App.Targets;

/// <summary>The kinds of target that this program has. A new kind is one line of <see cref="All"/>.</summary>
public static class TargetKinds
{
    /// <summary>The options that <c>tenfold.yaml</c> may have for each kind.</summary>
    public static IReadOnlyList<TargetKindDeclaration> Declarations => [.. All.Select(kind => kind.Declaration)];

    /// <summary>Each kind, in the order in which messages and documents list them.</summary>
    internal static IReadOnlyList<RegisteredKind> All { get; } =
    [
        new(LocalKind.Declaration, services => OpenLocal(services)),
        new(SlurmKind.Declaration,
            services => new SlurmKind(services.Bundle, services.Session, services.Secrets, services.Time), SlurmHost.Detect),
        new(PoolKind.Declaration, services => new PoolKind(services.Session.Machine, services.Time, services.PoolCloud)),
        new(BatchKind.Declaration,
            services => new BatchKind(services.Bundle, services.Session, services.Secrets, services.Prices, services.Time),
            BatchHost.Detect),
        new(Ec2Kind.Declaration,
            services => new Ec2Kind(services.Bundle, services.Session, services.Secrets, services.Prices, services.Time), Ec2Host.Detect),
        new(SageMakerKind.Declaration,
            services => new SageMakerKind(services.Bundle, services.Session, services.Secrets, services.Prices, services.Time),
            SageMakerHost.Detect),
    ];

    /// <summary>The host of an agent: the job of the kind of target that started this process, or a machine without a scheduler.</summary>
    public static IAgentHost DetectHost(HostContext context) =>
        All.Select(kind => kind.DetectHost?.Invoke(context)).FirstOrDefault(host => host is not null) ?? new PlainHost(context.Environment);

    private static LocalKind OpenLocal(Services services)
    {
        var launcher = new AgentLauncher(services.Home, services.Queue, services.AgentEnvironment, services.Time);
        return new LocalKind(services.Home, services.Session.Machine, services.IsLedgerHere,
            store => new LocalTarget(services.Queue, store, Open, launcher, services.Secrets, services.Time));

        IStore? Open(string? url) => services.Stores.Open(url).Match<IStore?>(opened => opened, _ => null);
    }

    /// <summary>A kind of target that this program has.</summary>
    /// <param name="Declaration">The options that <c>tenfold.yaml</c> may have for it.</param>
    /// <param name="Open">Creates the kind for one home folder.</param>
    /// <param name="DetectHost">
    /// Finds the job that started this process, or returns null; null for a kind whose attempts have no jobs of their own.
    /// </param>
    internal sealed record RegisteredKind(
        TargetKindDeclaration Declaration, Func<Services, ITargetKind> Open, Func<HostContext, IAgentHost?>? DetectHost = null);
}
