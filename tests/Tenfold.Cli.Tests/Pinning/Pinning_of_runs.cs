using System.Diagnostics;

namespace Tenfold.Cli.Tests.Pinning;

public sealed class Pinning_of_runs
{
    [Fact]
    public async Task Runs_of_unchanged_code_share_one_snapshot()
    {
        await using var place = new Sandbox().Toy();
        var ids = new List<string>();
        foreach (var repeat in new[] { "1", "2", "3" })
            ids.Add((await place.Fit("--repeat", repeat, "--seed", repeat)).Text("group.snapshot")!);
        ids.Distinct().Count().ShouldBe(1);
        Directory.GetFiles(Path.Combine(place.Home, "store", "snapshots"), "*.tar.gz").Select(Path.GetFileName)
            .ShouldBe([$"{ids[0]}.tar.gz"]);
        place.Write("train.sh", Sandbox.SeedScript + "# changed\n");
        (await place.Fit()).Text("group.snapshot").ShouldNotBe(ids[0]);
    }

    [Fact]
    public async Task Ignored_and_excluded_files_are_not_in_the_snapshot()
    {
        await using var place = new Sandbox().Toy(
            $"find . -type f | sort\n{Sandbox.SeedScript}", "  exclude: [ \"*.ckpt\", \"!keep.log\" ]");
        foreach (var file in new[] { "a.ckpt", "b.log", "keep.log", "deep/c.log", "deep/d.txt" }) place.Write(file, file);
        place.Write(".gitignore", "*.log\n");
        var fit = await place.Fit();
        var files = (await place.Run("logs", fit.Group())).With(0).Out.Split('\n')
            .TakeWhile(line => line.StartsWith("./", StringComparison.Ordinal));
        files.ShouldBe(["./.gitignore", "./deep/d.txt", "./keep.log", "./tenfold.yaml", "./train.sh"], ignoreOrder: true);
        place.Write("a.ckpt", "changed");
        (await place.Fit()).Text("group.snapshot").ShouldBe(fit.Text("group.snapshot"));
    }

    [Fact]
    public async Task The_commit_the_branch_and_uncommitted_changes_are_recorded()
    {
        await using var place = new Sandbox().Toy();
        (await place.Fit()).At("group.gitCommit").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        await Git(place, "init -q -b trunk");
        await Git(place, "add .");
        await Git(place, "commit -q -m first");
        var commit = (await Git(place, "rev-parse HEAD")).Trim();
        var clean = await place.Fit();
        (clean.Text("group.gitCommit"), clean.Text("group.gitBranch"), clean.At("group.gitDirty").GetBoolean()).ShouldBe(
            (commit, "trunk", false));
        place.Write("train.sh", Sandbox.SeedScript + "# more\n");
        var dirty = (await place.Run("fit", "--json")).With(0).Saying("with uncommitted changes").Json[0];
        dirty.At("group.gitDirty").GetBoolean().ShouldBeTrue();
        (await place.Run("show", dirty.Group())).With(0).Out.ShouldContain($"{commit} on trunk, with uncommitted changes");
    }

