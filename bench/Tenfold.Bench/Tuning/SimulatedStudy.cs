using Tenfold.Numerics.Tuning;

namespace Tenfold.Bench.Tuning;

/// <summary>A study whose trials take simulated time. A worker gets its next trial as soon as its last one has ended.</summary>
/// <param name="Function">The function to maximise.</param>
/// <param name="Seed">The seed of the study and of its workload.</param>
internal sealed record SimulatedStudy(TestFunction Function, int Seed)
{
    /// <summary>How many trials.</summary>
    public int Trials { get; init; } = 100;

    /// <summary>How many trials at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>How long a trial takes.</summary>
    public Durations Durations { get; init; } = Durations.HalfNormal;

    /// <summary>True to ask the next batch only after the whole last one has ended.</summary>
    public bool Synchronous { get; init; }

    /// <summary>Runs the study.</summary>
    /// <returns>A step for each trial, in the order in which the trials ended.</returns>
    public IReadOnlyList<Step> Run(ISearchMethod method)
    {
        var workload = Workload.Of(Durations, Seed, Trials);
        var running = new PriorityQueue<Trial, (double At, int Number)>();
        var open = new SortedDictionary<int, double[]>();
        var told = new SortedDictionary<int, Observation>();
        var steps = new List<Step>();
        var (best, asked, failed, now) = (double.MinValue, 0, 0, 0.0); // finite, for JSON
        while (steps.Count < Trials)
        {
            if (!Synchronous || open.Count == 0)
            {
                while (open.Count < Workers && asked < Trials)
                {
                    var point = Ask(method, told, open, ++asked);
                    open.Add(asked, point);
                    var end = now + workload.Times[asked - 1];
                    running.Enqueue(new Trial(asked, point, end), (end, asked));
                }
            }

            var ended = running.Dequeue();
            now = ended.End;
            open.Remove(ended.Number);
            var value = Function.Value(Function.Space.Decode(ended.Point));
            var noise = Function.Noise * workload.Noises[ended.Number - 1];
            told.Add(ended.Number, new Observation(ended.Number, ended.Point, value + noise));
            if (double.IsFinite(value)) best = Math.Max(best, value);
            else failed++;
            steps.Add(new Step(now, Function.Optimum - best, failed));
        }

        return steps;
    }

    // Tenfold's history, too, is in the order of the trials' numbers, not of their ends.
    private double[] Ask(ISearchMethod method, SortedDictionary<int, Observation> told, SortedDictionary<int, double[]> open, int number)
    {
        var suggestion = method.Suggest(new TuningHistory
        {
            Space = Function.Space,
            Observations = [.. told.Values],
            Running = [.. open.Values],
            Number = number,
            Seed = Seed,
            Parallel = Workers,
            Trials = Trials,
        });
        return suggestion?.Point ?? throw new InvalidOperationException($"{method.Name} found the space of {Function.Name} exhausted");
    }

    private sealed record Trial(int Number, double[] Point, double End);
}

/// <summary>The state of a simulated study after a trial.</summary>
/// <param name="At">The time at which the trial ended.</param>
/// <param name="Regret">The optimum less the true value of the best point evaluated so far.</param>
/// <param name="Failed">How many trials have failed so far.</param>
internal sealed record Step(double At, double Regret, int Failed);
