using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;

namespace Tenfold.Targets.Tests.Slurm.Commands;

/// <summary>A long-lived process outlives a token, and may outlive a cluster's configuration.</summary>
public sealed class Facts_that_change_are_read_again : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ShiftedTime _time = new();
    private string _token = "first";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Partitions_are_read_every_ten_minutes_and_the_token_before_each_command()
    {
        var scontrol = _folder.Write("scontrol", $"#!/bin/sh\necho $SLURM_JWT >> {_folder["tokens"]}\ncat {_folder["partitions"]}\n");
        File.SetUnixFileMode(scontrol, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _folder.Write("partitions", "PartitionName=main Default=YES MaxTime=UNLIMITED\n");
        var environment = () => new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["SLURM_JWT"] = _token };
        var runner = new CommandRunner(environment, TimeSpan.FromMinutes(1), _time);
        var slurm = new SlurmCommands(runner, "ann", _time, _folder[""]);
        (await slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBeNull();

        _folder.Write("partitions", "PartitionName=main Default=YES MaxTime=01:00:00\n");
        _token = "second";
        (await slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBeNull();
        _time.By = TimeSpan.FromMinutes(11);
        (await slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBe(60);
        File.ReadAllLines(_folder["tokens"]).ShouldBe(["first", "second"]);
    }

    // A server's own PATH may lead to other commands than its user's.
    [Fact]
    public async Task Commands_are_found_in_the_users_path()
    {
        var scontrol = _folder.Write("bin/scontrol", "#!/bin/sh\necho ClusterName = users\n");
        File.SetUnixFileMode(scontrol, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = _folder["bin"];
        var runner = new CommandRunner(() => new Dictionary<string, string> { ["PATH"] = path }, TimeSpan.FromMinutes(1), _time);
        (await runner.RunAsync("scontrol", [], null, null, Cancel))!.Output.ShouldBe("ClusterName = users\n");
        path = _folder["nowhere"];
        var fault = await Should.ThrowAsync<TargetException>(() => runner.RunAsync("scontrol", [], null, null, Cancel));
        fault.Problem.ShouldStartWith("there is no `scontrol` on PATH.");
    }

    [Theory]
    [InlineData("token")]
    [InlineData(null)]
    public void The_hosts_secrets_have_the_token(string? token)
    {
        var shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["SQUEUE_FORMAT"] = "%i", ["SLURM_JWT"] = "the shell's" };
        var environment = CommandRunner.ReadEnvironment(shell, name => name == "SLURM_JWT" ? token : "another secret");
        environment.GetValueOrDefault("SLURM_JWT").ShouldBe(token);
        environment.Values.ShouldNotContain("another secret");
        environment.GetValueOrDefault("PATH").ShouldBe("/usr/bin");
        environment.Keys.ShouldNotContain("SQUEUE_FORMAT");
    }
}
