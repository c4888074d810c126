namespace Tenfold.Cli.Tests.Files;

public sealed class Projects_with_their_own_store
{
    [Fact]
    public async Task All_files_of_runs_are_in_the_store_and_found_from_any_folder()
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
    public async Task Files_of_runs_with_two_stores_reach_the_right_one_after_their_agent_is_killed()
    {
        await using var place = new Sandbox();
        var script =
            $"""
            echo made > $TENFOLD_OUTPUT_DIR/half
            echo $TENFOLD_RUN >> {place.Outside}/ran
            [ $(grep -c $TENFOLD_RUN {place.Outside}/ran) = 2 ] || sleep 1000
            {Sandbox.SeedScript}
            """;
        place.Toy(script);
        var home = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        place.Toy(script, "store: ../elsewhere");
        var elsewhere = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        await Until.True(() => place.Lines("ran").Length == 2, "both run");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 2);
        await place.AgentExits();
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
        if (!Directory.Exists(root)) return [];
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))];
    }
}
