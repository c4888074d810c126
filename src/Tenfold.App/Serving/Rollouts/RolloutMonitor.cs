using Tenfold.Core.Reasons;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>
/// Watches a version that shares the traffic with its baseline. It fails at once when it is not ready or crashes again and again, and after
/// sequential tests on failed and on slow requests. <see cref="Count"/> may be called by any thread, <see cref="Look"/> by one.
/// </summary>
public sealed class RolloutMonitor
{
    private readonly RolloutOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestTally _tally;
    private EventRateTest? _failed;
    private EventRateTest? _slow;
    private long? _notReadySince;
    private bool _wasReady;
    private long _requests;

    /// <summary>Begins to watch.</summary>
    /// <param name="baseline">The version that is compared with.</param>
    /// <param name="candidate">The version that is watched.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="time">The clock.</param>
    public RolloutMonitor(string baseline, string candidate, RolloutOptions? options, TimeProvider time)
    {
        (Baseline, Candidate, _options, _time) = (baseline, candidate, options ?? new(), time);
        _tally = new(_options, time);
    }

    /// <summary>The version that is compared with.</summary>
    public string Baseline { get; }

    /// <summary>The version that is watched.</summary>
    public string Candidate { get; }

    /// <summary>Counts a request that has ended. Those of other versions, and those whose client named the version, are ignored.</summary>
    public void Count(in FinishedRequest request)
    {
        if (request.RouteRevision > 0 && (request.Version == Baseline || request.Version == Candidate))
            _tally.Count(request, request.Version == Candidate);
    }

    /// <summary>Judges what was counted so far.</summary>
    /// <param name="share">The candidate's share of the traffic of both versions under a route; null when one of them has none.</param>
    /// <param name="baseline">Whether the baseline can answer.</param>
    /// <param name="candidate">Whether the candidate can answer.</param>
    public RolloutStatus Look(Func<long, double?> share, ArmHealth baseline, ArmHealth candidate)
    {
        foreach (var (revision, events) in _tally.Take())
        {
            _requests += events.CandidateRequests;
            if (share(revision) is not { } theta) continue;
            _failed = Next(_failed, theta, events.BaselineFailed, events.CandidateFailed);
            _slow = Next(_slow, theta, events.BaselineSlow, events.CandidateSlow);
        }

        // A version that is still starting has no traffic yet, for example after the gateway's own start.
        _wasReady |= candidate.IsReady;
        if (candidate.IsReady || !_wasReady) _notReadySince = null;
        else _notReadySince ??= _time.GetTimestamp();
        var reason = Judge(candidate);
        var isHeld = _requests < _options.FewestRequests || !baseline.IsReady;
        return new()
        {
            Candidate = Candidate,
            Baseline = Baseline,
            State = reason is not null && baseline.IsReady ? RolloutState.Failed
                : isHeld ? RolloutState.Holding : RolloutState.Watching,
            Reason = baseline.IsReady ? reason : null,
            Requests = _requests,
            FailedPValue = _failed?.PValue ?? 1,
            SlowPValue = _slow?.PValue ?? 1,
            SlowFrom = _tally.SlowFrom,
        };
    }

    /// <summary>What the tests know, for another process that goes on watching; null before the first request.</summary>
    public RolloutMemory? Remember() => _failed is null || _slow is null ? null
        : new(Baseline, Candidate, _requests, TestMemory.Of(_failed), TestMemory.Of(_slow));

    /// <summary>Goes on where another process ended.</summary>
    public void Recall(RolloutMemory memory)
    {
        (_requests, _failed, _slow) = (memory.Requests, memory.Failed.ToTest(_options.Alpha / 2), memory.Slow.ToTest(_options.Alpha / 2));
    }

    private Reason? Judge(ArmHealth candidate)
    {
        if (candidate.IsCrashLooping) return new Reason.VersionCrashes(Candidate, candidate.Fault);
        if (_notReadySince is { } since && _time.GetElapsedTime(since) >= _options.NotReadyFor)
            return new Reason.VersionNotReady(Candidate, candidate.Fault);
        if (_requests < _options.FewestRequests) return null;
        return Fault(_failed, RequestFault.Failed) ?? Fault(_slow, RequestFault.Slow);
    }

    private Reason.VersionFaulty? Fault(EventRateTest? test, RequestFault kind) => test is not { IsTooHigh: true } ? null
        : new(Candidate, Baseline, kind, test.Candidate, test.Baseline, test.Share, test.PValue)
        {
            SlowFrom = kind == RequestFault.Slow ? _tally.SlowFrom : null,
        };

    private EventRateTest Next(EventRateTest? test, double share, long baseline, long candidate) =>
        (test?.ChangeShare(share) ?? new EventRateTest(share, _options.Alpha / 2)).Add(baseline, candidate);
}
