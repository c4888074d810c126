using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.EndToEnd.Tests.Clouds;

/// <summary><c>tenfold ssh</c> and <c>tenfold show</c> lead to the machine on which a run is.</summary>
public sealed class A_user_finds_the_machine_of_a_run : IAsyncLifetime
{
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly Sandbox _sandbox = new();

    public A_user_finds_the_machine_of_a_run()
    {
        _aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = _s3.Endpoint,
            Grace = TimeSpan.FromSeconds(5),
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = "{machine}/scratch" },
        });
        TenfoldStack.Add(_aws, S3Server.Bucket);
        foreach (var (name, value) in _aws.Environment) _sandbox.Variables[name] = value;
        _sandbox.Variables["PATH"] = $"{Programs}:/usr/bin:/bin";
    }

    private string Programs => Path.Combine(_sandbox.Outside, "bin");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task While_it_runs_and_after_its_end()
    {
        var (begun, go, asked) = (Out("begun"), Out("go"), Out("asked"));
        _sandbox.Toy(
            $"echo > {begun}\nwhile [ ! -e {go} ]; do sleep 0.1; done\n{Sandbox.SeedScript}",
            "targets: { machine: { kind: ec2, instance_type: m5.large } }");
        var fit = (await _sandbox.Run("fit", "--detach", "--json", "--on", "machine")).With(0).Json[0];
        var run = fit.Runs().ShouldHaveSingleItem().Id();
        await Until.True(() => File.Exists(begun), "the script runs");
        var machine = _aws.Ec2.InstanceIds.ShouldHaveSingleItem();

        // Without the programs, the command says what to install.
        (await _sandbox.Run("ssh", run)).Saying("session-manager-plugin", "https://").ExitCode.ShouldNotBe(0);
        WriteProgram("session-manager-plugin", "exit 1");
        WriteProgram("aws", $"echo \"$@\" > {asked}; exit 7");
        var words = $"ssm start-session --region eu-west-1 --target {machine}";
        (await _sandbox.Run("ssh", run, "--print")).With(0).Out.ShouldBe($"{Programs}/aws {words}\n");
        File.Exists(asked).ShouldBeFalse();
        (await _sandbox.Run("ssh", run)).With(7);
        (await File.ReadAllTextAsync(asked)).ShouldBe($"{words}\n");

        (await ShowAsync(run)).ShouldContain($"describe-instances --region eu-west-1 --instance-ids {machine}");
        await File.WriteAllTextAsync(go, "");
        (await _sandbox.RunsUntilAllEnded()).ShouldHaveSingleItem().State().ShouldBe("succeeded");
        (await _sandbox.Run("ssh", run)).Saying("has ended").ExitCode.ShouldNotBe(0);
        (await ShowAsync(run)).ShouldContain($"describe-instances --region eu-west-1 --instance-ids {machine}");
        var job = (await _sandbox.Json("show", run, "--json")).At("attempts")[0].At("job");
        job.Text("name").ShouldBe($"EC2 machine {machine} in eu-west-1");
    }

    private string Out(string name) => Path.Combine(_sandbox.Outside, name);

    private async Task<string> ShowAsync(string run) => (await _sandbox.Run("show", run)).With(0).Out;

    private void WriteProgram(string name, string body)
    {
        Directory.CreateDirectory(Programs);
        var path = Path.Combine(Programs, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
