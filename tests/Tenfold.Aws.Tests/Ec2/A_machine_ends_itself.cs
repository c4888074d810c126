using System.Diagnostics;
using System.Text;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>Runs a machine's script with stand-ins for the programs that would end this machine.</summary>
public sealed class A_machine_ends_itself : IDisposable
{
    // systemd-run and shutdown only write down their calls. curl is the metadata service, which announces a reclaim once a file exists.
    private const string Record = "#!/bin/sh\necho \"${0##*/} $*\" >> \"$BENCH/calls\"\n";
    private const string Metadata = """
        #!/bin/sh
        case "$*" in
            *api/token*) echo the-token ;;
            *X-aws-ec2-metadata-token:\ the-token*instance-id) echo i-0123 ;;
            *X-aws-ec2-metadata-token:\ the-token*spot/instance-action) [ -e "$BENCH/reclaim" ] && echo '{"action":"terminate"}' ;;
            *) exit 22 ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public A_machine_ends_itself()
    {
        foreach (var name in new[] { "systemd-run", "systemctl", "shutdown", "setsid" }) Program($"bin/{name}", Record);
        Program("bin/curl", Metadata);
    }

    private string[] Calls => File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_lifetime_is_set_first_and_the_machine_ends_after_the_agent()
    {
        Program("agent", "#!/bin/sh\necho \"agent $TENFOLD_STORE $TENFOLD_EC2_INSTANCE $AWS_REGION\" >> \"$BENCH/calls\"\n");
        await RunAsync(Script());
        Calls[0].ShouldBe("systemd-run --quiet --unit=tenfold-lifetime --on-active=3600s shutdown -h now");
        Calls[1].ShouldStartWith("systemd-run --quiet --unit=tenfold-lifetime-forced --on-active=4500s");
        Calls[^2].ShouldBe("agent s3://bucket/it's i-0123 eu-west-1");
        Calls[^1].ShouldBe("shutdown -h now");
        Calls.Count(call => call.StartsWith("shutdown", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("kill -9 $$")]
    [InlineData("kill -11 $$")]
    public async Task The_machine_ends_however_the_agent_ends(string end)
    {
        Program("agent", $"#!/bin/sh\n{end}\n");
        await RunAsync(Script());
        Calls[^1].ShouldBe("shutdown -h now");
    }

    [Fact]
    public async Task The_machine_ends_when_the_agent_cannot_be_fetched()
    {
        await RunAsync(Script("echo nothing there >&2; exit 69"));
        Calls[^1].ShouldBe("shutdown -h now");
    }

    [Fact]
    public async Task Without_systemd_a_process_of_its_own_keeps_the_lifetime()
    {
        Program("bin/systemd-run", "#!/bin/sh\nexit 1\n");
        Program("agent", "#!/bin/sh\n");
        await RunAsync(Script());
        // It starts in the background.
        await Eventually.ShouldBeAsync(
            () => Calls.Contains("setsid nohup sh -c sleep 3600; shutdown -h now"), "the lifetime is kept");
    }

    [Fact]
    public async Task A_full_disk_keeps_no_machine_running()
    {
        Program("bin/mkdir", "#!/bin/sh\necho 'mkdir: No space left on device' >&2; exit 1\n");
        Program("agent", "#!/bin/sh\nexit 1\n");
        await RunAsync(Script());
        Calls[^1].ShouldBe("shutdown -h now");
    }

    [Fact]
    public async Task The_agent_gets_SIGTERM_when_Amazon_takes_the_machine_back()
    {
        Program(
            "agent",
            "#!/bin/bash\ntrap 'echo saved >> \"$BENCH/calls\"; exit 0' TERM\ntouch \"$BENCH/reclaim\"\nwhile :; do sleep 0.1; done\n");
        await RunAsync(Script());
        Calls[^2..].ShouldBe(["saved", "shutdown -h now"]);
    }

    [Fact]
    public async Task A_shutdown_of_the_machine_reaches_the_agent()
    {
        Program(
            "agent",
            "#!/bin/bash\ntrap 'sleep 0.3; echo saved >> \"$BENCH/calls\"; exit 0' TERM\nkill -TERM $PPID\nwhile :; do sleep 0.1; done\n");
        await RunAsync(Script());
        Calls[^2..].ShouldBe(["saved", "shutdown -h now"]);
    }

    [Fact]
    public void The_script_leaves_room_for_setup() =>
        UserData.Write(Settings()).Length.ShouldBeLessThan(UserData.MaxBytes - 2000);

    [Fact]
    public void Equal_arguments_give_equal_scripts() => UserData.Write(Settings()).ShouldBe(UserData.Write(Settings()));

    [Fact]
    public async Task Shellcheck_finds_no_fault_in_the_script()
    {
        var start = new ProcessStartInfo("shellcheck", ["--norc", "--severity=warning", _folder.Write("whole", UserData.Write(Settings()))])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var check = Process.Start(start)!;
        (await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        check.ExitCode.ShouldBe(0);
    }

    private static MachineSettings Settings() => new(
        "k7m2xqab-1-1", TimeSpan.FromHours(1), IsBorrowed: false, new StartVariables
        {
            Store = "s3://bucket/it's",
            Region = "eu-west-1",
            Agent = new AgentArchive($"agents/0123456789abcdef/{new string('a', 64)}.tar.gz", new string('a', 64)),
            List = new AttemptList([new("k7m2xqab-1-1", new string('1', 64))]),
            Session = new Dictionary<string, string>(),
        });

    [Fact]
    public async Task An_image_runs_the_agent_in_a_container_with_names_of_variables_and_no_values()
    {
        AddDocker();
        Program("agent", "#!/bin/sh\necho \"agent $TENFOLD_STORE $TENFOLD_EC2_INSTANCE\" >> \"$BENCH/calls\"\n");
        const string image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:00";
        await RunAsync(UserData.Write(Settings() with { Image = image }, "exec \"$BENCH/agent\""));
        Calls.ShouldContain("aws ecr get-login-password --region eu-west-1");
        Calls.ShouldContain("docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com");
        (await File.ReadAllTextAsync(_folder["password"])).ShouldBe("the-password\n");
        var run = Calls.Single(call => call.StartsWith("docker run", StringComparison.Ordinal));
        run.ShouldContain("--network host");
        run.ShouldContain("--env TENFOLD_STORE");
        run.ShouldNotContain("bucket");
        run.ShouldEndWith($" {image} {_folder["scratch"]}/start.sh");
        Calls[^2].ShouldBe("agent s3://bucket/it's i-0123");
        Calls[^1].ShouldBe("shutdown -h now");
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com", true)]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.net", false)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000", false)]
    [InlineData("123456789012.dkr.ecr.eu.west.amazonaws.com", false)]
    [InlineData("1.dkr.ecr.eu-west-1.amazonaws.com", false)]
    [InlineData("evil.net.123456789012.dkr.ecr.eu-west-1.amazonaws.com", false)]
    [InlineData("evil.net\n123456789012.dkr.ecr.eu-west-1.amazonaws.com", false)]
    [InlineData("ghcr.io", false)]
    public async Task Only_a_registry_of_ECR_gets_its_password(string server, bool isAmazons)
    {
        AddDocker();
        Program("agent", "#!/bin/sh\n");
        await RunAsync(UserData.Write(Settings() with { Image = $"{server}/x" }, "exec \"$BENCH/agent\""));
        Calls.Any(call => call.StartsWith("docker run", StringComparison.Ordinal)).ShouldBeTrue();
        File.Exists(_folder["password"]).ShouldBe(isAmazons);
        Calls.Any(call => call.StartsWith("aws ecr", StringComparison.Ordinal)).ShouldBe(isAmazons);
    }

    private void AddDocker()
    {
        Program("bin/docker", """
            #!/bin/sh
            echo "docker $*" >> "$BENCH/calls"
            case $1 in
                login) cat > "$BENCH/password" ;;
                run) for last; do :; done; exec sh "$last" ;;
            esac
            """);
        Program("bin/aws", "#!/bin/sh\necho \"aws $*\" >> \"$BENCH/calls\"\necho the-password\n");
    }

    [Fact]
    public void A_script_with_an_image_fits_into_user_data() =>
        Encoding.UTF8.GetByteCount(UserData.Write(Settings() with { Image = new string('i', 200) }))
            .ShouldBeLessThan(UserData.MaxBytes - 1024);

    private static string Script(string start = "exec \"$BENCH/agent\"") => UserData.Write(Settings(), start);

    private async Task RunAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/bash", [_folder.Write("user-data", script)]);
        start.Environment.Clear();
        start.Environment["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin";
        start.Environment["BENCH"] = _folder.Path;
        start.Environment["TENFOLD_SCRATCH"] = _folder["scratch"];
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private void Program(string name, string content) => File.SetUnixFileMode(
        _folder.Write(name, content), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
