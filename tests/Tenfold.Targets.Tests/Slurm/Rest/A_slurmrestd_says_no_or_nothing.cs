using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Slurm.Rest;

public sealed class A_slurmrestd_says_no_or_nothing : IDisposable
{
    private readonly RestBench _bench = new(42, 43);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_wrong_token_is_told_and_no_other_version_tried()
    {
        var slurm = SlurmRest.Open(_bench.Server.Address, RestBench.Patience, TimeProvider.System, () => StandInSlurmrestd.Token + "x");
        var message = (await Should.ThrowAsync<TargetException>(() => slurm.GetFactsAsync(Cancel))).Message;
        message.ShouldContain("it answers 401 Authentication failure");
        message.ShouldContain("SLURM_JWT (`scontrol token`)");
        message.ShouldNotContain(StandInSlurmrestd.Token);
        _bench.Server.Requests.Count.ShouldBe(1);
    }

    // slurmrestd hands the token on: it answers a ping all the same, and slurmctld does not let the user in.
    [Fact]
    public async Task A_token_that_has_run_out_is_told_and_a_submission_by_it_is_no_refusal()
    {
        _bench.Server.Accident = ("job", 511, "Protocol authentication error", false);
        (await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel))).Message.ShouldContain(
            "511 Protocol authentication error");
        (await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Kind.ShouldBe(SubmitKind.Unknown);
    }

    [Theory]
    [InlineData(500, "Invalid partition name specified", false)]
    [InlineData(400, "Unable to parse query.", false)]
    [InlineData(500, "Unable to contact slurm controller (connect failure)", true)]
    [InlineData(502, "<html>Bad Gateway</html>", true)]
    [InlineData(504, "", true)]
    [InlineData(200, "", true)]
    [InlineData(200, "{}", true)]
    [InlineData(404, "", false)]
    public async Task What_it_answers_to_a_submission_is_a_refusal_or_unknown(int status, string words, bool isUnknown)
    {
        _bench.Server.Accident = ("submit", status, words, status != 500);
        (await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Kind.ShouldBe(isUnknown ? SubmitKind.Unknown : SubmitKind.Refused);
        if (status == 500 && !isUnknown)
            SubmitErrors.Outcome((await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Words, RestBench.Full.Options).Reason.Words()
                .ShouldNotBeNull().ShouldStartWith("there is no partition 'gpu'");
    }

    [Fact]
    public async Task What_was_submitted_and_its_answer_lost_is_found_and_not_submitted_again()
    {
        var store = new FolderStore(_bench.Folder["store"]);
        var target = new SlurmTarget(_bench.Slurm, store, _bench, TimeProvider.System);
        var assignments = await Work.AssignAsync(store, _bench.Folder, "true", 3);
        _bench.Server.Accident = ("submit", null, "", false);
        for (var round = 0; round < 2; round++)
            (await target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        _bench.Server.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
        _bench.Server.Queue.Jobs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_listing_that_could_not_be_made_is_never_an_empty_one()
    {
        foreach (var (status, words, isPlain) in new[] { (200, "Unable to query jobs", false), (200, "{}", true), (200, "", true),
            (500, "", true), (503, "no server", true) })
        {
            _bench.Server.Accident = ("jobs", status, words, isPlain);
            await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
        }

        _bench.Server.Accident = ("jobs", null, "", false);
        await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
    }

    [Fact]
    public async Task What_has_ended_by_itself_is_as_good_as_ended_and_what_may_not_be_ended_is_told()
    {
        await _bench.Slurm.SubmitAsync(RestBench.Bare, Cancel);
        _bench.Server.Queue.Split(101, 0, ["COMPLETED"], StandInQueue.ExitCode(0));
        var jobs = await _bench.Slurm.ListJobsAsync(Cancel);
        await _bench.Slurm.CancelAsync([jobs[1], jobs[1] with { Id = 9 }], Cancel);
        _bench.Server.Queue.Forbidden.Add(101);
        (await Should.ThrowAsync<TargetException>(() => _bench.Slurm.CancelAsync([jobs[0]], Cancel))).Message.ShouldContain(
            "Access/permission denied");
        // An empty list would mean all jobs there are.
        var before = _bench.Server.Requests.Count;
        await _bench.Slurm.CancelAsync([], Cancel);
        _bench.Server.Requests.Count.ShouldBe(before);
        _bench.Server.Faults.ShouldBeEmpty();
    }
}
