namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Fits hyper-parameters to rows by maximum a posteriori: a pure function of the rows.</summary>
/// <remarks>
/// From coarse to fine: several starts on few rows, since the likelihood has several optima when there are few; then from the best of them
/// on more and more rows, up to <see cref="MaxRows"/>. Earlier fits play no part, so that a study
/// that was killed continues identically.
/// </remarks>
internal static class HyperParameterFit
{
    /// <summary>More rows than this make the fit slow and hardly better.</summary>
    public const int MaxRows = 500;

    private const int FirstRows = 120;

    // Length-scale and noise: a middling, a smooth and a wiggly function, and one that is all noise.
    private static readonly (double Length, double Noise)[] Starts = [(0.35, 1e-4), (0.8, 1e-3), (0.15, 1e-3), (0.4, 0.3)];

    /// <summary>The most likely hyper-parameters.</summary>
    /// <param name="embedding">The space's embedding.</param>
    /// <param name="rows">The rows, by trial number.</param>
    /// <param name="values">Their standardised values.</param>
    public static HyperParameters Of(Embedding embedding, IReadOnlyList<ModelRow> rows, double[] values)
    {
        var size = Math.Min(rows.Count, MaxRows);
        var sizes = new Stack<int>([size]);
        while (sizes.Peek() > 1.5 * FirstRows) sizes.Push(Math.Max(FirstRows, sizes.Peek() * 2 / 5));
        double[]? best = null;
        foreach (var count in sizes)
        {
            var chosen = Chosen(values, count);
            var likelihood = new MarginalLikelihood(embedding, [.. chosen.Select(i => rows[i])], [.. chosen.Select(i => values[i])]);
            if (best is null)
            {
                var lowest = double.PositiveInfinity;
                foreach (var (length, noise) in Starts)
                {
                    double[] start = [.. Enumerable.Repeat(Math.Log(length), embedding.Axes), 0, Math.Log(noise)];
                    var (found, value) =
                        BoxedLbfgs.Minimise(likelihood.Evaluate, start, likelihood.Lower, likelihood.Upper, 60, 1e-3, 1e-7);
                    if (value < lowest) (best, lowest) = (found, value);
                }

                best ??= [.. Enumerable.Repeat(Math.Log(Starts[0].Length), embedding.Axes), 0, Math.Log(Starts[0].Noise)];
            }
            else best = BoxedLbfgs.Minimise(likelihood.Evaluate, best, likelihood.Lower, likelihood.Upper, 25, 1e-2, 1e-6).X;
        }

        return HyperParameters.FromLogarithms(best!);
    }

    /// <summary>Chooses rows to represent all: the best third, and others spread evenly over the rest in trial order.</summary>
    public static IReadOnlyList<int> Chosen(double[] values, int count)
    {
        var all = Enumerable.Range(0, values.Length);
        if (count == values.Length) return [.. all];
        var best = all.OrderByDescending(i => values[i]).ThenBy(i => i).Take(count / 3).ToHashSet();
        var rest = all.Where(i => !best.Contains(i)).ToList();
        var spread = count - best.Count;
        return [.. best.Concat(Enumerable.Range(0, spread).Select(k => rest[(int)((long)k * rest.Count / spread)])).Order()];
    }
}
