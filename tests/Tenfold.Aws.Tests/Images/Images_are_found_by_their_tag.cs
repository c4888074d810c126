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
        using var registry = (await stack.OpenRegistryAsync(default)).ShouldNotBeNull();
        registry.Repository.ShouldStartWith(_aws.Ecr.Registry);
        (await registry.FindAsync("tenfold-aa", default)).ShouldBeNull();
        _aws.Ecr.AddImage("tenfold", "tenfold-aa", "sha256:aa");
        _aws.Ecr.AddImage("tenfold", "tenfold-aa", "sha256:bb", "210987654321");
        (await registry.FindAsync("tenfold-aa", default)).ShouldBe("sha256:aa");
        (await registry.LogInAsync(default)).ShouldBe(("AWS", "password"));
    }

    [Fact]
    public async Task Without_a_stack_there_is_no_repository()
    {
        using var stack = new AwsStack("tenfold", Options());
        (await stack.OpenRegistryAsync(default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("210987654321", "sha256:bb")]
    [InlineData("210987654322", null)]
    public async Task In_the_account_that_the_address_names(string account, string? digest)
    {
        _aws.Ecr.AddImage("team/a", "one", "sha256:aa");
        _aws.Ecr.AddImage("team/a", "one", "sha256:bb", "210987654321");
        var address = $"{account}.dkr.ecr.{_aws.Options.Region}.amazonaws.com/team/a";
        using var registry = EcrRegistry.TryOpen(address, TimeProvider.System, Options()).ShouldNotBeNull();
        (await registry.FindAsync("one", default)).ShouldBe(digest);
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a", true)]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.net/a", false)]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn.evil.net/a", false)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.net/a", false)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com:443/a", false)]
    [InlineData("123456789012.dkr.ecr.eu.west.amazonaws.com/a", false)]
    [InlineData("1.dkr.ecr.eu-west-1.amazonaws.com/a", false)]
    [InlineData("evil.net.123456789012.dkr.ecr.eu-west-1.amazonaws.com/a", false)]
    [InlineData("evil.net/123456789012.dkr.ecr.eu-west-1.amazonaws.com/a", false)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com\n.evil.net/a", false)]
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
