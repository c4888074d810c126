using Tenfold.App.Serving.Rollouts;
using Tenfold.Core.Reasons;

namespace Tenfold.App.Tests.Serving.Rollouts;

public sealed class Faulty_versions_are_found
{
    private static readonly ArmHealth NotReady = new(IsReady: false, Fault: "GET /ping is no longer answered");

    [Fact]
    public void A_crash_loop_fails_at_once() =>
        new Candidate().Look(new ArmHealth(false, IsCrashLooping: true, "it ended with exit code 1"))
            .Reason.ShouldBe(new Reason.VersionCrashes("1.1.0", "it ended with exit code 1"));

    [Fact]
    public void A_version_that_is_no_longer_ready_fails_after_seconds()
    {
        var candidate = new Candidate();
        candidate.Look();
        candidate.Look(NotReady).State.ShouldBe(RolloutState.Holding);
        candidate.Time.Advance(TimeSpan.FromSeconds(6));
        candidate.Look(NotReady).Reason.ShouldBe(new Reason.VersionNotReady("1.1.0", NotReady.Fault));
    }

    [Fact]
    public void A_version_that_is_ready_again_does_not_fail()
    {
        var candidate = new Candidate();
        candidate.Look();
        for (var i = 0; i < 10; i++)
        {
            candidate.Look(NotReady).Reason.ShouldBeNull();
            candidate.Time.Advance(TimeSpan.FromSeconds(4));
            candidate.Look().Reason.ShouldBeNull();
        }
    }

    [Fact]
    public void A_version_that_still_starts_does_not_fail()
    {
        var candidate = new Candidate();
        candidate.Look(NotReady);
        candidate.Time.Advance(TimeSpan.FromMinutes(10));
        candidate.Look(NotReady).Reason.ShouldBeNull();
    }

    [Fact]
    public void Nothing_fails_while_the_baseline_is_not_ready_either()
    {
        var candidate = new Candidate();
        candidate.Look();
        candidate.Look(NotReady, NotReady);
        candidate.Time.Advance(TimeSpan.FromSeconds(6));
        var status = candidate.Look(NotReady, NotReady);
        (status.State, status.Reason).ShouldBe((RolloutState.Holding, null));
    }

    [Fact]
    public void More_failed_requests_than_the_baseline_has_fail_a_version()
    {
        var status = new Candidate().Send(6000, errors: 0.01, candidateErrors: 0.1).Look();
        status.State.ShouldBe(RolloutState.Failed);
        var reason = status.Reason.ShouldBeOfType<Reason.VersionFaulty>();
        (reason.Kind, reason.Version, reason.Baseline, reason.Share).ShouldBe((RequestFault.Failed, "1.1.0", "1.0.0", 0.1));
        reason.PValue.ShouldBeLessThanOrEqualTo(0.005);
    }

    [Fact]
    public void More_slow_requests_than_the_baseline_has_fail_a_version()
    {
        var candidate = new Candidate().WarmUp();
        var status = candidate.Send(3000, slow: 0.01, candidateSlow: 0.5).Look();
        var reason = status.Reason.ShouldBeOfType<Reason.VersionFaulty>();
        reason.Kind.ShouldBe(RequestFault.Slow);
        reason.SlowFrom!.Value.TotalMilliseconds.ShouldBeInRange(6, 12);
    }

    [Fact]
    public void A_cold_version_may_be_slow()
    {
        var candidate = new Candidate();
        candidate.Send(3000, candidateSlow: 1).Look().Reason.ShouldBeNull();
        candidate.Time.Advance(TimeSpan.FromMinutes(1));
        candidate.Send(3000, candidateSlow: 1).Look().Reason.ShouldNotBeNull();
    }

    [Fact]
    public void One_user_with_a_bad_input_fails_no_version()
    {
        var candidate = new Candidate().Send(2000);
        for (var i = 0; i < 5000; i++) candidate.Send(isCandidate: true, isFailed: true, 5, "robot");
        candidate.Look().State.ShouldBe(RolloutState.Watching);
    }

    [Fact]
    public void Little_traffic_holds()
    {
        var candidate = new Candidate(share: 0.01);
        for (var i = 0; i < 19; i++) candidate.Send(isCandidate: true, isFailed: true, 5, null);
        var status = candidate.Look();
        (status.State, status.Requests).ShouldBe((RolloutState.Holding, 19));
        candidate.Send(isCandidate: true, isFailed: true, 5, null).Look().State.ShouldBe(RolloutState.Failed);
    }

    [Fact]
    public void No_traffic_never_passes() => new Candidate().Look().State.ShouldBe(RolloutState.Holding);

    [Fact]
    public void Requests_whose_client_named_the_version_do_not_count()
    {
        var candidate = new Candidate();
        for (var i = 0; i < 1000; i++)
        {
            candidate.Monitor.Count(new()
            {
                Version = "1.1.0",
                RouteRevision = 0,
                Id = Guid.NewGuid(),
                IsFailed = true,
                Latency = TimeSpan.Zero,
            });
        }

        candidate.Look().Requests.ShouldBe(0);
    }

    [Fact]
    public void Healthy_versions_rarely_fail()
    {
        // 300 rollouts whose errors and latencies drift in both arms together, at three shares. bench/experiments simulates more.
        var failed = Enumerable.Range(0, 300).Count(i =>
        {
            var candidate = new Candidate(share: new[] { 0.05, 0.2, 0.5 }[i % 3], seed: i);
            candidate.Send(500);
            candidate.Time.Advance(TimeSpan.FromMinutes(1));
            for (var look = 0; look < 20; look++)
            {
                var (errors, slow) = look % 5 == 0 ? (0.1, 0.2) : (0.01, 0.02);
                if (candidate.Send(100, errors, errors, slow, slow).Look().State == RolloutState.Failed) return true;
            }

            return false;
        });
        failed.ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public void Another_process_goes_on_where_one_ended()
    {
        var before = new Candidate().Send(3000, errors: 0.02, candidateErrors: 0.05);
        var status = before.Look();
        var after = new Candidate();
        after.Monitor.Recall(before.Monitor.Remember().ShouldNotBeNull());
        after.Look().ShouldBe(status with { SlowFrom = null });
    }
}
