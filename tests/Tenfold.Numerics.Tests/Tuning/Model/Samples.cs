using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Model;

/// <summary>Observations and posteriors for tests.</summary>
internal static class Samples
{
    /// <summary>Snapped random points.</summary>
    public static List<double[]> Points(SearchSpace space, int count, long seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => space.Snap([.. space.Axes.Select(_ => random.NextDouble())]))];
    }

    /// <summary>A smooth function with its optimum inside the unit cube.</summary>
    public static double Bowl(double[] point) =>
        1 - point.Select((x, i) => (1 + (0.3 * i)) * Math.Pow(x - 0.4, 2)).Sum() + (0.2 * Math.Sin(7 * point[0]));

    /// <summary>Trials of the function at random points.</summary>
    public static List<Observation> Trials(SearchSpace space, int count, long seed = 1, Func<double[], double>? value = null) =>
        [.. Points(space, count, seed).Select((point, i) => new Observation(i + 1, point, (value ?? Bowl)(point)))];

    /// <summary>A posterior with given hyper-parameters on random points, some of them observed more than once.</summary>
    public static (GaussianProcess Process, double[] Values) Posterior(SearchSpace space, int count, double noise)
    {
        var embedding = new Embedding(space);
        List<ModelRow> rows =
            [.. Points(space, count, 5).Select((point, i) => new ModelRow(point, embedding.Embed(point), Bowl(point), 1 + (i % 3)))];
        var lengths = space.Axes.Select((_, i) => 0.4 * (1 + (0.5 * i))).ToArray();
        double[] values = [.. rows.Select(row => row.Value)];
        return (GaussianProcess.Of(embedding, new HyperParameters(lengths, 1.3, noise), rows, values), values);
    }

    /// <summary>The kernel by its formula, on an unconditional numeric space.</summary>
    public static double Kernel(HyperParameters parameters, double[] a, double[] b)
    {
        var r = Math.Sqrt(5 * a.Select((x, i) => Math.Pow((x - b[i]) / parameters.LengthScales[i], 2)).Sum());
        return parameters.Variance * (1 + r + (r * r / 3)) * Math.Exp(-r);
    }
}
