using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Objectives;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench.Tuning;

/// <summary>The commands of <c>tenfold-bench tuning</c>. Each prints a line of JSON for each result.</summary>
internal static class TuningBench
{
    /// <summary>Runs a command.</summary>
    /// <returns>The exit code; 2 for an unknown command.</returns>
    public static int Run(string[] args)
    {
        switch (args)
        {
            case ["study", var function, var method, var durations, var batches, .. var seeds]:
                foreach (var seed in seeds)
                    Study(TestFunctions.All[function], method, Parse(durations), batches == "sync", int.Parse(seed));
                return 0;
            case ["function", var function]:
                Serve(TestFunctions.All[function]);
                return 0;
            case ["front", var problem, var method, .. var seeds]:
                foreach (var seed in seeds) Front(FrontProblem.All[problem], method, int.Parse(seed));
                return 0;
            case ["problem", var problem]:
                Serve(FrontProblem.All[problem]);
                return 0;
            case ["workload", var durations, var seed]:
                var workload = Workload.Of(Parse(durations), int.Parse(seed), 100);
                Print(new { times = workload.Times, noises = workload.Noises });
                return 0;
            case ["times", var method, var trials, var dimensions]:
                Print(AskTimes.Measure(Method(method), int.Parse(trials), int.Parse(dimensions)));
                return 0;
            case ["prune", var function, var rule, var first, var last]:
                Prune(TestFunctions.All[function], rule, int.Parse(first), int.Parse(last));
                return 0;
            case ["cost", var function, var kind, var method, var first, var last]:
                Cost(TestFunctions.All[function], Enum.Parse<CostKind>(kind), method, int.Parse(first), int.Parse(last));
                return 0;
            default:
                return 2;
        }
    }

    private static void Study(TestFunction function, string method, Durations durations, bool synchronous, int seed)
    {
        var study = new SimulatedStudy(function, seed) { Durations = durations, Synchronous = synchronous };
        var steps = study.Run(SearchMethods.Create(Method(method)));
        Print(new
        {
            seed,
            at = steps.Select(step => step.At),
            regret = steps.Select(step => step.Regret),
            failed = steps.Select(step => step.Failed),
        });
    }

    /// <summary>Prints the hypervolume after half of the trials (by number) and after all.</summary>
    private static void Front(FrontProblem problem, string method, int seed)
    {
        var values = new FrontStudy(problem, seed).Run(SearchMethods.Create(Method(method)));
        Print(new
        {
            seed,
            half = ParetoFront.Hypervolume([.. values.Take(values.Count / 2)], problem.Reference),
            whole = ParetoFront.Hypervolume(values, problem.Reference),
        });
    }

    /// <summary>Prints a line for each kind of learning curve: the medians over the seeds.</summary>
    private static void Prune(TestFunction function, string rule, int first, int last)
    {
        var pruning = rule == "none" ? null : new Pruning(Enum.Parse<PruningRule>(rule, ignoreCase: true), MaxSteps: LearningCurve.Steps);
        foreach (var kind in Enum.GetValues<CurveKind>())
        {
            var results = Enumerable.Range(first, last - first + 1).Select(seed =>
                new PrunedStudy(new LearningCurve(function, kind, LearningCurve.ScaleOf(function)), seed) { Pruning = pruning }
                    .Run(SearchMethods.Create(SweepMethod.Auto))).ToList();
            Print(new
            {
                function = function.Name,
                kind = kind.ToString(),
                rule,
                trials = Median(results.Select(result => (double)result.Trials)),
                completed = Median(results.Select(result => (double)result.Completed)),
                regrets = Enumerable.Range(0, results[0].Regrets.Count).Select(i => Median(results.Select(result => result.Regrets[i]))),
            });
        }
    }

    /// <summary>Prints a line without <c>cost_aware</c> and one with it: the medians over the seeds.</summary>
    private static void Cost(TestFunction function, CostKind kind, string method, int first, int last)
    {
        foreach (var isAware in new[] { false, true })
        {
            var results = Enumerable.Range(first, last - first + 1).Select(seed =>
                new CostlyStudy(function, kind, seed) { IsCostAware = isAware }.Run(SearchMethods.Create(Method(method)))).ToList();
            Print(new
            {
                function = function.Name,
                kind = kind.ToString(),
                aware = isAware,
                trials = Median(results.Select(result => (double)result.Trials)),
                regrets = Enumerable.Range(0, 10).Select(i => Median(results.Select(result => result.Regrets[i]))),
            });
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Serves a peer: describes the function, and then answers each line of settings with a line that has the value.</summary>
    private static void Serve(TestFunction function)
    {
        Print(new { space = SpaceJson.Write(function.Parameters), optimum = function.Optimum, noise = function.Noise });
        Answer(function.Space, settings => [function.Value(settings)]);
    }

    /// <summary>Serves a problem to a peer in the same way; a line of the answer has the value of each objective.</summary>
    private static void Serve(FrontProblem problem)
    {
        Print(new { space = SpaceJson.Write(problem.Parameters), reference = problem.Reference });
        Answer(problem.Space, problem.Values);
    }

    private static void Answer(SearchSpace space, Func<Parameters, double[]> values)
    {
        while (Console.ReadLine() is { } line)
        {
            // Encodes the settings as Tenfold records them, since a peer may write whole numbers with a decimal point.
            var point = space.Encode(Parameters.FromJson(line)) ?? throw new ArgumentException($"outside of the space: {line}");
            var answer = values(space.Decode(point)).Select(value => value.ToString("R", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Join(' ', answer));
        }
    }

    private static SweepMethod Method(string name) => Enum.Parse<SweepMethod>(name, ignoreCase: true);

    private static Durations Parse(string durations) => Enum.Parse<Durations>(durations.Replace("-", ""), ignoreCase: true);

    private static void Print<T>(T record) => Console.WriteLine(JsonSerializer.Serialize(record));
}
