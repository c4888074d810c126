using Tenfold.Core.Experiments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;

namespace Tenfold.Core.Tests.Experiments;

/// <summary>Makes an experiment, its routes and the outcomes of its keys.</summary>
internal sealed class Arrivals
{
    public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<KeyOutcome> _outcomes = [];

    public Experiment Experiment { get; init; } = SampleExperiment.Started(Start);

    public List<Route> Routes { get; } = [];

    public DateTimeOffset Now { get; private set; } = Start;

    /// <summary>Adds a route with the candidate's share in percent; 0 and 100 leave an arm without traffic.</summary>
    public Arrivals WithShare(int percent)
    {
        var shares = new Dictionary<string, int> { ["1.0.0"] = 100 * (100 - percent), ["1.1.0"] = 100 * percent };
        Routes.Add(new()
        {
            Model = "iris",
            Revision = Routes.Count + 1,
            At = Now,
            By = "ann@laptop",
            Reason = new Reason.TrafficSet(),
            Salt = "salt",
            Ranges = BucketRanges.Reassign(Routes.Count == 0 ? [] : Routes[^1].Ranges, shares),
        });
        return this;
    }

    /// <summary>Adds keys to both arms in turn, a second apart, of which the first have the value 1 and the others 0.</summary>
    public Arrivals Add(int baseline, int baselineOnes, int candidate, int candidateOnes)
    {
        var all = baseline + candidate;
        for (int i = 0, done = 0; i < all; i++)
        {
            // The candidate's keys are spread evenly among all, and the ones evenly among an arm's keys.
            var isCandidate = (long)(i + 1) * candidate / all > done;
            if (isCandidate) done++;
            var (index, count, ones) = isCandidate ? (done - 1, candidate, candidateOnes) : (i - done, baseline, baselineOnes);
            var value = (long)(index + 1) * ones / count > (long)index * ones / count ? 1 : 0;
            AddKey($"key-{_outcomes.Count}", isCandidate, value);
        }

        return this;
    }

    /// <summary>Adds the outcomes of a key in an arm.</summary>
    public Arrivals AddKey(string key, bool isCandidate, double? value, bool isKeyed = true, long requests = 1)
    {
        Now += TimeSpan.FromSeconds(1);
        _outcomes.Add(new()
        {
            Arm = isCandidate ? ArmNames.Candidate : ArmNames.Baseline,
            Version = isCandidate ? "1.1.0" : "1.0.0",
            Key = key,
            IsKeyed = isKeyed,
            FirstAt = Now,
            RouteRevision = Routes.Count,
            Requests = requests,
            Values = value is null ? 0 : requests,
            Sum = (value ?? 0) * requests,
        });
        return this;
    }

    public ExperimentStatus Judge() => ExperimentAnalysis.Judge(Experiment, Routes, _outcomes, Now);

    public IReadOnlyList<ExperimentPoint> History(int points) =>
        ExperimentAnalysis.History(Experiment, Routes, _outcomes, Now, points);
}
