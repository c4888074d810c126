using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class The_pool_of_instances_conforms : TargetConformance
{
    private protected override async Task<ITargetHarness> OpenAsync() => await new PoolBench().AddAsync(1);
}
