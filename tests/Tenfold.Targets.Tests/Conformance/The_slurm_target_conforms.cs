using Tenfold.Targets.Tests.Slurm;

namespace Tenfold.Targets.Tests.Conformance;

public sealed class The_slurm_target_conforms_through_commands(ClusterFixture fixture) : TargetConformance, IClassFixture<ClusterFixture>
{
    private protected override Task<ITargetHarness> OpenAsync() => Task.FromResult<ITargetHarness>(new SlurmBench(fixture.Cluster));
}

public sealed class The_slurm_target_conforms_through_rest(ClusterFixture fixture) : TargetConformance, IClassFixture<ClusterFixture>
{
    private protected override Task<ITargetHarness> OpenAsync() =>
        Task.FromResult<ITargetHarness>(new SlurmBench(fixture.Cluster, byRest: true));
}
