using System.Diagnostics;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

/// <remarks>Source: the types of npm's <c>@slack/web-api</c> and <c>@slack/webhook</c>, which <c>./test</c> installs.</remarks>
public sealed class Messages_have_the_shapes_of_Slack : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Slacks_types_take_what_is_sent_and_what_the_double_answers()
    {
        await using var host = await HostDouble.StartAsync();
        await TrainAsync(("SLACK_API_TOKEN", "token"), ("SLACK_API_URL", host.Url));
        await TrainAsync(("SLACK_WEBHOOK_URL", $"{host.Url}/services/T0/B0/x"));
        var messages = host.Calls.Where(call => call.Path == "/chat.postMessage").Select(call => call.Body).ToList();
        var hooks = host.Calls.Where(call => call.Path == "/services/T0/B0/x").Select(call => call.Body).ToList();
        (messages.Count, hooks.Count).ShouldBe((2, 2));
        (await CompileAsync("web-api", "ChatPostMessageArguments", messages)).ShouldBe("");
        (await CompileAsync("web-api", "ChatPostMessageResponse", [HostDouble.SlackAnswer(1)])).ShouldBe("");
        (await CompileAsync("webhook", "IncomingWebhookSendArguments", hooks)).ShouldBe("");
        // The types are ones that a wrong message fails.
        var wrong = messages[0].Replace("\"channel\"", "\"chanel\"");
        (await CompileAsync("web-api", "ChatPostMessageArguments", [wrong])).ShouldContain("TS2");
    }

    private static async Task TrainAsync(params (string Name, string Value)[] variables)
    {
        await using var scene = new TrainingScene("", variables);
        var yaml = scene.Project("{ push: { repeat: 1 } }", "notify: { slack: '#monitoring' }");
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        (await scene.TrainAsync(new PushRef("main"), commit)).State.ShouldBe(PushState.Done);
    }

    // What the compiler says of values of a type.
    private async Task<string> CompileAsync(string package, string type, IEnumerable<string> values)
    {
        var from = Path.Combine(GitHubSpecification.Packages, "@slack", package);
        var lines = values.Select((value, i) => $"export const value{i}: {type} = {value};");
        var file = _folder.Write("values.ts", $"import type {{ {type} }} from \"{from}\";\n{string.Join('\n', lines)}\n");
        string[] options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"];
        var start = new ProcessStartInfo(Path.Combine(GitHubSpecification.Packages, ".bin", "tsc"), [.. options, file])
        {
            WorkingDirectory = Path.GetDirectoryName(file),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var compiler = Process.Start(start)!;
        var output = await compiler.StandardOutput.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        (compiler.ExitCode == 0).ShouldBe(output.Length == 0);
        return output;
    }
}
