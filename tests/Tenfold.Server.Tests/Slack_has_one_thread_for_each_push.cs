using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Slack_has_one_thread_for_each_push
{
    [Fact]
    public async Task The_projects_of_a_push_share_it_and_another_channel_has_its_own()
    {
        await using var host = await HostDouble.StartAsync();
        await using var scene = new TrainingScene("", ("SLACK_API_TOKEN", "token"), ("SLACK_API_URL", host.Url));
        string Yaml(string channel) => scene.Project("{ push: { repeat: 1 } }", $"notify: {{ slack: '{channel}' }}");
        var commit = scene.Origin.Push(
            "main", ("a/tenfold.yaml", Yaml("#lab")), ("a/train.sh", TrainingScene.Script("0.1")),
            ("b/tenfold.yaml", Yaml("#lab")), ("b/train.sh", TrainingScene.Script("0.2")),
            ("c/tenfold.yaml", Yaml("#other")), ("c/train.sh", TrainingScene.Script("0.3")));
        (await scene.TrainAsync(new PushRef("main"), commit)).State.ShouldBe(PushState.Done);
        var sent = host.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement).ToList();
        sent.Count.ShouldBe(6);
        foreach (var (channel, count) in new[] { ("#lab", 4), ("#other", 2) })
        {
            var threads = sent.Where(message => message.GetProperty("channel").GetString() == channel)
                .Select(message => message.TryGetProperty("thread_ts", out var thread) ? thread.GetString() : null).ToList();
            threads.Count.ShouldBe(count);
            threads[0].ShouldBeNull();
            threads.Skip(1).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        }
    }
}
