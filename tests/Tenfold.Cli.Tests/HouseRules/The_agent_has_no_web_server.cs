using Tenfold.Core.Delivery;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>Both programs are published into one folder. Other machines get only the files that the agent needs.</summary>
public sealed class The_agent_has_no_web_server
{
    private static readonly string[] OfTheGateway =
        ["AspNetCore", "Yarp", "Scalar", "OpenTelemetry", "Prometheus", "JsonSchema", "gateway", "tenfold-server"];

    [Fact]
    public async Task The_agents_bundle_has_nothing_of_the_gateway()
    {
        using var folder = new TemporaryFolder();
        var program = Path.GetDirectoryName(Installed.Program)!;
        File.Exists(Path.Combine(program, "tenfold-gateway")).ShouldBeTrue();
        File.Exists(Path.Combine(program, "tenfold-server")).ShouldBeTrue();
        var bundle = new AgentBundle(program, folder["index"], TimeProvider.System);
        var launch = await bundle.PutInFolderAsync(folder["shared"], TestContext.Current.CancellationToken);
        launch.Match(_ => "", refusal => refusal.Message).ShouldBe("");
        var version = Directory.GetDirectories(folder["shared/agents"]).ShouldHaveSingleItem();
        var files = Directory.GetFiles(version).Select(Path.GetFileName).ToList();
        files.ShouldContain("tenfold");
        files.ShouldContain("Tenfold.Agent.dll");
        files.ShouldContain("libcoreclr.so");
        files.Where(file => OfTheGateway.Any(part => file!.Contains(part, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
    }
}
