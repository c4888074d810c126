using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>A long-lived process outlives a token, and may outlive a cluster's configuration.</summary>
public sealed class Facts_that_expire_are_requested_again : IDisposable
{
    private readonly RestBench _bench = new(43);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_refused_token_is_read_again_and_the_request_is_repeated()
    {
        await _bench.Slurm.ListJobsAsync(Cancel);
        // The token has expired, and its source already has the next one.
        _bench.Server.AcceptedToken = _bench.Token = StandInSlurmrestd.Token + "2";
        (await _bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).Kind.ShouldBe(SubmitKind.Accepted);
        _bench.Server.Queue.Jobs.Count.ShouldBe(1);
        (await _bench.Slurm.ListJobsAsync(Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_slurmctld_refuses_is_read_again()
    {
        await _bench.Slurm.ListJobsAsync(Cancel);
        _bench.Server.Failure = ("jobs", 511, "Protocol authentication error", false);
        var before = _bench.Server.Requests.Count;
        await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
        (_bench.Server.Requests.Count - before).ShouldBe(1, "its source has no other token");
        _bench.Server.AcceptedToken = _bench.Token = StandInSlurmrestd.Token + "2";
        before = _bench.Server.Requests.Count;
        await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
        (_bench.Server.Requests.Count - before).ShouldBe(2);
    }

    [Fact]
    public void A_token_is_read_from_its_source_every_five_minutes()
    {
        var (time, reads) = (new ShiftedTime(), 0);
        var token = new SlurmToken(() => $"{++reads}", time);
        (token.Value, token.Value).ShouldBe(("1", "1"));
        time.By = TimeSpan.FromMinutes(6);
        token.Value.ShouldBe("2");
    }

    [Fact]
    public async Task Partitions_are_requested_again_after_ten_minutes()
    {
        (await _bench.Slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBeNull();
        _bench.Server.Partitions = [("main", 60, null)];
        (await _bench.Slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBeNull();
        _bench.Time.By = TimeSpan.FromMinutes(11);
        (await _bench.Slurm.ListPartitionsAsync(Cancel)).Single().MaxMinutes.ShouldBe(60);
        _bench.Server.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task Refused_accounting_is_requested_again_after_ten_minutes(int status)
    {
        _bench.Server.Accounting = "accounting_storage/slurmdbd";
        _bench.Server.Failure = ("slurmdb", status, "Unable to parse query.", true);
        for (var round = 0; round < 2; round++) (await _bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldBeNull();
        _bench.Server.Requests.Count(request => request.Contains("slurmdb")).ShouldBe(1);
        _bench.Server.Failure = null;
        _bench.Time.By = TimeSpan.FromMinutes(11);
        (await _bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Accounting_that_one_version_refused_is_requested_in_another()
    {
        _bench.Server.Accounting = "accounting_storage/slurmdbd";
        _bench.Server.Failure = ("slurmdb", 400, "Unable to parse query.", true);
        (await _bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldBeNull();
        (_bench.Server.Versions, _bench.Server.Failure) = ([44], null);
        await Should.ThrowAsync<TargetException>(() => _bench.Slurm.ListJobsAsync(Cancel));
        (await _bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldNotBeNull();
    }
}
