using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Machines, servers and schedulers fail while runs execute. Each run must end exactly once all the same.</summary>
public sealed class Outages_lose_no_run_and_run_none_twice(Cloud cloud) : IClassFixture<Cloud>
{
    // A run's first attempt saves a checkpoint and never ends. The next attempt finds the checkpoint and succeeds.
    private static string Resumable(Sandbox place) =>
        $"""
        echo "$TENFOLD_RUN $TENFOLD_SEED" >> {place.Outside}/ran
        if [ ! -e $TENFOLD_CHECKPOINT_DIR/step ]; then
            echo 41 > $TENFOLD_CHECKPOINT_DIR/step
            while :; do sleep 0.1; echo work; done
        fi
        echo "from $(cat $TENFOLD_CHECKPOINT_DIR/step)"
        {Sandbox.SeedScript}
        """;

    [Fact]
    public async Task A_lost_node_leads_to_a_new_attempt_with_the_same_seed_from_the_checkpoint()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", Resumable(place));
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        await Until.True(() => HasCheckpoint(place, run), "a checkpoint is in the store");
        var node = cloud.Cluster.Run("squeue", "--noheader", "--format=%N").Trim();
        cloud.Cluster.Kill(node);
        cloud.Cluster.KillJobs(node);
        try
        {
            var ended = (await place.RunsUntilAllEnded()).Single();
            ended.ShouldSatisfyAllConditions(one => one.State().ShouldBe("succeeded"), one => one.Number("attempts").ShouldBe(2));
        }
        finally
        {
            cloud.Cluster.Start(node);
        }

        var shown = await place.Json("show", "--json", run);
        shown.At("attempts").EnumerateArray().Select(attempt => attempt.State()).ShouldBe(["lost", "succeeded"]);
        shown.Text("attempts.0.reason").ShouldNotBeNull().ShouldContain(node);
        (await place.Run("logs", run)).With(0).Out.ShouldContain("from 41\n");
        place.Lines("ran").Distinct().ShouldHaveSingleItem("the same seed");
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task Restarting_slurmd_disturbs_no_run()
    {
        await using var place = cloud.Project();
        var go = Path.Combine(place.Outside, "go");
        place.Write(
            "train.sh", $"echo $TENFOLD_RUN >> {place.Outside}/ran\nwhile [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        (await place.Run("fit", "--detach", "--on", "cluster", "--repeat", "2")).With(0);
        await place.RunsUntil(runs => runs.All(run => run.State() == "running") && place.Lines("ran").Length == 2);
        foreach (var node in new[] { "d1", "d2" }) cloud.Cluster.Kill(node);
        foreach (var node in new[] { "d1", "d2" }) cloud.Cluster.Start(node);
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        place.Lines("ran").Distinct().Count().ShouldBe(2);
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task A_job_ended_with_scancel_is_a_cancelled_run_and_retry_resumes_it_from_its_checkpoint()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", Resumable(place));
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        await place.RunsUntil(_ => place.Lines("ran").Length == 1);
        cloud.Cluster.Run("scancel", "--user=root");
        var cancelled = (await place.RunsUntilAllEnded()).Single();
        cancelled.ShouldSatisfyAllConditions(
            one => one.State().ShouldBe("cancelled"), one => one.Text("reason").ShouldNotBeNull().ShouldContain("scancel"));
        (await place.Run("retry", run)).With(0);
        (await place.RunsUntilAllEnded()).Single()
            .ShouldSatisfyAllConditions(one => one.State().ShouldBe("succeeded"), one => one.Number("attempts").ShouldBe(2));
        (await place.Run("logs", run)).With(0).Out.ShouldContain("from 41\n");
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task A_slow_save_is_complete_whenever_the_job_ends_and_the_command_gets_one_signal()
    {
        await using var place = cloud.Project();
        place.Write(
            "save.py",
            $"""
            import os, signal, sys, time
            path = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "model.ckpt")
            open("{place.Outside}/starts", "a").write(str(os.path.exists(path) and os.path.getsize(path)) + "\n")
            def stop(*_):
                open("{place.Outside}/signals", "a").write("SIGTERM\n")
                with open(path, "w") as file:
                    for _ in range(10): file.write("x" * 100); file.flush(); time.sleep(0.3)
                sys.exit(143)
            signal.signal(signal.SIGTERM, stop)
            open("{place.Outside}/up", "a").write("up\n")
            while True: time.sleep(1)
            """);
        // The signal ends the shell before the script.
        place.Write("train.sh", "python3 save.py & wait\n");
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await place.RunsUntil(_ => place.Lines("up").Length == attempt);
            cloud.Cluster.Run("scancel", "--user=root");
            await place.RunsUntilAllEnded();
            place.Lines("signals").Length.ShouldBe(attempt, "one signal for each attempt");
            (await place.Run("retry", "--detach", run)).With(0);
        }

        await place.RunsUntil(_ => place.Lines("starts").Length == 5);
        place.Lines("starts").ShouldBe(["False", "1000", "1000", "1000", "1000"]);
        (await place.Run("cancel", run)).With(0);
        await place.RunsUntilAllEnded();
    }

    [Fact]
    public async Task A_job_near_its_time_limit_is_a_failed_run_rather_than_a_cancelled_one()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", $"echo x >> {place.Outside}/ran\nsleep 600 & wait $!");
        (await place.Run("fit", "--detach", "--on", "cluster")).With(0);
        await place.RunsUntil(_ => place.Lines("ran").Length == 1);
        // Slurm sends the early signal (sbatch --signal) now, more than a minute before the end.
        var job = cloud.Cluster.Run("squeue", "--noheader", "--format=%A").Trim();
        cloud.Cluster.Run("scontrol", "update", $"JobId={job}", "EndTime=now+85");
        (await place.RunsUntilAllEnded()).Single()
            .ShouldSatisfyAllConditions(
                one => one.State().ShouldBe("failed"), one => one.Text("reason").ShouldNotBeNull().ShouldContain("the job's time limit"));
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task A_machine_that_shuts_down_loses_its_attempt_and_the_next_one_resumes()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", Resumable(place));
        (await place.Run("fit", "--detach", "--on", "cluster")).With(0);
        await place.RunsUntil(_ => place.Lines("ran").Length == 1);
        // The machine's init signals the processes, and Slurm doesn't know.
        var job = cloud.Cluster.Run("squeue", "--noheader", "--format=%A %N").Trim().Split(' ');
        cloud.Cluster.Run("kill", "-TERM", cloud.Cluster.Run("scontrol", "listpids", job[0], job[1]).Split('\n')[1].Split(' ')[0]);
        (await place.RunsUntilAllEnded()).Single()
            .ShouldSatisfyAllConditions(one => one.State().ShouldBe("succeeded"), one => one.Number("attempts").ShouldBe(2));
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task An_S3_outage_of_twenty_seconds_loses_no_line_of_output()
    {
        await using var place = cloud.Project();
        // Prints a line every 20 ms, during the outage and after it.
        var go = Path.Combine(place.Outside, "go");
        place.Write(
            "train.sh",
            $"""
            i=0
            while [ ! -e {go} ]; do i=$((i+1)); echo line $i; sleep 0.02; done
            echo $i > {place.Outside}/lines
            {Sandbox.SeedScript}
            """);
        cloud.UseBucket(place, "outage");
        using var fit = place.Start("fit", "--json", "--on", "cluster");
        await place.RunsUntil(runs => runs.Count == 1 && runs[0].State() == "running");
        cloud.Bucket.Kill();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(20));
            await File.WriteAllTextAsync(go, "");
        }
        finally
        {
            cloud.Bucket.Start();
        }

