namespace Tenfold.Cli.Tests.Files;

public sealed class A_project_may_name_its_store
{
    [Fact]
    public async Task Everything_of_its_runs_lies_there_and_is_found_from_anywhere()
    {
        await using var place = new Sandbox();
        place.Toy("echo hello\necho model > $TENFOLD_MODEL_DIR/m\n" + Sandbox.SeedScript, "store: ../elsewhere");
        var fit = await place.Fit("--repeat", "2");
        var run = fit.Runs()[0].Id();
        Files(place, "home/store").ShouldBeEmpty();
        Files(place, "elsewhere").ShouldContain($"attempts/{run}-1/artifacts/model/m");
        (await place.RunIn(place.Outside, "logs", run)).With(0).Out.ShouldStartWith("hello\n");
        (await place.RunIn(place.Outside, "show", run)).With(0).Out.ShouldContain("model/m");
        (await place.RunIn(place.Outside, "fetch", run, "got")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Outside, "got/model/m"))).ShouldBe("model\n");
    }

    [Fact]
    public async Task One_agent_serves_runs_of_two_stores_and_what_it_leaves_when_it_is_killed_comes_to_the_right_one()
    {
        await using var place = new Sandbox();
        var script =
            $"echo made > $TENFOLD_OUTPUT_DIR/half\necho $TENFOLD_RUN >> {place.Outside}/ran\n[ $(grep -c $TENFOLD_RUN " +
            $"{place.Outside}/ran) = 2 ] || sleep 1000\n{Sandbox.SeedScript}";
        place.Toy(script);
        var home = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        place.Toy(script, "store: ../elsewhere");
        var elsewhere = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        await Until.True(() => place.Lines("ran").Length == 2, "both run");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 2);
        await place.AgentLeaves();
        foreach (var (run, store, other) in new[] { (home, "home/store", "elsewhere"), (elsewhere, "elsewhere", "home/store") })
        {
            for (var attempt = 1; attempt <= 2; attempt++)
                Files(place, store).ShouldContain($"attempts/{run}-{attempt}/artifacts/output/half");
            Files(place, other).ShouldNotContain(file => file.Contains(run));
        }
    }

    private static List<string> Files(Sandbox place, string folder)
    {
        var root = Path.Combine(place.Root, folder);
        return Directory.Exists(root)
            ? [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))] : [];
    }
}
