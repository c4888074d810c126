using System.Diagnostics;
using System.Text.Json;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Targets.Tests;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>The published program, with nothing but AWS's own variables, from a project to results, costs and no machine left.</summary>
public sealed class The_program_runs_on_machines(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    private const string Project = """
        name: digits
        train:
          command: sh train.sh
          metric: { name: accuracy, goal: maximize }
        targets:
          vm: { kind: ec2, instance_type: m5.large }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task From_a_project_to_results_and_costs()
    {
        using var aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = server.Endpoint,
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = "{machine}/scratch" },
        });
        TenfoldStack.Add(aws, S3Server.Bucket);
        _folder.Write("project/tenfold.yaml", Project);
        _folder.Write("project/train.sh", "sleep 2; echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":0.$TENFOLD_SEED}\"\n");

        var dry = await RunAsync(aws, "fit", "--on", "vm", "--repeat", "2", "--max-cost", "5", "--dry-run");
        dry.Out.ShouldContain("launch 2 × m5.large with 50 GB in eu-west-1; 0.107 USD an hour each");
        dry.Out.ShouldContain("0.107 USD an hour for each run, 5.00 USD at most for all");
        aws.Ec2.InstanceIds.ShouldBeEmpty();

        var fit = await RunAsync(aws, "fit", "--on", "vm", "--repeat", "2", "--json");
        fit.ExitCode.ShouldBe(0, fit.Error);
        var group = JsonDocument.Parse(fit.Out).RootElement[0];
        group.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("state").GetString()).ShouldBe(["succeeded", "succeeded"]);
        group.GetProperty("cost").GetProperty("usdPerHour").GetDecimal().ShouldBe(0.107m);
        group.GetProperty("cost").GetProperty("usd").GetDecimal().ShouldBeGreaterThan(0);
        fit.Error.ShouldContain("each run's machine costs 0.107 USD an hour");
        await Eventually.ShouldBeAsync(() => aws.Ec2.InstanceIds.All(id => aws.Ec2.StateOf(id) == "terminated"), "every machine has ended");
        (aws.Ec2.InstanceIds.Count, aws.Ec2.VolumeIds.Count).ShouldBe((2, 0));

        var cost = JsonDocument.Parse((await RunAsync(aws, "cost", "--by", "target", "--json")).Out).RootElement;
        var row = cost.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (row.GetProperty("key").GetString(), row.GetProperty("runs").GetInt32()).ShouldBe(("vm", 2));
        row.GetProperty("machineHours").GetDouble().ShouldBeGreaterThan(2 * 2 / 3600.0 * 0.9);
        row.GetProperty("usd").GetDecimal().ShouldBeGreaterThan(0);
        (await RunAsync(aws, "cost")).Out.ShouldContain("digits");
    }

    private async Task<(int ExitCode, string Out, string Error)> RunAsync(AwsDouble aws, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Program, arguments)
        {
            WorkingDirectory = _folder["project"],
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in aws.Environment) start.Environment[name] = value;
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = start.Environment["TENFOLD_HOME"] = _folder["home"];
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
