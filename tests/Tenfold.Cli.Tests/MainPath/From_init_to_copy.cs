namespace Tenfold.Cli.Tests.MainPath;

public sealed class From_init_to_copy
{
    [Fact]
    public async Task A_new_project_is_trained_inspected_compared_and_fetched()
    {
        await using var place = new Sandbox();
        (await place.Run("init")).With(0).Saying("tenfold fit --repeat 10");

        var fit = (await place.Run("fit", "--repeat", "3")).With(0).Saying("3/3", "succeeded");
        fit.Out.ShouldContain("mean");
        fit.Out.ShouldContain("95 % interval");
        var other = await place.Fit("--repeat", "3", "-p", "learning_rate=0.2");

        var runs = (await place.Run("runs")).With(0);
        runs.Out.Split('\n')[0].ShouldStartWith("RUN");
        runs.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(7);
        var listed = await place.Json("runs", "--json");
        var run = listed[5].Id();
        var group = listed[5].Text("group")!;

        var shown = (await place.Run("show", run)).With(0).Out;
        foreach (var fact in new[] { run, "learning_rate=0.1", "snapshot", "model/model.json", "succeeded", "base seed" })
            shown.ShouldContain(fact);
        (await place.Run("show", group)).With(0).Out.ShouldContain(run);

        var logs = (await place.Run("logs", run)).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        logs.Length.ShouldBe(20);
        logs[0].ShouldStartWith("{\"metric\": \"accuracy\"");
        (await place.Run("logs", run, "--tail", "2")).With(0).Out.ShouldBe($"{logs[18]}\n{logs[19]}\n");
        (await place.Run("logs", "-f", run)).With(0).Out.ShouldBe(string.Join('\n', logs) + "\n");

        var compared = (await place.Run("compare", group, other.Group())).With(0).Out;
        foreach (var fact in new[] { "Paired t test", "learning_rate=0.1", "learning_rate=0.2", group, other.Group() })
            compared.ShouldContain(fact);

        (await place.Run("fetch", run, "out")).With(0).Saying("1 file fetched", "SHA-256").Out.ShouldBe("model/model.json\n");
        (await place.Run("copy", $"{run}:model/model.json", "copied.json")).With(0);
        File.ReadAllBytes(Path.Combine(place.Project, "copied.json"))
            .ShouldBe(File.ReadAllBytes(Path.Combine(place.Project, "out/model/model.json")));
    }

    [Fact]
    public async Task Init_keeps_existing_files()
    {
        await using var place = new Sandbox();
        place.Write("train.py", "mine");
        (await place.Run("init")).With(0).Saying("kept the existing train.py");
        var yaml = File.ReadAllText(Path.Combine(place.Project, "tenfold.yaml"));
        (await place.Run("init")).With(ExitCodes.Exists).Saying("exists", "nothing was changed");
        File.ReadAllText(Path.Combine(place.Project, "tenfold.yaml")).ShouldBe(yaml);
        File.ReadAllText(Path.Combine(place.Project, "train.py")).ShouldBe("mine");
    }

    [Fact]
    public async Task The_agent_exits_when_the_queue_is_empty()
    {
        await using var place = new Sandbox().Toy();
        (await place.Run("fit")).With(0);
        await place.AgentExits();
    }

    [Fact]
    public async Task Logs_follow_a_run_from_its_first_line_to_its_end()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"echo first\nwhile [ ! -e {go} ]; do sleep 0.05; done\necho second >&2\n");
        var fit = (await place.Run("fit", "--detach", "--json")).With(0).Json[0];
        using var following = place.Start("logs", "-f", "--json", fit.Group());
        await place.RunsUntil(runs => runs[0].State() == "running");
        await File.WriteAllTextAsync(go, "");
        var lines = (await following.EndAsync()).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        lines.Select(line => (line.Text("source"), line.Text("text"))).ShouldBe([("out", "first"), ("err", "second")]);
    }
}
