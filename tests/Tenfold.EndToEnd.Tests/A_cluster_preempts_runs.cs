using Tenfold.Targets.Tests;
using Tenfold.Targets.Tests.Slurm;

namespace Tenfold.EndToEnd.Tests;

/// <summary>
/// Slurm itself ends running jobs in favour of jobs in a partition of higher priority, by each of its modes, with and without a grace time.
/// </summary>
public sealed class A_cluster_preempts_runs : IDisposable
{
    // Saves for three seconds, in ten parts, when it is told to stop. What happens is recorded in a file for each attempt.
    private const string Save =
        """
        import os, signal, sys, time
        path = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "model.ckpt")
        def record(event):
            with open(os.path.join(os.environ["EVENTS"], os.environ["TENFOLD_ATTEMPT"]), "a") as file: file.write(event + "\n")
        size = os.path.getsize(path) if os.path.exists(path) else None
        record(f"starts from {size}")
        if size == 1000:
            print('{"metric":"accuracy","value":1}')
            sys.exit(0)
        def stop(*_):
            record("SIGTERM")
            with open(path, "w") as file:
                for _ in range(10):
                    file.write("x" * 100); file.flush(); time.sleep(0.3)
            record("saved")
            sys.exit(143)
        signal.signal(signal.SIGTERM, stop)
        record("up")
        while True: time.sleep(1)
        """;

    private static readonly string[] Preempted = ["starts from None", "up", "SIGTERM", "saved"];

    private SlurmCluster? _cluster;

    public void Dispose() => _cluster?.Dispose();

    [Theory]
    [InlineData("requeue", false)]
    [InlineData("cancel", false)]
    [InlineData("requeue_grace", false)]
    [InlineData("cancel_grace", false)]
    // Slurm sends the signal of `sbatch --signal` at the beginning of the grace time.
    [InlineData("requeue_grace", true)]
    [InlineData("cancel_grace", true)]
    public async Task The_next_attempt_resumes_from_the_whole_checkpoint(string partition, bool userSignal)
    {
        await using var place = Start(partition, userSignal);
        var run = await StartRunAsync(place);
        Preempt();
        var ended = (await place.RunsUntilAllEnded()).ShouldHaveSingleItem();
        (ended.State(), ended.Number("attempts"), ended.Number("value")).ShouldBe(("succeeded", 2, 1), partition);
        EventsOf(place, $"{run}-1").ShouldBe(Preempted);
        EventsOf(place, $"{run}-2").ShouldBe(["starts from 1000"]);
        var first = (await place.Json("show", run, "--json")).At("attempts.0");
        first.State().ShouldBe("lost", first.Text("reason"));
        first.Text("reason")!.ShouldContain("PREEMPTED", Case.Sensitive);
        await Until.True(() => Jobs().Length == 0, "no job is left");
    }

    [Fact]
    public async Task A_job_that_Slurm_requeues_by_itself_runs_once()
    {
        await using var place = Start("requeue", userSignal: false);
        var run = await StartRunAsync(place);
        var job = Jobs().ShouldHaveSingleItem().Split(' ')[0];
        // Some clusters requeue whatever a job asks for.
        _cluster!.Run("scontrol", "update", $"JobId={job}", "Requeue=1");
        Preempt();
        var ended = (await place.RunsUntilAllEnded()).ShouldHaveSingleItem();
        (ended.State(), ended.Number("attempts"), ended.Number("value")).ShouldBe(("succeeded", 2, 1));
        // The requeued job starts again later, finds that its attempt has ended, and leaves.
        await Until.True(() => Jobs().Length == 0, "no job is left");
        EventsOf(place, $"{run}-1").ShouldBe(Preempted);
        EventsOf(place, $"{run}-2").ShouldBe(["starts from 1000"]);
        (await place.RunsUntilAllEnded())[0].Number("attempts").ShouldBe(2);
    }

    private Sandbox Start(string partition, bool userSignal)
    {
        _cluster = new SlurmCluster(
            Repository.ClusterScript, "nodes=1", "cpus=2", "kill_wait=25", "preempt=yes", "grace=12", "cred_expire=10",
            $"user_signal={(userSignal ? "yes" : "no")}");
        var place = new Sandbox();
        place.Variables["SLURM_CONF"] = _cluster.Configuration;
        Directory.CreateDirectory(Path.Combine(place.Outside, "events"));
        place.Write("save.py", Save);
        return place.Toy("python3 save.py\n",
            $$"""
              env: { EVENTS: {{place.Outside}}/events }
            resources: { cpus: 2 }
            targets: { cluster: { kind: slurm, folder: {{_cluster.Folder}}/shared, partition: {{partition}} } }
            """);
    }

    private static async Task<string> StartRunAsync(Sandbox place)
    {
        var run = (await place.Run("fit", "--detach", "--json", "--on", "cluster")).With(0).Json[0].Runs()[0].Id();
        await Until.True(() => EventsOf(place, $"{run}-1").Contains("up"), "the run is up");
        return run;
    }

    private void Preempt() => _cluster!.Run("sbatch", "--partition=urgent", "--cpus-per-task=2", "--output=/dev/null", "--wrap=sleep 1");

    private string[] Jobs() =>
        _cluster!.Run("squeue", "--noheader", "--array", "--format=%A %j %T").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] EventsOf(Sandbox place, string attempt) => place.Lines($"events/{attempt}");
}
