using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

public sealed class Amazons_JavaScript_clients_read_the_double
{
    [Fact]
    public async Task Amazons_clients_for_JavaScript_agree_with_the_double()
    {
        using var aws = new AwsDouble(new AwsDoubleOptions { RunsProcesses = false });
        TenfoldStack.Add(aws, "bucket");
        using var batch = new Tenfold.Aws.Batch.BatchClient(BatchFixture.OptionsOf(aws));
        await batch.RegisterJobDefinitionAsync(new()
        {
            JobDefinitionName = "d",
            Type = "container",
            ContainerProperties = new()
            {
                Image = "x",
                Command = ["true"],
                ResourceRequirements = [new("VCPU", "1"), new("MEMORY", "128")]
            },
        }, default);
        var found = await ReadAsync(aws);
        found["queues"]!.AsArray().Count.ShouldBe(4);
        found["listed"]![0]!.ToString().ShouldBe(found["submitted"]!.ToString());
        found["described"]![0]!.ToString().ShouldBe("number");
        found["outputs"]!.GetValue<int>().ShouldBe(17);
        found["events"]!.ToString().ShouldBe("ValidationError");
        found["instance"]!.GetValue<bool>().ShouldBeTrue();
        found["ended"]!.ToString().ShouldBe("shutting-down");
        found["training"]!.ToString().ShouldBe("ValidationException: Requested resource not found.");
    }

    private static async Task<JsonNode> ReadAsync(AwsDouble aws)
    {
        var start = new ProcessStartInfo("node", [Script(), aws.Endpoint, aws.Options.Region])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in aws.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonNode.Parse(output)! : throw new InvalidOperationException(await error);
    }

    private static string Script([CallerFilePath] string here = "") => Path.GetFullPath($"{Path.GetDirectoryName(here)}/../../aws/read.js");
}
