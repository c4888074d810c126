using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Model;

/// <summary>A part of the space fails, as a batch that is too large for the memory does.</summary>
public sealed class Failing_trials_are_avoided
{
    public static TheoryData<SweepMethod> Methods => [SweepMethod.Thompson, SweepMethod.LogEI, SweepMethod.Auto];

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_best_beside_the_failing_part_is_found_with_few_failures(SweepMethod method)
    {
        // A third of the square fails, and the optimum lies 0.05 away from it.
        var trials = Search(method, Spaces.Cube(2), 40, x => x[0] > 0.65 - (0.1 * x[1]) ? double.NaN : Bowl(x, 0.55));
        Assert.InRange(trials.Where(trial => double.IsFinite(trial.Value)).Max(trial => trial.Value), -1e-3, 0);
        Assert.InRange(trials.Count(trial => double.IsNaN(trial.Value)), 0, 0.4 * trials.Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Failures_by_chance_do_not_hide_the_optimum(SweepMethod method)
    {
        var trials = Search(method, Spaces.Cube(2), 50, x => (x[0] * 1e6) % 1 < 0.3 ? double.NaN : Bowl(x, 0.55));
        Assert.InRange(trials.Where(trial => double.IsFinite(trial.Value)).Max(trial => trial.Value), -5e-3, 0);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Suggestions_depend_on_the_history_alone(SweepMethod method)
    {
        var space = Spaces.Cube(2);
        var trials = Search(method, space, 30, x => x[0] > 0.65 ? double.NaN : Bowl(x, 0.55));
        var used = SearchMethods.Create(method);
        for (var count = 12; count <= trials.Count; count += 6)
        {
            var history = History(space, trials[..count], count + 1);
            used.Prepare(history);
            var reversed = history with { Observations = [.. trials[..count].AsEnumerable().Reverse()] };
            Assert.Equal(used.Suggest(history)!.Point, SearchMethods.Create(method).Suggest(reversed)!.Point);
        }
    }

    private static double Bowl(double[] x, double at) => -Math.Pow(x[0] - at, 2) - Math.Pow(x[1] - 0.4, 2);

    private static List<Observation> Search(SweepMethod method, SearchSpace space, int count, Func<double[], double> value)
    {
        var maker = SearchMethods.Create(method);
        var trials = new List<Observation>();
        for (var number = 1; number <= count; number++)
        {
            var point = maker.Suggest(History(space, trials, number))!.Point;
            trials.Add(new Observation(number, point, value(point)));
        }

        return trials;
    }

    private static TuningHistory History(SearchSpace space, List<Observation> trials, int number) =>
        new() { Space = space, Observations = [.. trials], Number = number, Seed = 3 };
}
