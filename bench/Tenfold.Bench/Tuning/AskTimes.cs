using Tenfold.Numerics.Tuning;

namespace Tenfold.Bench.Tuning;

/// <summary>Measures how long search methods take.</summary>
internal static class AskTimes
{
    private const int Workers = 8;

    /// <summary>Measures a method after some trials in some dimensions.</summary>
    /// <returns>
    /// Milliseconds: <c>first</c> for the first ask of a process; <c>refit</c> to prepare a fresh method, the median of 3; <c>ask</c> for
    /// an ask of a prepared method, the median of 21.
    /// </returns>
    public static Dictionary<string, double> Measure(SweepMethod method, int trials, int dimensions)
    {
        var history = History(trials, dimensions);
        var first = Took(() => SearchMethods.Create(method).Suggest(history));
        var small = History(Math.Min(trials, 60), dimensions);
        for (var i = 0; i < 3; i++) SearchMethods.Create(method).Suggest(small);
        var prepared = SearchMethods.Create(method);
        var refits = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            prepared = SearchMethods.Create(method);
            refits.Add(Took(() => prepared.Prepare(history)));
        }

        var asks = Enumerable.Range(trials + Workers, 21).Select(number => Took(() => prepared.Suggest(history with { Number = number })));
        return new() { ["first"] = first, ["refit"] = Median(refits), ["ask"] = Median([.. asks]) };
    }

    private static TuningHistory History(int trials, int dimensions)
    {
        var random = new Random(1);
        var function = TestFunction.OfNumbers(
            "Bowl", 0, [.. Enumerable.Repeat((0.0, 1.0), dimensions)], x => -x.Sum(xi => (xi - 0.3) * (xi - 0.3)));
        double[] point() => function.Space.Snap([.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble())]);
        return new TuningHistory
        {
            Space = function.Space,
            Observations =
            [
                .. Enumerable.Range(1, trials).Select(number => (number, point: point()))
                    .Select(one => new Observation(one.number, one.point, function.Value(function.Space.Decode(one.point)))),
            ],
            Running = [.. Enumerable.Range(1, Workers - 1).Select(_ => point())],
            Number = trials + Workers,
            Seed = 1,
            Parallel = Workers,
        };
    }

    private static double Took(Action action)
    {
        var start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
