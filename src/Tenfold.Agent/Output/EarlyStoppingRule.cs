using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Output;

/// <summary>
/// Counts consecutive evaluations without an improvement on the best value so far. With patience 3 it stops at the third.
/// </summary>
/// <param name="spec">What to watch, and how long.</param>
public sealed class EarlyStoppingRule(EarlyStoppingSpec spec)
{
    private double _best = double.NaN;
    private int _without;

    /// <summary>The metric that is watched.</summary>
    public string Metric => spec.Metric;

    /// <summary>Counts the evaluations of the attempts from which this one resumes. They stop nothing by themselves.</summary>
    public void Continue(IEnumerable<double> values)
    {
        foreach (var value in values) Observe(value);
    }

    /// <summary>Counts an evaluation. NaN is no improvement.</summary>
    /// <returns>The reason to stop now; null to continue.</returns>
    public Reason.EarlyStopped? Observe(double value)
    {
        var improves = spec.Goal == MetricGoal.Maximize ? value > _best + spec.MinDelta : value < _best - spec.MinDelta;
        if (improves || (double.IsNaN(_best) && !double.IsNaN(value)))
        {
            (_best, _without) = (value, 0);
            return null;
        }

        return ++_without < spec.Patience ? null : new Reason.EarlyStopped(spec.Metric, _best, _without);
    }
}
