using System.Text;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class The_environment_of_a_run_is_recorded : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_interpreter_its_packages_and_the_platform_are_recorded()
    {
        var report = await _machine.RunAsync("python3 -c 'import sys; print(sys.executable); print(sys.version)'");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        var environment = report.Environment.ShouldNotBeNull();
        var printed = await _machine.PrintedAsync();
        environment.Interpreter.ShouldBe(printed[0]);
        environment.Version.ShouldNotBeNull().ShouldStartWith(printed[1].Split(' ')[0]);
        environment.Platform.ShouldNotBeEmpty();
        var packages = Encoding.UTF8.GetString((await _machine.Store.ReadAsync(
            RunEnvironment.PackagesKey(environment.Packages.ShouldNotBeNull()), CancellationToken.None)).ShouldNotBeNull());
        packages.Count(c => c == '\n').ShouldBe(environment.PackageCount!.Value);
    }

    [Fact]
    public async Task A_package_that_was_installed_meanwhile_is_recorded()
    {
        var packages = _machine.Folder["packages"];
        Directory.CreateDirectory(packages);
        var before = await RunAsync(packages);
        (await RunAsync(packages)).Packages.ShouldBe(before.Packages);
        Directory.CreateDirectory(Path.Combine(packages, "ours-1.2.dist-info"));
        File.WriteAllText(Path.Combine(packages, "ours-1.2.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: ours\nVersion: 1.2\n");
        var after = await RunAsync(packages);
        after.PackageCount.ShouldBe(before.PackageCount + 1);
        Encoding.UTF8.GetString((await _machine.Store.ReadAsync(RunEnvironment.PackagesKey(after.Packages!), CancellationToken.None))!)
            .ShouldContain("ours==1.2\n");
    }

    [Fact]
    public async Task An_environment_that_cannot_be_inspected_does_not_delay_the_end()
    {
        _machine.Folder.Write("bin/python3", "#!/bin/sh\nexit 3\n");
        File.SetUnixFileMode(_machine.Folder["bin/python3"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var report = await _machine.RunAsync(
            "true",
            spec => spec with { Shell = new Dictionary<string, string> { ["PATH"] = $"{_machine.Folder["bin"]}:/usr/bin:/bin" } });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (report.Environment!.Interpreter, report.Environment.Version).ShouldBe((_machine.Folder["bin/python3"], null));
    }

    [Theory]
    [InlineData("/usr/bin/python3 train.py", "/usr/bin/python3")]
    [InlineData("cd x && A=1 /usr/bin/python3 -m train", "/usr/bin/python3")]
    [InlineData("sh train.sh", "python3")]
    [InlineData("bin/python3 train.py", "python3")]
    public void The_recorded_interpreter_is_the_commands_or_the_first_on_the_path(string command, string ends) =>
        EnvironmentInspector.InterpreterOf(CommandLine.Shell(command), command, "/usr/bin:/bin").ShouldNotBeNull().ShouldEndWith(ends);

    private async Task<RunEnvironment> RunAsync(string packages)
    {
        var spec = await _machine.SpecAsync("true");
        var group = RunNames.NewGroup();
        _machine.Queue.Add(_machine.Assign(
            spec with { Shell = new Dictionary<string, string>(spec.Shell) { ["PYTHONPATH"] = packages } }, group: group));
        (await _machine.ServeAsync()).ShouldBeTrue();
        var report = await _machine.ReportAsync(RunNames.Attempt(RunNames.Run(group, 1), 1));
        return report.Environment.ShouldNotBeNull();
    }
}