        var run = (await fit.EndAsync()).With(0).Json[0].Runs()[0];
        run.ShouldSatisfyAllConditions(one => one.State().ShouldBe("succeeded"), one => one.Number("attempts").ShouldBe(1));
        var log = (await place.Run("logs", run.Id())).With(0).Out.Split('\n')
            .Where(line => line.StartsWith("line ", StringComparison.Ordinal)).ToList();
        var printed = int.Parse(place.Lines("lines").Single());
        printed.ShouldBeGreaterThan(500);
        log.ShouldBe(Enumerable.Range(1, printed).Select(i => $"line {i}"));
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task Repeated_restarts_of_the_database_lose_no_run_and_start_none_twice()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", $"echo $TENFOLD_RUN >> {place.Outside}/ran\nsleep 1\n{Sandbox.SeedScript}");
        cloud.UseDatabase(place);
        using var fit = place.Start("fit", "--json", "--on", "cluster", "--repeat", "20");
        for (var restart = 0; restart < 4; restart++)
        {
            await Until.True(() => place.Lines("ran").Length > restart * 4, "more runs have begun");
            cloud.Database.StopServer();
            cloud.Database.StartServer();
        }

        var runs = (await fit.EndAsync()).With(0).Json[0].Runs();
        runs.Count.ShouldBe(20);
        runs.ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        place.Lines("ran").Order().ShouldBe(runs.Select(run => run.Id()).Order());
        await ShouldBeCleanAsync(place);
    }

    private static bool HasCheckpoint(Sandbox place, string run)
    {
        var folder = Path.Combine(place.Home, "store", "attempts", $"{run}-1", "checkpoints");
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "manifest*", SearchOption.AllDirectories).Any();
    }

    private async Task ShouldBeCleanAsync(Sandbox place)
    {
        await Until.True(() => cloud.Jobs().Length == 0, "no job is left");
        // Only checkpoints of runs that have ended may be garbage.
        (await place.Run("gc", "--json")).With(0).Json.EnumerateArray().Select(item => item.Text("kind"))
            .ShouldAllBe(kind => kind == "checkpoints");
    }
}
