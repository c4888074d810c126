using System.Text;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class A_deploy_key_fetches : IDisposable
{
    private const string Key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ssh_gets_it_in_a_file_for_the_call_and_nowhere_else(bool isBase64)
    {
        // In the place of ssh: it writes down its arguments, the file's mode and the file, and runs the command for the other machine.
        var ssh = _folder.Write("ssh",
            $"""
            #!/bin/sh
            echo "$*" >> {_folder["arguments"]}
            while [ $# -gt 1 ]; do
                [ "$1" = -i ] && key=$2
                shift
            done
            stat -c %a "$key" >> {_folder["modes"]}
            cat "$key" > {_folder["key"]}
            exec sh -c "$1"

            """);
        File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var text = isBase64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)) : Key.TrimEnd();
        await using var scene = new TrainingScene("", ("DEPLOY_KEY", text), ("GIT_SSH_COMMAND", ssh));
        scene.Change(repository => repository with { Key = "DEPLOY_KEY", Url = $"ssh://git@host{scene.Origin.Url}" });
        var yaml = scene.Project("{ push: { repeat: 1 } }");
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var push = await scene.TrainAsync(new PushRef("main"), commit);
        push.State.ShouldBe(PushState.Done, push.Detail);
        (await File.ReadAllTextAsync(_folder["key"])).ShouldBe(Key);
        (await File.ReadAllLinesAsync(_folder["modes"])).Distinct().ShouldBe(["600"]);
        var arguments = await File.ReadAllTextAsync(_folder["arguments"]);
        arguments.ShouldContain("-o IdentitiesOnly=yes -o BatchMode=yes");
        arguments.ShouldNotContain("AAAA");
        // Nothing keeps it.
        foreach (var file in Directory.EnumerateFiles(scene.Services.Home, "*", SearchOption.AllDirectories))
        {
            Path.GetFileName(file).ShouldNotBe("deploy-key");
            (await File.ReadAllTextAsync(file)).ShouldNotContain("OPENSSH");
        }
    }
}
