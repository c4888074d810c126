using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench.Tuning;

/// <summary>A problem with two objectives to maximise.</summary>
/// <param name="Name">The name that the commands take.</param>
/// <param name="Parameters">The problem's parameters.</param>
/// <param name="Reference">The reference point of the hypervolume.</param>
/// <param name="Values">The objectives, larger is better.</param>
/// <remarks>
/// ZDT1 and ZDT2 are of Zitzler, Deb and Thiele, "Comparison of multiobjective evolutionary algorithms", Evolutionary Computation 8 (2000),
/// in six dimensions and negated. Their largest hypervolumes here are 1.21 − 1/3 and 1.21 − 2/3. ZDT2's front is concave.
/// </remarks>
internal sealed record FrontProblem(
    string Name, IReadOnlyDictionary<string, SearchDimension> Parameters, double[] Reference, Func<Parameters, double[]> Values)
{
    /// <summary>The space.</summary>
    public SearchSpace Space { get; } = new(Parameters);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, FrontProblem> All { get; } = Every().ToDictionary(problem => problem.Name);

    private static IEnumerable<FrontProblem> Every()
    {
        yield return Zdt("ZDT1", Math.Sqrt);
        yield return Zdt("ZDT2", share => share * share);
        // Quality beside the logarithm of the number of weights, as with a network that must be good and small.
        var network = TestFunctions.All["Mixed"];
        yield return new FrontProblem("Network", network.Parameters, [-2, -6], settings => [network.Value(settings), -Size(settings)]);
    }

    private static FrontProblem Zdt(string name, Func<double, double> shape)
    {
        var cube = TestFunction.OfNumbers(name, 0, [.. Enumerable.Repeat((0.0, 1.0), 6)], _ => 0);
        return new FrontProblem(name, cube.Parameters, [-1.1, -1.1], settings =>
        {
            double[] x = [.. settings.Values.Select(value => ((NumberValue)value).Value)];
            var g = 1 + (9 * x.Skip(1).Average());
            return [-x[0], -g * (1 - shape(x[0] / g))];
        });
    }

    private static double Size(Parameters settings) =>
        Math.Log10(((IntegerValue)settings["layers"]).Value * Math.Pow(((IntegerValue)settings["width"]).Value, 2));
}
