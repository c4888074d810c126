using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Experiments;

/// <summary>An experiment of two versions of a model, which runs.</summary>
internal static class SampleExperiment
{
    public static Experiment Started(DateTimeOffset at) => new()
    {
        Number = 1,
        Model = "iris",
        Baseline = "1.0.0",
        Candidate = "1.1.0",
        Metric = "reward",
        Goal = MetricGoal.Maximize,
        TunedFor = 5000,
        FirstLook = 20,
        StartedAt = at,
        StartedBy = "ann@laptop",
    };
}
