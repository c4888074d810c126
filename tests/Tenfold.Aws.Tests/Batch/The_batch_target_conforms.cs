using Tenfold.Aws.Tests.Servers;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Batch;

public sealed class The_batch_target_conforms(S3Server server) : TargetConformance, IClassFixture<S3Server>
{
    private protected override Task<ITargetHarness> OpenAsync() => Task.FromResult<ITargetHarness>(new BatchBench(server));
}
