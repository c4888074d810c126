using Tenfold.Cli;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>The published program on a real cluster, with and without a bucket and a database.</summary>
public sealed class A_project_runs_on_a_cluster(Cloud cloud) : IClassFixture<Cloud>
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_project_has_equal_seeds_and_values_on_a_cluster_and_here(bool bucket, bool database)
    {
        await using var place = cloud.Project(
            "echo hello from $SLURM_JOB_ID\necho model > $TENFOLD_MODEL_DIR/m\ncat $TENFOLD_DATA_TRAIN\n" + Sandbox.SeedScript);
        File.WriteAllText(
            Path.Combine(place.Project, "tenfold.yaml"),
            File.ReadAllText(Path.Combine(place.Project, "tenfold.yaml")).Replace("train:\n", "train:\n  data: { train: d.csv }\n"));
        place.Write("d.csv", "1,2,3\n");
        if (bucket) cloud.UseBucket(place, $"whole-{database}");
        if (database) cloud.UseDatabase(place);
        var here = await place.Fit("--repeat", "3");
        var there = await place.Fit("--repeat", "3", "--on", "cluster");
        there.Runs().Select(run => (run.Number("seed"), run.Number("value")))
            .ShouldBe(here.Runs().Select(run => (run.Number("seed"), run.Number("value"))));
        there.Text("group.target").ShouldBe("cluster");
        var run = there.Runs()[1].Id();
        (await place.RunIn(place.Outside, "logs", run)).With(0).Out.ShouldContain("1,2,3");
        (await place.RunIn(place.Outside, "fetch", run, "got")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Outside, "got/model/m"))).ShouldBe("model\n");
        (await place.Run("compare", here.Group(), there.Group())).With(0);
        (await place.Run("gc", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
        cloud.Jobs().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_log_is_live_and_a_cancelled_run_has_time_to_save()
    {
        await using var place = cloud.Project("trap 'echo saved; exit 3' TERM\necho begun\nwhile :; do sleep 0.1; done");
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        using var logs = place.Start("logs", "-f", run);
        await Until.True(() => Log(place, run).Contains("begun"), "the log is in the store while it runs");
        await Until.Found(
            async () => (await place.Run("logs", run)).Out.Contains("begun") ? "" : null, () => "the log is shown while it runs");
        (await place.Run("cancel", run)).With(0);
        (await place.RunsUntilAllEnded()).ShouldAllBe(ended => ended.State() == "cancelled");
        (await logs.EndAsync()).With(0).Out.ShouldContain("saved");
        await Until.True(() => cloud.Jobs().Length == 0, "no job is left");
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_submitted_and_submits_nothing()
    {
        await using var place = cloud.Project();
        var dry = (await place.Run("fit", "--repeat", "10", "--on", "cluster", "--dry-run")).With(0).Out;
        dry.ShouldContain("sbatch ");
        dry.ShouldContain("--array=0-9");
        dry.ShouldContain("agent run --store");
        cloud.Jobs().ShouldBeEmpty();
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Waiting_runs_say_why_and_a_full_queue_drains()
    {
        await using var place = cloud.Project(target: ", max_queued: 2", more: "resources: { cpus: 16 }");
        var go = Path.Combine(place.Outside, "go");
        place.Write("train.sh", $"while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        (await place.Run("fit", "--detach", "--repeat", "6", "--on", "cluster")).With(0);
        // Each of two nodes executes one run, two runs wait in the cluster's queue, and two have not been submitted.
        var runs = await place.RunsUntil(
            runs => runs.Count(run => run.State() == "running") == 2
                && runs.Where(run => run.State() == "queued").All(run => run.Text("reason") is not null));
        var reasons = runs.Where(run => run.State() == "queued").Select(run => run.Text("reason")!).ToList();
        reasons.ShouldContain(reason => reason.Contains("max_queued"));
        reasons.Distinct().Count().ShouldBeGreaterThan(1);
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
    }

    [Theory]
    [InlineData(", partition: nonsense", "partition")]
    public async Task An_impossible_target_is_refused_before_anything_is_recorded(string target, string word)
    {
        await using var place = cloud.Project(target: target);
        (await place.Run("fit", "--on", "cluster")).With(ExitCodes.BadInput).Saying(word, "main, small");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_sweep_runs_its_trials_on_the_cluster()
    {
        await using var place = cloud.Project(
            "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":$TENFOLD_PARAM_X}\"\n",
            more: "sweep: { parameters: { x: { min: 0.0, max: 1.0 } }, method: sobol, trials: 6, parallel: 3, " +
                "confirm: { top: 1, repeat: 2 } }");
        var sweep = (await place.Run("sweep", "--on", "cluster", "--json")).With(0).Json;
        sweep.At("trials").EnumerateArray().Count(trial => trial.State() == "completed").ShouldBe(6);
        sweep.Text("study.target").ShouldBe("cluster");
        cloud.Jobs().ShouldBeEmpty();
    }

    [Fact]
    public async Task Missing_Slurm_commands_are_reported_and_change_no_state()
    {
        await using var place = cloud.Project("while :; do sleep 0.1; done");
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        await place.RunsUntil(runs => runs.All(one => one.State() == "running"));
        place.Variables["PATH"] = "/nowhere";
        var there = (await place.Run("runs", "--json")).With(0).Saying("on PATH").Json;
        there[0].State().ShouldBe("running");
        (await place.Run("cancel", run)).With(0).Saying("not delivered yet").Error.ShouldNotContain("another controller");
        (await place.Run("fit", "--on", "cluster")).With(ExitCodes.Unavailable).Saying("on PATH", "Nothing was recorded or submitted");
        place.Variables.Remove("PATH");
        (await place.RunsUntilAllEnded()).ShouldAllBe(one => one.State() == "cancelled");
    }

    [Fact]
    public async Task Jobs_that_the_ledger_does_not_know_are_found_and_stopped()
    {
        await using var place = cloud.Project("while :; do sleep 0.1; done");
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        await place.RunsUntil(runs => runs.All(one => one.State() == "running"));
        // As after the loss of a disk: the ledger is restored from a backup that lacks this run but has another one on the cluster.
        var kept = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        (await place.Run("cancel", kept)).With(0);
        await place.RunsUntil(runs => runs.Single(one => one.Id() == kept).State() == "cancelled");
        Forget(place, run);
        var listed = (await place.Run("gc", "--json")).With(0).Json;
        listed.EnumerateArray().Select(item => (item.Text("kind"), item.Text("name"))).ShouldContain(("orphan", $"{run}-1"));
        cloud.Jobs().Length.ShouldBe(1);
        (await place.Run("gc", "--apply")).With(0);
        await Until.True(() => cloud.Jobs().Length == 0, "the orphan has stopped");
    }

    private static void Forget(Sandbox place, string run)
    {
        using var ledger = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={place.Ledger};Pooling=false");
        ledger.Open();
        using var command = ledger.CreateCommand();
        command.CommandText =
            "DELETE FROM metrics WHERE attempt_id LIKE @run || '-%'; " +
            "DELETE FROM attempts WHERE run_id = @run; DELETE FROM runs WHERE id = @run;";
        command.Parameters.AddWithValue("@run", run);
        command.ExecuteNonQuery();
    }

    private static string Log(Sandbox place, string run)
    {
        var folder = Path.Combine(place.Home, "store", "attempts", $"{run}-1", "log");
        return Directory.Exists(folder) ? string.Concat(Directory.EnumerateFiles(folder).Order().Select(File.ReadAllText)) : "";
    }
}
