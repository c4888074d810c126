using Tenfold.Aws.Tests.Servers;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.SageMaker;

public sealed class The_sagemaker_target_conforms(S3Server server) : TargetConformance, IClassFixture<S3Server>
{
    private protected override Task<ITargetHarness> OpenAsync() => Task.FromResult<ITargetHarness>(new SageMakerBench(server));
}
