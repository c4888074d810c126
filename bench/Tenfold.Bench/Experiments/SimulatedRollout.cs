using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Bench.Experiments;

/// <summary>A candidate beside its baseline, watched after every event. The tests run few of them, the benchmark many.</summary>
internal sealed record SimulatedRollout
{
    /// <summary>The candidate's share of the traffic; it may change with the number of the request.</summary>
    public required Func<int, double> Share { get; init; }

    /// <summary>The probability that a request of the baseline is an event; it may change with the number of the request.</summary>
    public required Func<int, double> Rate { get; init; }

    /// <summary>The candidate's rate over the baseline's.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>The number of requests.</summary>
    public int Requests { get; init; } = 200_000;

    /// <summary>The test's level.</summary>
    public double Alpha { get; init; } = 0.005;

    /// <summary>Runs the rollout once.</summary>
    /// <returns>The number of requests to the candidate after which the test rejected it; null when it did not.</returns>
    public int? FirstAlarm(long seed)
    {
        var random = new SplitMix64(seed);
        var test = new EventRateTest(Share(1), Alpha);
        var candidates = 0;
        for (var request = 1; request <= Requests; request++)
        {
            var share = Share(request);
            var isCandidate = random.NextDouble() < share;
            if (isCandidate) candidates++;
            if (random.NextDouble() >= Rate(request) * (isCandidate ? Ratio : 1)) continue;
            test = test.ChangeShare(share).Add(isCandidate ? 0 : 1, isCandidate ? 1 : 0);
            if (test.IsTooHigh) return candidates;
        }

        return null;
    }

    /// <summary>The alarms of many repetitions.</summary>
    public IReadOnlyList<int?> Alarms(int repetitions, long seed) =>
        [.. Enumerable.Range(0, repetitions).AsParallel().AsOrdered().Select(i => FirstAlarm(SeedSequence.Derive(seed, i + 1)))];
}
