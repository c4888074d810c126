using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench.Tuning;

/// <summary>A function to maximise, whose optimum is known.</summary>
/// <param name="Name">The name that the commands take.</param>
/// <param name="Parameters">The function's parameters.</param>
/// <param name="Optimum">The largest value in the space.</param>
/// <param name="Value">The function, without noise.</param>
/// <param name="Noise">The standard deviation of the Gaussian noise that is added to a value that is told.</param>
internal sealed record TestFunction(
    string Name, IReadOnlyDictionary<string, SearchDimension> Parameters, double Optimum, Func<Parameters, double> Value, double Noise = 0)
{
    /// <summary>The space.</summary>
    public SearchSpace Space { get; } = new(Parameters);

    /// <summary>A function of numbers x1, x2, …, each in its range.</summary>
    public static TestFunction OfNumbers(
        string name, double optimum, (double Min, double Max)[] ranges, Func<double[], double> value) => new(
        name,
        new OrderedDictionary<string, SearchDimension>(ranges.Select((range, i) => KeyValuePair.Create<string, SearchDimension>(
            $"x{i + 1}", new RangeDimension { Min = range.Min, Max = range.Max, Whole = false }))),
        optimum,
        settings => value([.. settings.Values.Select(x => ((NumberValue)x).Value)]));
}
