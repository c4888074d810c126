using System.Text.Json.Serialization;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>What a rollout's tests know. Without it, each restart of the gateway would bring a new chance of a false alarm.</summary>
/// <param name="Baseline">The version that is compared with.</param>
/// <param name="Candidate">The version that is watched.</param>
/// <param name="Requests">The number of requests to the candidate.</param>
/// <param name="Failed">The test on failed requests.</param>
/// <param name="Slow">The test on slow requests.</param>
public sealed record RolloutMemory(string Baseline, string Candidate, long Requests, TestMemory Failed, TestMemory Slow);

/// <summary>What a test knows; see <see cref="EventRateTest"/>.</summary>
/// <param name="Share">The candidate's share.</param>
/// <param name="Baseline">The baseline's events at this share.</param>
/// <param name="Candidate">The candidate's events at this share.</param>
/// <param name="Earlier">The logarithm of the evidence from before this share.</param>
/// <param name="Peak">The largest logarithm of the evidence.</param>
public sealed record TestMemory(double Share, long Baseline, long Candidate, double Earlier, double Peak)
{
    internal static TestMemory Of(EventRateTest test) =>
        new(test.Share, test.Baseline, test.Candidate, test.EarlierLnEvidence, test.PeakLnEvidence);

    internal EventRateTest ToTest(double alpha) => new EventRateTest(Share, alpha).Restore(Baseline, Candidate, Earlier, Peak);
}

/// <summary>How the memory of rollouts is stored: by model.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<RolloutMemory>>))]
internal sealed partial class RolloutJson : JsonSerializerContext;
