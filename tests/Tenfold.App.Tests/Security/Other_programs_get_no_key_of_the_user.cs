using Tenfold.App.Images;
using Tenfold.App.Targets;
using Tenfold.Core.Snapshots;

namespace Tenfold.App.Tests.Security;

public sealed class Other_programs_get_no_key_of_the_user : IDisposable
{
    private const string Value = "s3cr3t";

    private readonly TemporaryFolder _folder = new();

    private Dictionary<string, string> Session => new()
    {
        ["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin",
        ["TENFOLD_LEDGER"] = Value,
        ["TENFOLD_SERVER"] = Value,
        ["TENFOLD_API_KEY"] = Value,
        ["OTHER"] = "passed on",
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_agent_does_not()
    {
        var variables = AgentLauncher.EnvironmentOf(Session, "/home");
        variables.Values.ShouldNotContain(Value);
        variables["TENFOLD_HOME"].ShouldBe("/home");
        variables["OTHER"].ShouldBe("passed on");
    }

    [Fact]
    public async Task A_program_that_builds_images_does_not()
    {
        Fake("docker");
        (await ImageEngine.FindAsync(Session, "docker", _ => { }, CancellationToken.None)).Value().Variables.Values.ShouldNotContain(Value);
        Seen().ShouldContain("OTHER=passed on");
        Seen().ShouldNotContain(Value);
    }

    [Fact]
    public async Task Git_does_not()
    {
        Fake("git");
        await GitFacts.ReadAsync(_folder.Path, Session, TimeProvider.System, CancellationToken.None);
        Seen().ShouldContain("OTHER=passed on");
        Seen().ShouldNotContain(Value);
    }

    // It writes the variables that it gets.
    private void Fake(string name)
    {
        var path = _folder.Write($"bin/{name}", $"#!/bin/sh\nenv > {_folder["seen"]}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Seen() => File.ReadAllText(_folder["seen"]);
}
