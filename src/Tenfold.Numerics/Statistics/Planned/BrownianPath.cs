using MathNet.Numerics;
using MathNet.Numerics.Integration;

namespace Tenfold.Numerics.Statistics.Planned;

/// <summary>
/// The distribution of a Brownian motion with drift that is observed at some times and stops beyond a boundary: that of the statistic of a
/// group-sequential test. The score at time t is Z·√t.
/// </summary>
/// <remarks>
/// Source: P. Armitage, C. K. McPherson and B. C. Rowe, "Repeated significance tests on accumulating data", J. R. Statist. Soc. A 132
/// (1969); the integrals use 40 Gauss–Legendre nodes on each interval of the region where the test goes on.
/// </remarks>
internal sealed class BrownianPath(double drift)
{
    private const int Nodes = 40;

    private static readonly GaussLegendreRule Rule = new(-1, 1, Nodes);

    private double[] _scores = [0];
    private double[] _masses = [1];
    private double _time;

    /// <summary>The probability that the path goes on until now and |Z| is at least <paramref name="z"/> at the given time.</summary>
    public double Beyond(double z, double time)
    {
        var (step, edge) = (time - _time, z * Math.Sqrt(time));
        var root = Math.Sqrt(step);
        var sum = 0.0;
        for (var i = 0; i < _scores.Length; i++)
        {
            var mean = _scores[i] + drift * step;
            sum += _masses[i] * (Normal((mean - edge) / root) + Normal((-mean - edge) / root));
        }

        return sum;
    }

    /// <summary>The probability that the path goes on until now.</summary>
    public double Left => _masses.Sum();

    /// <summary>Goes on to a time, where the path stops unless |Z| lies between the limits.</summary>
    public void Continue(double time, double low, double high)
    {
        var root = Math.Sqrt(time);
        (double From, double To)[] intervals = [(-high * root, -low * root), (low * root, high * root)];
        var (scores, masses) = (new double[2 * Nodes], new double[2 * Nodes]);
        var step = time - _time;
        var scale = 1 / Math.Sqrt(2 * Math.PI * step);
        for (var k = 0; k < 2 * Nodes; k++)
        {
            var (from, to) = intervals[k / Nodes];
            scores[k] = (from + to) / 2 + (to - from) / 2 * Rule.GetAbscissa(k % Nodes);
            var density = 0.0;
            for (var i = 0; i < _scores.Length; i++)
            {
                var distance = scores[k] - _scores[i] - drift * step;
                density += _masses[i] * Math.Exp(-distance * distance / (2 * step));
            }

            masses[k] = density * scale * (to - from) / 2 * Rule.GetWeight(k % Nodes);
        }

        (_scores, _masses, _time) = (scores, masses, time);
    }

    private static double Normal(double x) => SpecialFunctions.Erfc(-x * Constants.Sqrt1Over2) / 2;
}
