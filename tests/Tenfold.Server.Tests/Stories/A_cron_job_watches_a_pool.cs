using System.Diagnostics;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Ec2;

namespace Tenfold.Server.Tests.Stories;

/// <summary>The published command against the double of EC2.</summary>
public sealed class A_cron_job_watches_a_pool : IDisposable
{
    private const string Gone = "i-0123456789abcdef0";

    private readonly AwsDouble _aws = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _aws.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_says_what_it_did_and_which_instances_are_gone()
    {
        using var machines = new PoolMachines(_aws, "true");
        var id = await machines.AddAsync();
        _folder.Write("project/tenfold.yaml",
            $$"""
            name: toy
            train: { command: sh train.sh }
            store: {{_folder["store"]}}
            targets: { ten: { kind: pool, instances: [{{id}}, {{Gone}}], region: eu-west-1, idle: 1m, lifetime: 12h } }

            """);
        var (code, words) = await WatchAsync("ten");
        code.ShouldBe(0, words);
        words.ShouldContain($"{Gone} does not exist any more");
        words.ShouldNotContain($"{id} ");
        words.ShouldContain("0 started, 0 stopped, 0 left on that may be on for nothing");
        _aws.Ec2.StateOf(id).ShouldBe("stopped");
        (code, words) = await WatchAsync("other");
        code.ShouldBe(3, words);
        words.ShouldContain("other");
    }

    private async Task<(int ExitCode, string Words)> WatchAsync(string pool)
    {
        var start = new ProcessStartInfo(Path.Combine(ServerProgram.Folder, "tenfold"), ["pool", "watch", pool])
        {
            WorkingDirectory = _folder["project"],
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["TENFOLD_HOME"] = _folder["home"];
        start.Environment.Remove("TENFOLD_LEDGER");
        foreach (var (name, value) in _aws.Environment) start.Environment[name] = value;
        using var watch = Process.Start(start)!;
        var words = await watch.StandardError.ReadToEndAsync();
        await watch.WaitForExitAsync();
        return (watch.ExitCode, words);
    }
}
