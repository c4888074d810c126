using System.Text.Json;

namespace Tenfold.Cli.Tests.MainPath;

public sealed class The_queue_tells_what_waits
{
    private static readonly string[] Fields =
        ["run", "group", "project", "user", "priority", "target", "ahead", "reason", "reasonCode"];

    [Fact]
    public async Task An_empty_queue_says_so()
    {
        await using var place = new Sandbox().Toy();
        (await place.Run("queue")).With(0).Saying("no run waits").Out.ShouldBeEmpty();
        (await place.Run("queue", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
        (await place.Run("queue", "move", "zzzz", "--priority", "high")).With(ExitCodes.NotFound).Saying("zzzz");
        (await place.Run("queue", "move", "zzzz")).With(ExitCodes.BadInput).Saying("--priority");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_runs_are_listed_in_the_order_in_which_they_start_here_and_by_a_server(bool byServer)
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        // Each run needs the whole machine.
        place.Toy(
            $"while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}", $"resources: {{ cpus: {Environment.ProcessorCount} }}");
        var first = (await place.Run("fit", "--detach", "--json", "--repeat", "3")).With(0).Json[0].Group();
        await place.RunsUntil(runs => runs.Count(run => run.State() == "running") == 1);
        var second = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Group();
        await using (var server = byServer ? await StartedServer.StartAsync(place) : null)
        {
            var waiting = await Until.Found(
                async () => (await place.Json("queue", "--json")).EnumerateArray().ToList() is { Count: 3 } found ? found : null,
                () => "three runs wait");
            foreach (var one in waiting) one.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
            waiting.Select(one => one.GetProperty("ahead").GetInt32()).ShouldBe([0, 1, 2]);
            // A user's oldest group comes first.
            GroupsOf(waiting).ShouldBe([first, first, second]);
            waiting[2].GetProperty("reason").GetString()!.ShouldStartWith("2 runs ahead of it");

            var text = (await place.Run("queue")).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            text[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .ShouldBe(["TARGET", "AHEAD", "RUN", "PROJECT", "USER", "PRIORITY", "WHY"]);
            text.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])
                .ShouldBe(waiting.Select(one => one.GetProperty("run").GetString()!));
            (await place.Run("queue", "-n", "1")).With(0).Saying("and 2 more runs: tenfold queue -n 3");
            (await place.Run("queue", "--json", "-n", "1")).With(0).Json.GetArrayLength().ShouldBe(1);

            (await place.Run("queue", "move", second, "--priority", "high")).With(0)
                .Saying($"{second} has high priority: 1 waiting run");
            var moved = (await place.Json("queue", "--json")).EnumerateArray().ToList();
            // No run of that priority runs, so its turn is next.
            GroupsOf(moved).ShouldBe([second, first, first]);
            moved.Select(one => one.GetProperty("priority").GetString()).ShouldBe(["high", "normal", "normal"]);
        }

        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task The_trials_of_a_sweep_wait_with_its_priority()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy(
            $"while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}",
            "limits: { runs: 1 }\nsweep: { parameters: { x: { min: 0, max: 1 } } }");
        using var sweep = place.Start("sweep", "--priority", "high", "--trials", "2", "--parallel", "2", "--json");
        var waiting = await Until.Found(
            async () => (await place.Json("queue", "--json")).EnumerateArray().ToList() is { Count: 1 } found
                && (await place.Json("runs", "--json")).GetArrayLength() == 2 ? found : null,
            () => "one of two trials waits");
        waiting[0].GetProperty("priority").GetString().ShouldBe("high");
        await File.WriteAllTextAsync(go, "");
        (await sweep.EndAsync()).With(0);
        (await place.Run("sweep", "--priority", "urgent")).With(ExitCodes.BadInput).Saying("urgent");
    }

    private static IEnumerable<string> GroupsOf(IEnumerable<JsonElement> waiting) =>
        waiting.Select(one => one.GetProperty("group").GetString()!);
}
