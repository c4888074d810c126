using Amazon;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.S3;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Wire;

public sealed class A_region_with_an_impossible_name_is_refused
{
    [Theory]
    [InlineData("eu-west-1a", "is a zone: write eu-west-1")]
    [InlineData("us-gov-east-1b", "is a zone: write us-gov-east-1")]
    [InlineData("us-west-2-lax-1a", "is a zone: write us-west-2")]
    [InlineData("Ireland", "look like eu-west-1")]
    [InlineData("EU-WEST-1", "look like eu-west-1")]
    [InlineData("eu_west_1", "look like eu-west-1")]
    [InlineData("eu-west", "look like eu-west-1")]
    [InlineData("eu-west-1.evil.example", "look like eu-west-1")]
    [InlineData("eu-west-1\n", "look like eu-west-1")]
    [InlineData("", "look like eu-west-1")]
    public void Before_any_call_is_made(string region, string words)
    {
        Regions.FaultOf(region).ShouldNotBeNull().ShouldContain(words);
        var options = new AwsOptions { Region = region };
        Action[] clients = [() => new BatchClient(options).Dispose(), () => new Ec2Client(options, TimeProvider.System).Dispose()];
        foreach (var create in clients)
        {
            var e = Should.Throw<AwsException>(create);
            e.Fault.ShouldBe(AwsFault.Invalid);
            e.Message.ShouldContain(words);
            e.Message.ShouldContain("AWS_REGION");
        }
    }

    [Fact]
    public void A_store_says_so_too() =>
        Should.Throw<StoreException>(() => new S3Store(new S3Location("bucket", "x/"), new S3Options { Region = "eu-west-1a" }).Dispose())
            .Message.ShouldContain("s3://bucket/x: the region 'eu-west-1a' is a zone: write eu-west-1");

    [Fact]
    public void Every_region_of_the_SDK_is_accepted()
    {
        foreach (var region in RegionEndpoint.EnumerableAllRegions) Regions.FaultOf(region.SystemName).ShouldBeNull(region.SystemName);
    }

    [Theory]
    [InlineData("eu-north-7")]
    [InlineData("eusc-de-east-1")]
    public void Regions_that_are_newer_than_the_program_are_accepted(string region) => Regions.FaultOf(region).ShouldBeNull();
}
