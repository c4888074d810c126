namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Fits hyper-parameters to rows by maximising their posterior density. A fit is a function of the rows alone.</summary>
/// <remarks>
/// The fit goes from coarse to fine. It begins with several starts on few rows, because the likelihood of few rows has several optima. It
/// continues from the best optimum with more and more rows, up to <see cref="MaxRows"/>. It doesn't use earlier fits, so a study that was
/// killed continues identically.
/// </remarks>
internal static class HyperParameterFit
{
    /// <summary>The maximum number of rows in a fit. More rows make it slower and hardly better.</summary>
    public const int MaxRows = 500;

    private const int FirstRows = 120;

    // Starts for a moderately smooth, a smooth and a rough function of few axes, and for a function that is mostly noise.
    private static readonly (double Length, double Noise)[] Starts = [(0.35, 1e-4), (0.8, 1e-3), (0.15, 1e-3), (0.4, 0.3)];

    /// <summary>The most likely hyper-parameters.</summary>
    /// <param name="embedding">The space's embedding.</param>
    /// <param name="rows">The rows, ordered by trial number.</param>
    /// <param name="values">The standardised value of each row.</param>
    public static HyperParameters Of(Embedding embedding, IReadOnlyList<ModelRow> rows, double[] values)
    {
        var size = Math.Min(rows.Count, MaxRows);
        var sizes = new Stack<int>([size]);
        while (sizes.Peek() > 1.5 * FirstRows) sizes.Push(Math.Max(FirstRows, sizes.Peek() * 2 / 5));
        double[]? best = null;
        var widening = MarginalLikelihood.Widening(embedding.Axes);
        foreach (var count in sizes)
        {
            var chosen = Subset(values, count);
            var likelihood = new MarginalLikelihood(embedding, [.. chosen.Select(i => rows[i])], [.. chosen.Select(i => values[i])]);
            if (best is null)
            {
                var lowest = double.PositiveInfinity;
                foreach (var (length, noise) in Starts)
                {
                    double[] start = [.. Enumerable.Repeat(Math.Log(length * widening), embedding.Axes), 0, Math.Log(noise)];
                    var (found, value) =
                        BoxedLbfgs.Minimise(likelihood.Evaluate, start, likelihood.Lower, likelihood.Upper, 60, 1e-3, 1e-7);
                    if (value < lowest) (best, lowest) = (found, value);
                }

                best ??= [.. Enumerable.Repeat(Math.Log(Starts[0].Length * widening), embedding.Axes), 0, Math.Log(Starts[0].Noise)];
            }
            else best = BoxedLbfgs.Minimise(likelihood.Evaluate, best, likelihood.Lower, likelihood.Upper, 25, 1e-2, 1e-6).X;
        }

        return HyperParameters.FromLogarithms(best!);
    }

    /// <summary>
    /// Chooses rows that represent all rows: a third are the best, the others are spread evenly over the rest in trial order.
    /// </summary>
    /// <returns>Indices in ascending order.</returns>
    public static IReadOnlyList<int> Subset(double[] values, int count)
    {
        var all = Enumerable.Range(0, values.Length);
        if (count == values.Length) return [.. all];
        var best = all.OrderByDescending(i => values[i]).ThenBy(i => i).Take(count / 3).ToHashSet();
        var rest = all.Where(i => !best.Contains(i)).ToList();
        var spread = count - best.Count;
        return [.. best.Concat(Enumerable.Range(0, spread).Select(k => rest[(int)((long)k * rest.Count / spread)])).Order()];
    }
}
