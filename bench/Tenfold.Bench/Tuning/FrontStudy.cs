using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Objectives;

namespace Tenfold.Bench.Tuning;

/// <summary>A study with several objectives whose trials take simulated time, as <see cref="SimulatedStudy"/> with one.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Seed">The seed of the study and of its workload.</param>
internal sealed record FrontStudy(FrontProblem Problem, int Seed)
{
    /// <summary>How many trials.</summary>
    public int Trials { get; init; } = 100;

    /// <summary>How many trials at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>Runs the study.</summary>
    /// <returns>The values of all trials.</returns>
    public IReadOnlyList<double[]> Run(ISearchMethod method)
    {
        var times = Workload.Of(Durations.HalfNormal, Seed, Trials).Times;
        var running = new PriorityQueue<int, (double At, int Number)>();
        var (points, told) = (new SortedDictionary<int, double[]>(), new SortedDictionary<int, double[]>());
        var (asked, now) = (0, 0.0);
        while (told.Count < Trials)
        {
            while (points.Count - told.Count < Workers && asked < Trials)
            {
                points.Add(asked + 1, Ask(method, points, told, asked + 1));
                running.Enqueue(asked + 1, (now + times[asked], asked + 1));
                asked++;
            }

            running.TryDequeue(out var number, out var end);
            now = end.At;
            told.Add(number, Problem.Values(Problem.Space.Decode(points[number])));
        }

        return [.. told.Values];
    }

    private double[] Ask(
        ISearchMethod method, SortedDictionary<int, double[]> points, SortedDictionary<int, double[]> told, int number)
    {
        // As StudyHistory scores them.
        var weights = Scalarization.Weights(Problem.Reference.Length, Seed, number);
        var scores = method.Name == "tpe" ? Scalarization.RankedScores([.. told.Values], weights)
            : Scalarization.Scores([.. told.Values], weights);
        var suggestion = method.Suggest(new TuningHistory
        {
            Space = Problem.Space,
            Observations = [.. told.Keys.Select((trial, i) => new Observation(trial, points[trial], scores[i]))],
            Running = [.. points.Where(point => !told.ContainsKey(point.Key)).Select(point => point.Value)],
            Number = number,
            Seed = Seed,
            Parallel = Workers,
            Trials = Trials,
        });
        return suggestion?.Point ?? throw new InvalidOperationException($"{method.Name} found the space of {Problem.Name} exhausted");
    }
}
