namespace Tenfold.Targets.Tests.Slurm;

/// <summary>One cluster for all tests of a class, which run one after another.</summary>
public sealed class ClusterFixture : IDisposable
{
    internal SlurmCluster Cluster { get; } = new(Repository.ClusterScript, "cpus=32", "memory=32000", "rest=yes", "slurmd_timeout=5");

    public void Dispose() => Cluster.Dispose();
}
