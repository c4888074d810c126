using Tenfold.Numerics.Tuning;

namespace Tenfold.Bench.Tuning;

/// <summary>How a simulated trial's duration depends on its parameters.</summary>
internal enum CostKind
{
    /// <summary>Not at all.</summary>
    Even,

    /// <summary>It grows ten times along the first parameter. In Hartmann6 the optimum has a fifth of that parameter's range.</summary>
    CheapOptimum,

    /// <summary>It grows ten times along the third parameter. In Hartmann6 the optimum has about half of that parameter's range.</summary>
    MiddlingOptimum,

    /// <summary>It falls ten times along the first parameter, so that in Hartmann6 trials near the optimum take long.</summary>
    DearOptimum,

    /// <summary>It grows ten times along the last parameter, which in Hartmann6-idle does not matter otherwise.</summary>
    Idle,
}

/// <summary>A study whose trials take as long as their parameters say, with some luck, until the time is over.</summary>
/// <param name="Function">The function to maximise.</param>
/// <param name="Kind">How durations depend on parameters.</param>
/// <param name="Seed">The seed.</param>
internal sealed record CostlyStudy(TestFunction Function, CostKind Kind, int Seed)
{
    private const double Luck = 0.2; // the standard deviation of the logarithm of a duration

    /// <summary>How many trials at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>The time of the study, where a trial takes 1 to 10.</summary>
    public double Time { get; init; } = 40;

    /// <summary>True to weigh the expected improvement by the predicted duration.</summary>
    public bool IsCostAware { get; init; }

    /// <summary>Runs the study.</summary>
    /// <returns>The regret after each tenth of the time, and the number of trials that ended.</returns>
    public (IReadOnlyList<double> Regrets, int Trials) Run(ISearchMethod method)
    {
        var noises = Workload.Of(Durations.HalfNormal, Seed, 1000).Noises;
        var running = new PriorityQueue<int, (double End, int Number)>();
        var (points, durations) = (new List<double[]>(), new List<double>());
        var told = new SortedDictionary<int, Observation>();
        var (regrets, best, now) = (new List<double>(), double.MinValue, 0.0);
        while (true)
        {
            while (points.Count - told.Count < Workers)
            {
                var point = Ask(method, points, durations, told);
                points.Add(point);
                durations.Add(Duration(point) * Math.Exp(Luck * noises[points.Count - 1]));
                running.Enqueue(points.Count, (now + durations[^1], points.Count));
            }

            running.TryDequeue(out var number, out var at);
            now = at.End;
            while (regrets.Count < 10 && now > (regrets.Count + 1) * Time / 10) regrets.Add(Function.Optimum - best);
            if (now > Time) return (regrets, told.Count);
            var value = Function.Value(Function.Space.Decode(points[number - 1]));
            best = Math.Max(best, value);
            told.Add(number, new Observation(number, points[number - 1], value));
        }
    }

    private double Duration(double[] point) => Kind switch
    {
        CostKind.CheapOptimum => Math.Pow(10, point[0]),
        CostKind.MiddlingOptimum => Math.Pow(10, point[2]),
        CostKind.Idle => Math.Pow(10, point[^1]),
        CostKind.DearOptimum => Math.Pow(10, 1 - point[0]),
        _ => Math.Sqrt(10),
    };

    private double[] Ask(ISearchMethod method, List<double[]> points, List<double> durations, SortedDictionary<int, Observation> told)
    {
        // As StudyHistory weighs them.
        var spent = told.Keys.Sum(number => durations[number - 1]) / Workers / Time;
        return method.Suggest(new TuningHistory
        {
            Space = Function.Space,
            Observations = [.. told.Values],
            Running = [.. points.Where((_, i) => !told.ContainsKey(i + 1))],
            Number = points.Count + 1,
            Seed = Seed,
            Parallel = Workers,
            Durations = [.. told.Keys.Select(number => new TrialDuration(number, points[number - 1], durations[number - 1]))],
            DurationWeight = IsCostAware ? Math.Clamp(1 - spent, 0, 1) : 0,
        })!.Point;
    }
}
