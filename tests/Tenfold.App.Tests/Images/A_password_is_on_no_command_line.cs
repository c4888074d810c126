using Tenfold.App.Images;

namespace Tenfold.App.Tests.Images;

/// <summary>Stand-ins for the programs write down how they are called.</summary>
public sealed class A_password_is_on_no_command_line : IDisposable
{
    private const string Stand =
        "#!/bin/sh\necho \"$DOCKER_CONFIG|$*\" >> FOLDER/calls\ncase $1 in login) cat >> FOLDER/input ;; esac\n" +
        "case \"$*\" in *--digestfile*) shift $(($# - 3)); printf sha256:aa > \"$1\" ;; esac\n" +
        "echo \"x: digest: sha256:$(printf '0%.0s' $(seq 64)) size: 1\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("buildah")]
    public async Task Whichever_program_logs_in(string name)
    {
        var program = _folder.Write($"bin/{name}", Stand.Replace("FOLDER", _folder.Path, StringComparison.Ordinal));
        File.SetUnixFileMode(program, (UnixFileMode)0x1ED);
        _folder.Write("user/.docker/config.json", """{ "auths": { "ghcr.io": { "auth": "own" } }, "currentContext": "rootless" }""");
        var variables = new Dictionary<string, string> { ["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin", ["HOME"] = _folder["user"] };
        var engine = (await ImageEngine.FindAsync(variables, name, _ => { }, CancellationToken.None)).Value();
        var login = new RegistryLogin("AWS", "secret-password");
        var private_ = Directory.CreateDirectory(_folder["private"]).FullName;
        (await engine.PushAsync("1.dkr.ecr.eu-west-1.amazonaws.com/x:tag", login, private_, CancellationToken.None)).Value()
            .ShouldStartWith("sha256:");
        var calls = await File.ReadAllTextAsync(_folder["calls"]);
        calls.ShouldContain("--username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com");
        calls.ShouldNotContain("secret-password");
        $"{login}".ShouldNotContain("secret-password");
        (await File.ReadAllTextAsync(_folder["input"])).ShouldBe("secret-password");
        // The user's own logins are neither read nor changed.
        if (name == "docker")
        {
            calls.ShouldContain($"{private_}|push");
            (await File.ReadAllTextAsync(_folder["private/config.json"])).ShouldBe("""{"currentContext":"rootless"}""");
        }
        else calls.ShouldContain($"--authfile {private_}/auth.json");
    }

    [Fact]
    public async Task A_program_that_does_not_work_is_passed_over()
    {
        File.SetUnixFileMode(_folder.Write("bin/docker", "#!/bin/sh\necho no daemon >&2; exit 1\n"), (UnixFileMode)0x1ED);
        var variables = new Dictionary<string, string> { ["PATH"] = _folder["bin"] };
        (await ImageEngine.FindAsync(variables, null, _ => { }, CancellationToken.None)).Refusal().Message.ShouldContain("no daemon");
        File.SetUnixFileMode(_folder.Write("bin/podman", "#!/bin/sh\n"), (UnixFileMode)0x1ED);
        (await ImageEngine.FindAsync(variables, null, _ => { }, CancellationToken.None)).Value().Name.ShouldBe("podman");
        (await ImageEngine.FindAsync(new Dictionary<string, string> { ["PATH"] = "/none" }, null, _ => { }, CancellationToken.None))
            .Refusal().Message.ShouldContain("apt-get install buildah");
    }
}
