using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Slurm.Rest;

public sealed class Slurmrestd_refuses_or_does_not_answer : IDisposable
{
    private readonly RestBench _bench = new(42, 43);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_wrong_token_is_reported_and_no_other_version_is_tried()
    {
        var slurm = SlurmRest.Open(
            _bench.Server.Address, Sessions.Own.User, RestBench.Timeout, TimeProvider.System, () => StandInSlurmrestd.Token + "x");
        var message = (await Should.ThrowAsync<TargetException>(() => slurm.GetFactsAsync(Cancel))).Message;
        message.ShouldContain("it answers 401 Authentication failure");
        message.ShouldContain("SLURM_JWT (`scontrol token`)");
        message.ShouldNotContain(StandInSlurmrestd.Token);
        _bench.Server.Requests.Count.ShouldBe(1);
    }

    // slurmrestd passes the token on: it answers a ping, but slurmctld refuses the user.
    [Fact]
    public async Task An_expired_token_is_reported_and_is_not_a_refusal()
    {
        _bench.Server.Failure = ("job", 511, "Protocol authentication error", false);
        (await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel))).Message.ShouldContain(
            "511 Protocol authentication error");
        (await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Kind.ShouldBe(SubmitKind.NoAnswer);
    }

    [Theory]
    [InlineData(500, "Invalid partition name specified", nameof(SubmitKind.PartitionNotFound))]
    [InlineData(500, "Invalid job array specification", nameof(SubmitKind.ArrayTooLarge))]
    [InlineData(400, "Unable to parse query.", nameof(SubmitKind.Other))]
    [InlineData(500, "Unable to contact slurm controller (connect failure)", nameof(SubmitKind.NoAnswer))]
    [InlineData(502, "<html>Bad Gateway</html>", nameof(SubmitKind.NoAnswer))]
    [InlineData(504, "", nameof(SubmitKind.NoAnswer))]
    [InlineData(200, "", nameof(SubmitKind.NoAnswer))]
    [InlineData(200, "{}", nameof(SubmitKind.NoAnswer))]
    [InlineData(404, "", nameof(SubmitKind.Other))]
    public async Task An_answer_without_a_job_is_a_refusal_or_no_answer(int status, string words, string kind)
    {
        _bench.Server.Failure = ("submit", status, words, status != 500);
        (await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Kind.ToString().ShouldBe(kind);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_found_and_not_repeated()
    {
        var store = new FolderStore(_bench.Folder["store"]);
        var target = new SlurmTarget(_bench.Slurm, store, _bench, Sessions.Own, _ => null, TimeProvider.System);
        var assignments = await Work.AssignAsync(store, _bench.Folder, "true", 3);
        _bench.Server.Failure = ("submit", null, "", false);
        for (var round = 0; round < 2; round++)
            (await target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        _bench.Server.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
        _bench.Server.Queue.Jobs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_listing_never_counts_as_empty()
    {
        foreach (var (status, words, isPlain) in new[] { (200, "Unable to query jobs", false), (200, "{}", true), (200, "", true),
            (500, "", true), (503, "no server", true) })
        {
            _bench.Server.Failure = ("jobs", status, words, isPlain);
            await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
        }

        _bench.Server.Failure = ("jobs", null, "", false);
        await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
    }

    [Fact]
    public async Task Cancelling_an_ended_job_succeeds_and_a_refusal_is_reported()
    {
        await _bench.Slurm.SubmitAsync(RestBench.Bare, Cancel);
        _bench.Server.Queue.Split(101, 0, ["COMPLETED"], StandInQueue.ExitCode(0));
        var jobs = await _bench.Slurm.ListJobsAsync(Cancel);
        await _bench.Slurm.CancelAsync([jobs[1], jobs[1] with { Id = 9 }], Cancel);
        _bench.Server.Queue.Forbidden.Add(101);
        (await Should.ThrowAsync<TargetException>(() => _bench.Slurm.CancelAsync([jobs[0]], Cancel))).Message.ShouldContain(
            "Access/permission denied");
        // An empty list would match every job.
        var before = _bench.Server.Requests.Count;
        await _bench.Slurm.CancelAsync([], Cancel);
        _bench.Server.Requests.Count.ShouldBe(before);
        _bench.Server.Faults.ShouldBeEmpty();
    }
}
