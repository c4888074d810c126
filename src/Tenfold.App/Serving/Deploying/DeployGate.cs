using System.Globalization;
using Tenfold.App.Comparing;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Projects;
using Tenfold.Reports.Text;

namespace Tenfold.App.Serving.Deploying;

/// <summary>Compares a run's group with a baseline before the run is deployed.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class DeployGate(Services services)
{
    private const double Alpha = 0.05;

    /// <summary>Decides whether a gate opens.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="model">The model.</param>
    /// <param name="run">The run's full id.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The verdict in words; NotPassed with the verdict when it stays shut; NotFound when the baseline does not exist; or BadInput when the
    /// two can't be compared.
    /// </returns>
    public async Task<Outcome<string>> PassAsync(Gate gate, string model, string run, CancellationToken cancellationToken)
    {
        if (!(await FindBaselineAsync(gate, model, cancellationToken)).Succeeded(out var baseline, out var refusal)) return refusal;
        if (baseline.Length == 0) return "the model has no version in production yet";
        var candidate = RunNames.GroupOf(run);
        if (baseline == candidate)
            return Refusal.NotPassed($"the gate compares {candidate} with itself: train a new group, or change `gate` of serve");
        var options = new ComparisonOptions { Alpha = Alpha, Statistic = gate.Statistic, Margin = gate.Margin };
        if (!(await new GroupLoader(services).CompareAsync([baseline, candidate], null, options, cancellationToken))
            .Succeeded(out var compared, out refusal)) return refusal;
        var comparison = compared.Candidates[0].Comparison;
        var about = comparison.Margin is { } judged
            ? $"; by the margin {Numbers.Format(judged.Margin, judged.Margin)}: {VerdictText.Word(judged.Conclusion)}" : "";
        var words = $"{candidate} against {baseline}: {VerdictText.Word(comparison)}{about}";
        var rule = gate.Require == GateRequirement.Better ? FailOn.NotBetter : gate.Margin is null ? FailOn.Worse : FailOn.MaybeWorse;
        var passes = comparison.Method is not null && ComparisonGate.Passes(rule, comparison);
        return passes ? words
            : Refusal.NotPassed(
                $"the gate stays shut: {words}, and `{(gate.Require == GateRequirement.Better ? "better" : "not_worse")}` is required. "
                + $"`tenfold compare {baseline} {candidate}` {Named(gate)}shows the figures");
    }

    private static string Named(Gate gate)
    {
        var statistic = gate.Statistic == LocationStatistic.Mean ? "" : $"--statistic {StatisticText.Option(gate.Statistic)} ";
        var margin = gate.Margin is { } size ? string.Create(CultureInfo.InvariantCulture, $"--margin {size} ") : "";
        return statistic.Length + margin.Length == 0 ? "" : $"with {statistic}{margin}";
    }

    /// <returns>The baseline's group; empty when a model without traffic is compared with production.</returns>
    private async Task<Outcome<string>> FindBaselineAsync(Gate gate, string model, CancellationToken cancellationToken)
    {
        var versions = await services.Versions.ListVersionsAsync(model, cancellationToken);
        var name = gate.Compare;
        if (name == Gate.Production)
        {
            var route = (await services.Versions.ListRoutesAsync(cancellationToken)).FirstOrDefault(route => route.Model == model);
            if (route is null) return "";
            name = route.Shares().MaxBy(share => share.Value).Key;
        }

        if (versions.FirstOrDefault(version => version.Version == name) is { } version)
        {
            return version.Run is { } served
                ? RunNames.GroupOf(served.Run)
                : Refusal.BadInput($"{model} {name} is a service at {version.Address} without a run, so nothing can be compared with it");
        }

        return (await services.Ids.ResolveGroupOrRunAsync(name, cancellationToken)).Match<Outcome<string>>(
            id => RunNames.GroupOf(id),
            refusal => refusal with { Message = $"the baseline of the gate is no version of {model}, and {refusal.Message}" });
    }
}
