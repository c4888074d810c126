using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.SageMaker;
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

    [Theory]
    [InlineData("docker.io/library/python:3.12", "private repositories of ECR only", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml:old", "ECR has no", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/other:1.4", "ECR has no", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml:1.4", "(sha256:", false)]
    [InlineData("public.ecr.aws/docker/library/python:3.12", "through the stack's cache", false)]
    public async Task An_image_that_SageMaker_could_not_pull_is_found_early(string image, string word, bool isFault)
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Aws.Ecr.AddRepository("ml");
        bench.Aws.Ecr.AddImage("ml", "1.4", "sha256:aa");
        var target = bench.Open(new SageMakerOptions { Stack = SageMakerOptions.DefaultStack, Image = image });
        var check = (await target.CheckAccessAsync(default)).Single(check => check.What == "image");
        check.Detail.ShouldContain(word);
        (check.Fix is not null).ShouldBe(isFault);
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
