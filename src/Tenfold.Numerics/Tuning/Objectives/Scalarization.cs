using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Objectives;

/// <summary>
/// Turns several objectives into one score, so that a search method for one objective finds a point of the Pareto front. Each trial has
/// other weights, and so the search finds points all along the front.
/// </summary>
/// <remarks>
/// The augmented Tchebycheff function of ParEGO: Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
/// multiobjective optimization problems", IEEE Transactions on Evolutionary Computation 10 (2006), equation 2. Unlike a weighted sum, it
/// also finds points where the front is concave. Differences: the weights are spread evenly over the trials rather than drawn one by one,
/// and objectives are measured in the range that they have on the front so far, so that a few very poor trials don't make it look flat.
/// </remarks>
public static class Scalarization
{
    // ρ of the paper: how much the sum of the objectives counts beside the worst of them.
    private const double Augmentation = 0.05;

    /// <summary>The weights of a trial's objectives.</summary>
    /// <param name="objectives">How many objectives; at least 2.</param>
    /// <param name="seed">The study's seed.</param>
    /// <param name="number">The trial's number, from 1.</param>
    /// <returns>At least 0 each; their sum is 1. Over the trials, they are spread evenly over all such weights.</returns>
    public static double[] Weights(int objectives, long seed, int number)
    {
        // The gaps between sorted uniform numbers are uniform on the simplex.
        double[] cuts = [0, .. new Sobol(objectives - 1, seed).Point(number).Order(), 1];
        return [.. cuts.Skip(1).Zip(cuts, (to, from) => to - from)];
    }

    /// <summary>The scores of some points under given weights; larger is better, and about 0 is the best possible.</summary>
    /// <param name="points">The points: finite values of each objective; larger is better.</param>
    /// <param name="weights">A weight for each objective.</param>
    public static IReadOnlyList<double> Scores(IReadOnlyList<double[]> points, double[] weights)
    {
        var front = ParetoFront.Of(points);
        var scales = Enumerable.Range(0, weights.Length).Select(j => Scale(points, front, j)).ToArray();
        return [.. points.Select(point => Score([.. scales.Select((scale, j) => weights[j] * scale.Loss(point[j]))]))];
    }

    /// <summary>
    /// The scores of some points for a method that compares ranks only: points on the front are better than all others, then come those on
    /// the front of the rest, and so on; within a front, <see cref="Scores"/> decides.
    /// </summary>
    /// <param name="points">As for <see cref="Scores"/>.</param>
    /// <param name="weights">A weight for each objective.</param>
    /// <remarks>
    /// Non-dominated sorting: Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions on Evolutionary
    /// Computation 6 (2002), section III.A. Only the better half of the points is sorted, because no method compares the others.
    /// </remarks>
    public static IReadOnlyList<double> RankedScores(IReadOnlyList<double[]> points, double[] weights)
    {
        var scores = Scores(points, weights);
        // Between 0 and 1, so that no score outweighs a rank.
        var ranked = scores.Select(score => 1 / (1 - score)).ToArray();
        List<int> rest = [.. Enumerable.Range(0, points.Count)];
        while (rest.Count > points.Count / 2)
        {
            var front = ParetoFront.Of([.. rest.Select(i => points[i])]).Select(k => rest[k]).ToHashSet();
            rest.RemoveAll(front.Contains);
            foreach (var i in Enumerable.Range(0, points.Count).Except(rest)) ranked[i]++;
        }

        return ranked;
    }

    private static double Score(double[] losses) => -(losses.Max() + (Augmentation * losses.Sum()));

    private static (double Best, double Width) Range(IEnumerable<double> values) =>
        (values.Max(), (values.Max() / 2) - (values.Min() / 2));

    private static ObjectiveScale Scale(IReadOnlyList<double[]> points, IReadOnlyList<int> front, int objective)
    {
        if (points.Count == 0) return new ObjectiveScale(0, 1);
        // All points of the front may agree in an objective; then its range over all points counts.
        var (best, width) = Range(front.Select(i => points[i][objective]));
        if (width <= 0) (best, width) = Range(points.Select(point => point[objective]));
        return new ObjectiveScale(best, width > 0 ? width : 1);
    }

    // Halves, so that no difference overflows.
    private readonly record struct ObjectiveScale(double Best, double HalfWidth)
    {
        public double Loss(double value) => ((Best / 2) - (value / 2)) / HalfWidth;
    }
}
