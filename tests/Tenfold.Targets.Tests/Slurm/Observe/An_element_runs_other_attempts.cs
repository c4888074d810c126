using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>
/// How a target observes attempts that another element of their array carries out. The elements here only run; the tests write the claims.
/// </summary>
public sealed class An_element_runs_other_attempts(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _bench = new(fixture.Cluster);
    private IReadOnlyList<Assignment> _assignments = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SlurmCluster Cluster => fixture.Cluster;

    // The first attempt runs, and the others wait for it.
    public async ValueTask InitializeAsync()
    {
        _assignments = await _bench.AssignAsync("sleep 600 & wait $!", 30, spec => spec with { Parallel = 1 });
        (await _bench.Target.StartAsync(_assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        await UntilAsync(0, state => state.Kind == BackendKind.Running);
        // The agent has reported too, so it will not overwrite a report that a test writes in its place.
        await Eventually.ShouldBeAsync(
            () => File.Exists(Path.Combine(_bench.Store.Url, AttemptKeys.State(_assignments[0].Attempt))), "the first has reported");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Hosted_attempts_run_as_long_as_their_host_runs()
    {
        await ClaimAsync(29, 28, 12);
        var kinds = (await ObserveAsync()).Select(state => state.Kind).ToList();
        kinds[29].ShouldBe(BackendKind.Running);
        kinds[28].ShouldBe(BackendKind.Running);
        kinds[1].ShouldBe(BackendKind.Waiting);
        Cluster.Run("scancel", $"{Job}_[12,28]");
        await Eventually.ShouldBeAsync(
            () => !Cluster.Run("squeue", "--noheader", "--array", "--format=%i").Contains($"{Job}_28", StringComparison.Ordinal),
            "they are cancelled");
        kinds = [.. (await ObserveAsync()).Select(state => state.Kind)];
        kinds[29].ShouldBe(BackendKind.Running);
        kinds[28].ShouldBe(BackendKind.Running);
        kinds[12].ShouldBe(BackendKind.Running);
        kinds[13].ShouldBe(BackendKind.Waiting);
        // All waiting elements: after that, only the running one is listed.
        Cluster.Run("scancel", $"{Job}_[1-29]");
        await UntilAsync(13, state => state.End == Ending.Cancelled);
        (await ObserveAsync()).Count(state => state.Kind == BackendKind.Running).ShouldBe(4);
    }

    [Fact]
    public async Task Hosted_attempts_are_lost_with_their_hosts_node()
    {
        await ClaimAsync(29, 28);
        var job = Job;
        Cluster.Run("scancel", $"{job}_28");
        var node = Cluster.Run("squeue", "--noheader", "--states=running", "--format=%N").Trim();
        Cluster.Run("scontrol", "update", $"NodeName={node}", "State=down", "Reason=test");
        try
        {
            await UntilAsync(0, state => state.End == Ending.Lost);
            foreach (var index in new[] { 28, 29 }) (await ObserveAsync())[index].End.ShouldBe(Ending.Lost);
            (await ObserveAsync())[29].Reason.Words().ShouldNotBeNull().ShouldContain($"{job}_0");
        }
        finally
        {
            Cluster.Resume(node);
        }
    }

    [Fact]
    public async Task Hosted_attempts_are_lost_when_their_host_is_requeued()
    {
        await ClaimAsync(29);
        var job = Job;
        Cluster.Run("scontrol", "update", $"JobId={job}_0", "Requeue=1");
        Cluster.Run("scontrol", "requeue", $"{job}_0");
        await UntilAsync(29, state => state.End == Ending.Lost);
        (await ObserveAsync())[29].Reason.Words().ShouldNotBeNull().ShouldContain($"{job}_0");
    }

    [Fact]
    public async Task A_host_that_started_after_the_listing_counts_as_running()
    {
        await ClaimAsync([29], carrier: 1);
        var listing = new EarlierListing(_bench.Connect());
        await listing.ListJobsAsync(Cancel);
        var job = Job;
        // Now the carrier starts.
        Cluster.Run("scontrol", "update", $"JobId={job}", "ArrayTaskThrottle=2");
        await UntilAsync(1, state => state.Kind == BackendKind.Running);
        var target = new SlurmTarget(listing, _bench.Store, _bench, Sessions.Own, _ => null, _bench.Time);
        (await target.ObserveAsync([_assignments[29].Attempt], Cancel))[0].Kind.ShouldBe(BackendKind.Running);
    }

    [Fact]
    public async Task Hosted_attempts_are_cancelled_with_their_host()
    {
        await ClaimAsync(29);
        Cluster.Run("scancel", $"{Job}");
        await UntilAsync(29, state => state.End == Ending.Cancelled);
        await UntilAsync(20, state => state.End == Ending.Cancelled);
    }

    [Fact]
    public async Task Stopping_a_hosted_attempt_cancels_its_own_element_and_later_a_silent_host()
    {
        await ClaimAsync(29);
        await _bench.StopAsync([_assignments[29].Attempt], Cancel);
        (await _bench.Store.ExistsAsync(AttemptKeys.StopMark(_assignments[29].Attempt), Cancel)).ShouldBeTrue();
        await Eventually.ShouldBeAsync(
            () => !Cluster.Run("squeue", "--noheader", "--array", "--format=%i").Contains($"{Job}_29", StringComparison.Ordinal),
            "its element is cancelled");
        (await ObserveAsync())[29].Kind.ShouldBe(BackendKind.Running);
        _bench.Time.By = TimeSpan.FromMinutes(3);
        await _bench.StopAsync([_assignments[29].Attempt], Cancel);
        await UntilAsync(29, state => state.End == Ending.Cancelled);
    }

    [Fact]
    public async Task Stopping_an_ended_attempt_leaves_the_attempt_that_its_element_runs()
    {
        // Otherwise the stand-in agent would obey the mark of its own attempt and exit.
        var element = Cluster.Run("squeue", "--noheader", "--states=running", "--format=%A %N").Trim().Split(' ');
        Cluster.Run("kill", "-STOP", Cluster.Run("scontrol", "listpids", element[0], element[1]).Split('\n')[1].Split(' ')[0]);
        await ClaimAsync(29);
        await EndAsync(0);
        await _bench.StopAsync([_assignments[0].Attempt], Cancel);
        _bench.Time.By = TimeSpan.FromHours(1);
        await _bench.StopAsync([_assignments[0].Attempt], Cancel);
        (await ObserveAsync())[29].Kind.ShouldBe(BackendKind.Running);
        Cluster.Run("squeue", "--noheader", "--states=running", "--format=%i").ShouldContain($"{Job}_0");
    }

    [Fact]
    public async Task A_hosts_entry_in_the_listing_is_the_attempt_that_it_runs()
    {
        await ClaimAsync(29, 28);
        await EndAsync(0);
        await EndAsync(28);
        Cluster.Run("scancel", $"{Job}_[1-29]");
        await UntilAsync(13, state => state.End == Ending.Cancelled);
        (await _bench.Target.ListAsync(_assignments[0].Ledger, Cancel)).ShouldBe([_assignments[29].Attempt]);
    }

    private long Job =>
        Cluster.Run("squeue", "--noheader", "--states=running", "--format=%F").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(long.Parse).First();

    private Task ClaimAsync(params int[] indices) => ClaimAsync(indices, carrier: 0);

    private async Task ClaimAsync(int[] indices, int carrier)
    {
        foreach (var index in indices)
        {
            var claim = new AttemptClaim
            {
                Token = $"{index}",
                Host = "d1",
                Process = 1,
                HostAttempt = _assignments[carrier].Attempt,
                At = DateTimeOffset.UnixEpoch,
            };
            await _bench.Store.WriteAsync(
                AttemptKeys.Claim(_assignments[index].Attempt),
                JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim), Cancel);
        }
    }

    private Task EndAsync(int index) =>
        new AttemptReports(_bench.Store).WriteAsync(
            _assignments[index].Attempt, new AttemptReport { State = AttemptState.Succeeded, Ending = Ending.Exited }, Cancel);

    private Task<IReadOnlyList<BackendState>> ObserveAsync() =>
        _bench.Target.ObserveAsync([.. _assignments.Select(assignment => assignment.Attempt)], Cancel);

    private Task UntilAsync(int index, Func<BackendState, bool> condition) =>
        Eventually.ShouldBeAsync(() => condition(_bench.Observe(_assignments[index])), $"the state of {index} is as expected");

    /// <summary>Repeats its first listing once.</summary>
    private sealed class EarlierListing(ISlurm slurm) : ISlurm
    {
        private Task<IReadOnlyList<SlurmJob>>? _earlier;

        public Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken)
        {
            if (_earlier is not { } earlier) return _earlier = slurm.ListJobsAsync(cancellationToken);
            _earlier = null;
            return earlier;
        }

        public Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken) => slurm.GetFactsAsync(cancellationToken);

        public Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken) =>
            slurm.ListAccountedJobsAsync(cancellationToken);

        public Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken) =>
            slurm.SubmitAsync(request, cancellationToken);

        public Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken) =>
            slurm.CancelAsync(jobs, cancellationToken);

        public Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) =>
            slurm.ListPartitionsAsync(cancellationToken);

        public string Describe(JobRequest request) => slurm.Describe(request);
    }
}