    [Fact]
    public async Task Editing_the_project_does_not_affect_its_runs()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.02; done\ncat data.txt\nsh other.sh\n{Sandbox.SeedScript}");
        place.Write("data.txt", "before\n");
        place.Write("other.sh", "echo before\n");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "2", "--parallel", "1")).With(0).Json[0];
        await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
        foreach (var file in new[] { "data.txt", "other.sh", "train.sh", "tenfold.yaml" }) place.Write(file, "echo after\n");
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded");
        foreach (var run in fit.Runs()) (await place.Run("logs", run.Id())).With(0).Out.ShouldStartWith("before\nbefore\n{");
    }

    [Fact]
    public async Task A_script_changes_only_its_own_copy_of_the_files()
    {
        await using var place = new Sandbox().Toy($"cat counter\necho changed > counter\n{Sandbox.SeedScript}");
        place.Write("counter", "fresh\n");
        var fit = await place.Fit("--repeat", "3", "--parallel", "1");
        foreach (var run in fit.Runs()) (await place.Run("logs", run.Id())).With(0).Out.ShouldStartWith("fresh\n");
        File.ReadAllText(Path.Combine(place.Project, "counter")).ShouldBe("fresh\n");
    }

    [Fact]
    public async Task Show_prints_the_origin_and_the_events_of_a_run()
    {
        await using var place = new Sandbox();
        var data = Path.Combine(place.Outside, "data.csv");
        await File.WriteAllTextAsync(data, "1,2\n");
        place.Toy($"cat $TENFOLD_DATA_TRAIN\n{Sandbox.SeedScript}", $"  params: {{ rate: 0.5 }}\n  data: {{ train: {data} }}");
        var fit = await place.Fit("--seed", "11");
        var run = fit.Runs()[0].Id();
        var shown = await place.Json("show", "--json", run);
        shown.Number("group.parameters.rate").ShouldBe(0.5);
        shown.Number("group.baseSeed").ShouldBe(11);
        shown.Text("group.command").ShouldBe("sh train.sh");
        shown.Text("group.host").ShouldBe(Environment.MachineName);
        shown.Text("group.data.train.hash")!.Length.ShouldBe(64);
        shown.Number("attempts.0.exitCode").ShouldBe(0);
        shown.At("events").EnumerateArray().Select(e => e.Text("kind")).ShouldBe(["created", "queued", "running", "succeeded"]);
        var text = (await place.Run("show", run)).With(0).Out;
        var hash = shown.Text("group.data.train.hash")!;
        string[] facts = ["rate=0.5", hash[..16], data, "sh train.sh", Environment.MachineName, "created", "succeeded"];
        foreach (var fact in facts) text.ShouldContain(fact);
    }

    [Fact]
    public async Task A_script_gets_the_variables_of_the_worker_contract()
    {
        await using var place = new Sandbox().Toy(
            """
            python3 - <<'PY'
            import json, os
            e = os.environ
            print(json.dumps({name: e.get(name) for name in ("TENFOLD_SEED", "TENFOLD_REPEAT", "TENFOLD_RUN", "TENFOLD_PARAM_LEARNING_RATE", "SM_HP_LEARNING_RATE")}))
            print(json.load(open(e["TENFOLD_PARAMS"])))
            for name in ("TENFOLD_MODEL_DIR", "TENFOLD_OUTPUT_DIR", "TENFOLD_CHECKPOINT_DIR", "SM_MODEL_DIR"): print(name, os.path.isdir(e[name]))
            PY
            """,
            "  params: { learning_rate: 0.01 }");
        var fit = await place.Fit(ExitCodes.RunFailed);
        var run = fit.Runs()[0];
        var lines = (await place.Run("logs", run.Id())).With(0).Out.Split('\n');
        var seen = System.Text.Json.JsonDocument.Parse(lines[0]).RootElement;
        seen.Text("TENFOLD_SEED").ShouldBe($"{run.At("seed")}");
        seen.Text("TENFOLD_REPEAT").ShouldBe("1");
        seen.Text("TENFOLD_RUN").ShouldBe(run.Id());
        seen.Text("TENFOLD_PARAM_LEARNING_RATE").ShouldBe("0.01");
        seen.Text("SM_HP_LEARNING_RATE").ShouldBe("0.01");
        lines[1].ShouldBe("{'learning_rate': 0.01}");
        lines[2..6].ShouldAllBe(line => line.EndsWith(" True"));
    }

    private static async Task<string> Git(Sandbox place, string arguments)
    {
        var start = new ProcessStartInfo("git", $"-c user.name=t -c user.email=t@t {arguments}")
        {
            WorkingDirectory = place.Project,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        git.ExitCode.ShouldBe(0, arguments);
        return output;
    }
}
