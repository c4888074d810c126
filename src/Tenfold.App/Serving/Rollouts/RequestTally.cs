using Tenfold.Core.Reasons;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>New events between two looks, under one route.</summary>
internal sealed class ArmEvents
{
    /// <summary>The number of requests to the baseline and to the candidate.</summary>
    public long BaselineRequests, CandidateRequests;

    /// <summary>The keys with their first failed request.</summary>
    public long BaselineFailed, CandidateFailed;

    /// <summary>The keys with their first slow request.</summary>
    public long BaselineSlow, CandidateSlow;
}

/// <summary>
/// Counts the requests of a candidate and its baseline between two looks. A key's first failed request counts, and its first slow one: one
/// user's bad input stays in one arm and fails each time. Thread-safe.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestTally(RolloutOptions options, TimeProvider time)
{
    // 16 bytes a key. A test has decided long before so many keys had an event, and without a memory of keys no event is counted.
    private const int MostKeys = 500_000;

    private readonly Lock _gate = new();
    private readonly SlowLimit _limit = new(options.SlowFactor);
    private readonly Dictionary<RequestFault, HashSet<UInt128>> _known =
        new() { [RequestFault.Failed] = [], [RequestFault.Slow] = [] };

    private SortedDictionary<long, ArmEvents> _events = [];
    private long? _firstCandidate;

    /// <summary>From which latency on a request is slow; null when it is not known yet.</summary>
    public TimeSpan? SlowFrom
    {
        get
        {
            lock (_gate) return _limit.Value;
        }
    }

    /// <summary>Counts a request that has ended.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isCandidate">Whose it was.</param>
    public void Count(in FinishedRequest request, bool isCandidate)
    {
        lock (_gate)
        {
            if (isCandidate) _firstCandidate ??= time.GetTimestamp();
            if (!_events.TryGetValue(request.RouteRevision, out var events)) _events[request.RouteRevision] = events = new();
            if (isCandidate) events.CandidateRequests++;
            else events.BaselineRequests++;
            if (request.IsFailed)
            {
                if (!IsNew(RequestFault.Failed, request)) return;
                if (isCandidate) events.CandidateFailed++;
                else events.BaselineFailed++;
                return;
            }

            // The limit is applied before the request changes it.
            var isSlow = _limit.Value is { } limit && request.Latency > limit && IsWarm;
            if (!isCandidate) _limit.Add(request.Latency);
            if (!isSlow || !IsNew(RequestFault.Slow, request)) return;
            if (isCandidate) events.CandidateSlow++;
            else events.BaselineSlow++;
        }
    }

    /// <summary>Takes what was counted since the last call, by the revision of the route, oldest first.</summary>
    public IReadOnlyList<(long Revision, ArmEvents Events)> Take()
    {
        lock (_gate)
        {
            var taken = _events;
            _events = [];
            return [.. taken.Select(pair => (pair.Key, pair.Value))];
        }
    }

    // The baseline's slow requests don't count before the candidate is warm either: both arms are judged over one period.
    private bool IsWarm => _firstCandidate is { } first && time.GetElapsedTime(first) >= options.WarmUp;

    private bool IsNew(RequestFault fault, in FinishedRequest request)
    {
        var known = _known[fault];
        return known.Count < MostKeys && known.Add(request.Identity);
    }
}
