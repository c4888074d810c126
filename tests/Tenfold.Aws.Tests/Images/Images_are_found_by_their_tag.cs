using Tenfold.Aws.Double;
using Tenfold.Aws.Images;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Images;

public sealed class Images_are_found_by_their_tag : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task In_the_repository_of_the_stack()
    {
        TenfoldStack.Add(_aws, "bucket");
        using var stack = new AwsStack("tenfold", Options());
        using var registry = (await EcrRegistry.OpenAsync(stack, default)).ShouldNotBeNull();
        registry.Repository.ShouldStartWith(_aws.Ecr.Registry);
        (await registry.FindAsync("tenfold-aa", default)).ShouldBeNull();
        (await registry.LogInAsync(default)).ShouldBe(("AWS", "password"));
    }

    [Fact]
    public async Task Without_a_stack_there_is_no_repository()
    {
        using var stack = new AwsStack("tenfold", Options());
        (await EcrRegistry.OpenAsync(stack, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a", true)]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a", true)]
    [InlineData("public.ecr.aws/a", false)]
    [InlineData("ghcr.io/a", false)]
    public void Only_the_addresses_of_ECR_are_Amazons(string repository, bool isAmazons)
    {
        using var registry = EcrRegistry.TryOpen(repository, TimeProvider.System);
        (registry is not null).ShouldBe(isAmazons);
    }

    private AwsOptions Options() => new()
    {
        Endpoint = _aws.Endpoint,
        Region = _aws.Options.Region,
        Credentials = new Amazon.Runtime.BasicAWSCredentials(_aws.Options.AccessKey, _aws.Options.Secret),
    };
}
