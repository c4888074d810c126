using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Observe;

public sealed class Jobs_change_outside_Tenfold(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private const string Forever = "sleep 600 & wait $!";

    private readonly SlurmBench _bench = new(fixture.Cluster);

    private SlurmCluster Cluster => fixture.Cluster;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_script_that_fails_before_its_agent_starts_is_quoted_and_retried_once_at_most()
    {
        var first = await FailAsync("printf 'said\\033[1m so\\n'; exit 69", 1, 0);
        var (second, everywhere) = (await FailAsync("exit 69", 2, 1), await FailAsync("exit 70", 1, 0));
        (first.End, second.End, everywhere.End).ShouldBe((Ending.Lost, Ending.NotStarted, Ending.NotStarted));
        var words = first.Reason.Words().ShouldNotBeNull();
        words.ShouldContain("exit code 69");
        words.ShouldContain(", before its agent started");
        words.ShouldMatch($@"its output is in {_bench.Folder["store"]}/slurm/\d+_0\.log:\nsaid so$");
    }

    private async Task<BackendState> FailAsync(string preamble, int number, int lostBefore)
    {
        _bench.Preamble = $"{preamble}\n";
        var assignment = (await _bench.AssignAsync("true"))[0] with { Number = number, LostBefore = lostBefore };
        (await _bench.Target.StartAsync([assignment], Cancel)).ShouldBe([StartOutcome.Started]);
        await UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        _bench.Preamble = "";
        return (await ObserveAsync([assignment]))[0];
    }

    [Fact]
    public async Task A_waiting_job_that_scancel_cancels_is_cancelled_and_not_submitted_again()
    {
        _bench.Hold(true);
        var assignments = await StartAsync("true", 4);
        Cluster.Run("scancel", $"{Job()}_[1-2]");
        await UntilAsync(assignments[1], state => state.End == Ending.Cancelled);
        var states = await ObserveAsync(assignments);
        states.Select(state => state.Kind).ShouldBe([BackendKind.Waiting, BackendKind.Gone, BackendKind.Gone, BackendKind.Waiting]);
        states[2].Reason.Words().ShouldNotBeNull().ShouldContain("scancel");
        // The whole array: after that, no element is listed.
        Cluster.Run("scancel", $"{Job()}");
        await UntilAsync(assignments[3], state => state.End == Ending.Cancelled);
        (await ObserveAsync(assignments)).ShouldAllBe(state => state.End == Ending.Cancelled);
        (await _bench.Target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        (await _bench.Target.ListAsync(assignments[0].Ledger, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_running_job_that_scancel_cancels_is_cancelled()
    {
        var assignments = await StartAsync(Forever, 2);
        await RunningAsync(assignments);
        Cluster.Run("scancel", $"{Job()}_1");
        await UntilAsync(assignments[1], state => state is { Kind: BackendKind.Gone, End: Ending.Cancelled });
        (await ObserveAsync(assignments))[0].Kind.ShouldBe(BackendKind.Running);
    }

    [Fact]
    public async Task A_job_that_reaches_its_time_limit_says_so()
    {
        var assignments = await StartAsync(Forever, 1);
        await RunningAsync(assignments);
        Cluster.Run("scontrol", "update", $"JobId={Job()}_0", "EndTime=now");
        await UntilAsync(assignments[0], state => state is { Kind: BackendKind.Gone, End: Ending.TimeLimit });
        (await ObserveAsync(assignments))[0].Reason.Words().ShouldNotBeNull().ShouldContain("raise `max_runtime`");
    }

    [Fact]
    public async Task A_requeued_job_is_lost_and_does_not_run_twice()
    {
        var assignments = await StartAsync($"echo x >> {_bench.Folder["trace"]}; {Forever}", 1);
        await RunningAsync(assignments);
        // An administrator may override --no-requeue.
        Cluster.Run("scontrol", "update", $"JobId={Job()}_0", "Requeue=1");
        Cluster.Run("scontrol", "requeue", $"{Job()}_0");
        await UntilAsync(assignments[0], state => state is { Kind: BackendKind.Gone, End: Ending.Lost or null });
        File.ReadAllLines(_bench.Folder["trace"]).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_held_job_says_so_and_runs_once_it_is_released()
    {
        _bench.Hold(true);
        var assignments = await StartAsync("true", 1);
        Cluster.Run("scontrol", "hold", $"{Job()}");
        await UntilAsync(
            assignments[0],
            state => state.Reason.Words()?.Contains("`scontrol release`", StringComparison.Ordinal) == true
                || state.Reason.Words()?.Contains("held by an administrator", StringComparison.Ordinal) == true);
        Cluster.Run("scontrol", "release", $"{Job()}");
        _bench.Hold(false);
        await UntilAsync(assignments[0], state => state.Kind == BackendKind.Gone);
    }

    [Fact]
    public async Task A_job_that_waits_for_drained_nodes_says_so()
    {
        Cluster.Run("scontrol", "update", "NodeName=d1,d2", "State=drain", "Reason=test");
        try
        {
            var assignments = await StartAsync("true", 2);
            await UntilAsync(
                assignments[0], state => state.Reason.Words()?.Contains("down, drained or reserved", StringComparison.Ordinal) == true);
            (await ObserveAsync(assignments))[1].Reason.Words().ShouldNotBeNull().ShouldContain("sinfo -R");
        }
        finally
        {
            Cluster.Resume("d1");
            Cluster.Resume("d2");
        }
    }

    [Fact]
    public async Task The_attempts_of_a_node_that_is_set_down_are_lost()
    {
        var assignments = await StartAsync(Forever, 1);
        await RunningAsync(assignments);
        var node = Cluster.Run("squeue", "--noheader", "--format=%N").Trim();
        Cluster.Run("scontrol", "update", $"NodeName={node}", "State=down", "Reason=test");
        try
        {
            await UntilAsync(assignments[0], state => state is { Kind: BackendKind.Gone, End: Ending.Lost });
            (await ObserveAsync(assignments))[0].Reason.Words().ShouldNotBeNull().ShouldContain("NODE_FAIL");
        }
        finally
        {
            Cluster.Resume(node);
        }
    }

    [Fact]
    public async Task A_restart_of_slurmd_loses_no_attempt()
    {
        var assignments = await StartAsync($"until [ -e {_bench.Folder["go"]} ]; do sleep 0.05; done", 4);
        await RunningAsync(assignments);
        Cluster.Kill("d1");
        Cluster.Kill("d2");
        (await ObserveAsync(assignments)).ShouldAllBe(state => state.Kind == BackendKind.Running);
        Cluster.Start("d1");
        Cluster.Start("d2");
        File.WriteAllText(_bench.Folder["go"], "");
        foreach (var assignment in assignments) await UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        foreach (var assignment in assignments) (await ReportAsync(assignment))?.State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task A_slurmctld_that_does_not_answer_is_a_fault_and_ends_no_attempt()
    {
        var assignments = await StartAsync($"until [ -e {_bench.Folder["go"]} ]; do sleep 0.05; done", 2);
        await RunningAsync(assignments);
        Cluster.Stop("ctld");
        try
        {
            var observing = await Should.ThrowAsync<TargetException>(() => ObserveAsync(assignments));
            observing.Message.ShouldContain("Slurm does not answer");
            observing.Message.ShouldContain("Submitted jobs continue");
            await Should.ThrowAsync<TargetException>(() => _bench.Target.StartAsync(assignments, Cancel));
            // The stop mark is in the store nevertheless, and the agent obeys it.
            await Should.ThrowAsync<TargetException>(() => _bench.StopAsync([assignments[1].Attempt], Cancel));
            await Eventually.ShouldBeAsync(
                () => ReportAsync(assignments[1]).Result?.State == AttemptState.Cancelled, "the agent has obeyed the mark");
        }
        finally
        {
            Cluster.Start("ctld");
        }

        File.WriteAllText(_bench.Folder["go"], "");
        await UntilAsync(assignments[0], state => state.Kind == BackendKind.Gone);
        (await ReportAsync(assignments[0]))?.State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task Slurm_cancels_the_job_of_an_agent_that_ignores_the_stop_mark()
    {
        var assignments = await StartAsync($"touch {_bench.Folder["runs"]}; kill -STOP $PPID; {Forever}", 1);
        await Eventually.ShouldBeAsync(() => File.Exists(_bench.Folder["runs"]), "it runs");
        await _bench.StopAsync([assignments[0].Attempt], Cancel);
        (await ObserveAsync(assignments))[0].Kind.ShouldBe(BackendKind.Running);
        _bench.Time.By = TimeSpan.FromMinutes(3);
        await _bench.StopAsync([assignments[0].Attempt], Cancel);
        await UntilAsync(assignments[0], state => state is { Kind: BackendKind.Gone, End: Ending.Cancelled });
    }

    [Theory]
    [InlineData("kill -KILL $$")]
    [InlineData("sleep 600")]
    public async Task A_lost_answer_submits_nothing_twice(string then)
    {
        // sbatch submits the job, but its answer never arrives.
        var path = _bench.Folder.Write("bin/sbatch", $"#!/bin/sh\n/usr/bin/sbatch \"$@\" > /dev/null\n{then}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var command in new[] { "squeue", "scancel", "scontrol" })
            File.CreateSymbolicLink(_bench.Folder[$"bin/{command}"], $"/usr/bin/{command}");
        var trace = _bench.Folder["trace"];
        var assignments = await _bench.AssignAsync($"echo $TENFOLD_RUN >> {trace}", 5);
        var slurm = _bench.Connect(_bench.Folder["bin"], TimeSpan.FromSeconds(3));
        var lossy = new Tenfold.Targets.Slurm.SlurmTarget(slurm, _bench.Store, _bench, Sessions.Own, _ => null, TimeProvider.System);
        (await lossy.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        (await _bench.Target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        await UntilAsync(assignments[4], state => state.Kind == BackendKind.Gone);
        await Eventually.ShouldBeAsync(() => File.Exists(trace) && File.ReadAllLines(trace).Length >= 5, "all have run");
        File.ReadAllLines(trace).Order(StringComparer.Ordinal).ShouldBe(assignments.Select(assignment => assignment.Run));
        Cluster.Run("squeue", "--noheader", "--states=all", "--array", "--format=%k").Split('\n')
            .Count(line => line.Contains(assignments[0].Group, StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact]
    public async Task Jobs_that_a_killed_controller_submitted_are_found_again()
    {
        // A controller that is killed right after sbatch leaves jobs that its ledger doesn't know.
        var assignments = await StartAsync("sleep 0.2", 3);
        var next = _bench.Reopen();
        (await next.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        (await next.ListAsync(assignments[0].Ledger, Cancel)).Count.ShouldBeLessThanOrEqualTo(3);
        await UntilAsync(assignments[2], state => state.Kind == BackendKind.Gone);
        Cluster.Run("squeue", "--noheader", "--states=all", "--array", "--format=%k").Split('\n')
            .Count(line => line.Contains(assignments[0].Group, StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task Jobs_of_other_tools_are_ignored()
    {
        _bench.Hold(true);
        string[] comments =
            ["tenfold", "tenfold:ledgerxx:", "tenfold:ledgerxx:x", "tenfold:ledgerxx:k7m2xqab-[1-3]-1 and more", ""];
        foreach (var comment in comments)
            Cluster.Run("sbatch", $"--comment={comment}", "--array=0-2", "--output=/dev/null", "--wrap=true");
        // Like Tenfold's, but not an array.
        Cluster.Run("sbatch", "--comment=tenfold:otherxxx:k7m2xqab-1-1", "--output=/dev/null", "--wrap=true");
        (await _bench.Target.ListAsync("ledgerxx", Cancel)).ShouldBeEmpty();
        (await _bench.Target.ObserveAsync(["k7m2xqab-1-1", "k7m2xqab-2-1"], Cancel))[1].Kind.ShouldBe(BackendKind.Gone);
    }

    private async Task<IReadOnlyList<Assignment>> StartAsync(string command, int repeat)
    {
        var assignments = await _bench.AssignAsync(command, repeat);
        (await _bench.Target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        return assignments;
    }

    // The newest array.
    private string Job() =>
        Cluster.Run("squeue", "--noheader", "--states=all", "--format=%F").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .MaxBy(long.Parse)!;

    private Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<Assignment> assignments) =>
        _bench.Target.ObserveAsync([.. assignments.Select(assignment => assignment.Attempt)], Cancel);

    private Task<AttemptReport?> ReportAsync(Assignment assignment) =>
        new AttemptReports(_bench.Store).ReadAsync(assignment.Attempt, Cancel);

    private Task RunningAsync(IReadOnlyList<Assignment> assignments) =>
        Eventually.ShouldBeAsync(
            () => assignments.All(assignment => ReportAsync(assignment).Result?.State == AttemptState.Running), "all run");

    private async Task UntilAsync(Assignment assignment, Func<BackendState, bool> condition)
    {
        BackendState? last = null;
        try
        {
            await Eventually.ShouldBeAsync(() => condition(last = _bench.Observe(assignment)), "its state is as expected");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; it is {last}", e);
        }
    }
}
