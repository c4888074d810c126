using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Jobs_run_in_the_image_of_their_group(S3Server server) : IClassFixture<S3Server>
{
    private const string Image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold@sha256:" + Digest;
    private const string Digest = "0000000000000000000000000000000000000000000000000000000000000001";

    [Theory]
    [InlineData(EnvironmentSpec.ImageKind, Image, Image)]
    [InlineData(EnvironmentSpec.ImageKind, "public.ecr.aws/a/b:c", "*/a/b:c")]
    [InlineData("requirements", "requirements.txt", "*python:3.12-slim")]
    public async Task The_definition_names_it(string kind, string file, string image)
    {
        await using var bench = new BatchBench(server, new AwsDoubleOptions { RunsProcesses = false });
        var work = await bench.AssignAsync("true", 2, spec => spec with { Environment = new EnvironmentSpec(kind, file, "aa") });
        (await bench.Target.StartAsync(work, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        var call = bench.Aws.Calls.All.Where(call => call.Operation == "RegisterJobDefinition").ShouldHaveSingleItem();
        var named = call.Input["containerProperties"]!["image"]!.GetValue<string>();
        if (image[0] == '*') named.ShouldEndWith(image[1..]);
        else named.ShouldBe(image);
    }
}
