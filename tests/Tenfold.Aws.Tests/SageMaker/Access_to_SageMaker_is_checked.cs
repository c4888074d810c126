using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>What <c>tenfold doctor</c> says of a <c>sagemaker</c> target.</summary>
public sealed class Access_to_SageMaker_is_checked(S3Server server) : IClassFixture<S3Server>
{
    private const string OnDemandM5Large = "L-611FA074";

    [Fact]
    public async Task All_is_well()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var checks = await bench.Target.CheckAccessAsync(default);
        checks.Select(check => check.What).ShouldBe(["clock", "credentials", "permissions", "quotas"]);
        checks.ShouldAllBe(check => check.Fix == null);
        checks[^1].Detail.ShouldStartWith("training machines: 1000 ml.m5.large; none of the other");
    }

    [Theory]
    [InlineData("sagemaker:CreateTrainingJob")]
    [InlineData("sagemaker:StopTrainingJob")]
    [InlineData("iam:PassRole")]
    public async Task A_refused_action_is_named(string action)
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Aws.Iam.Deny(action);
        var permissions = (await bench.Target.CheckAccessAsync(default)).Single(check => check.What == "permissions");
        permissions.Detail.ShouldContain($"may not: {action}");
        permissions.Fix.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_account_without_machines_is_reported()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Aws.Quotas.Set(OnDemandM5Large, 0);
        var quotas = (await bench.Target.CheckAccessAsync(default))[^1];
        quotas.Detail.ShouldContain("none of the common types");
        quotas.Fix.ShouldNotBeNull().ShouldContain("Service Quotas");
    }

    [Fact]
    public async Task A_user_who_may_not_read_quotas_has_no_fault()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Aws.Faults.Add("service-quotas", "ListServiceQuotas", Fault.Denied, times: null);
        var quotas = (await bench.Target.CheckAccessAsync(default))[^1];
        quotas.Detail.ShouldContain("not checked");
        quotas.Fix.ShouldBeNull();
    }
}
