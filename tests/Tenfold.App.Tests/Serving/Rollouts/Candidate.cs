using Tenfold.App.Serving.Rollouts;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Tests.Serving.Rollouts;

/// <summary>Sends requests to a candidate and its baseline, and looks at the monitor.</summary>
internal sealed class Candidate
{
    private static readonly ArmHealth Ready = new(IsReady: true);
    private readonly SplitMix64 _random;
    private int _requests;

    public Candidate(double share = 0.1, long seed = 1, RolloutOptions? options = null)
    {
        (Share, _random) = (share, new(seed));
        Monitor = new("1.0.0", "1.1.0", options, Time);
    }

    public SteppedClock Time { get; } = new();

    public RolloutMonitor Monitor { get; }

    public double Share { get; set; }

    /// <summary>Sends a request for each user, of which some fail or are slow.</summary>
    public Candidate Send(int requests, double errors = 0, double candidateErrors = 0, double slow = 0, double candidateSlow = 0)
    {
        for (var i = 0; i < requests; i++)
        {
            var isCandidate = _random.NextDouble() < Share;
            var isFailed = _random.NextDouble() < (isCandidate ? candidateErrors : errors);
            var isSlow = _random.NextDouble() < (isCandidate ? candidateSlow : slow);
            Send(isCandidate, isFailed, isSlow ? 100 : 4 + _random.NextDouble(), $"user-{_requests++}");
        }

        return this;
    }

    public Candidate Send(bool isCandidate, bool isFailed, double milliseconds, string? key)
    {
        Monitor.Count(new()
        {
            Version = isCandidate ? "1.1.0" : "1.0.0",
            RouteRevision = 1,
            Key = key,
            Id = Guid.NewGuid(),
            IsFailed = isFailed,
            Latency = TimeSpan.FromMilliseconds(milliseconds),
        });
        return this;
    }

    /// <summary>Sends what makes the limit of slow requests known, and lets the candidate become warm.</summary>
    public Candidate WarmUp()
    {
        Send(20_000);
        Time.Advance(TimeSpan.FromMinutes(1));
        return this;
    }

    public RolloutStatus Look(ArmHealth? candidate = null, ArmHealth? baseline = null) =>
        Monitor.Look(_ => Share, baseline ?? Ready, candidate ?? Ready);
}
