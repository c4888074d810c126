using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests;

public sealed class The_readme_example_works
{
    [Fact]
    public void It_finds_a_real_difference_and_a_good_learning_rate()
    {
        // The example begins.
        // Is the candidate better than the baseline? Runs with equal seeds are compared as pairs.
        SeedValue[] candidate = [new(1, 0.93), new(2, 0.95), new(3, 0.94), new(4, 0.96), new(5, 0.93), new(6, 0.95)];
        SeedValue[] baseline = [new(1, 0.90), new(2, 0.93), new(3, 0.90), new(4, 0.92), new(5, 0.91), new(6, 0.92)];
        var comparison = Comparison.Between(candidate, baseline, MetricGoal.Maximize);
        Console.WriteLine($"{comparison.Verdict}, p = {comparison.PValue:G2}, difference {comparison.Difference:F3}");

        // Which learning rate is best? Values are maximised: negate a loss.
        var space = new SearchSpace(new OrderedDictionary<string, SearchDimension>
        {
            ["learning_rate"] = new RangeDimension { Min = 1e-4, Max = 1, Whole = false, Scale = RangeScale.Log },
        });
        var method = SearchMethods.Create(SweepMethod.Auto);
        var observations = new List<Observation>();
        for (var trial = 1; trial <= 20; trial++)
        {
            var history = new TuningHistory { Space = space, Observations = observations, Number = trial, Trials = 20 };
            var point = method.Suggest(history)!.Point;
            observations.Add(new Observation(trial, point, Score(space.Decode(point))));
        }
        // The example ends.
        comparison.Verdict.ShouldBe(Verdict.Better);
        observations.Max(observation => observation.Value).ShouldBeGreaterThan(-0.01);
    }

    [Fact]
    public void The_readme_contains_this_example()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tenfold.slnx"))) folder = folder.Parent;
        var source = File.ReadAllText(Path.Combine(
            folder.FullName, "tests", "Tenfold.Numerics.Tests", $"{nameof(The_readme_example_works)}.cs"));
        var lines = source.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line).ToList();
        var (first, last) = (lines.IndexOf("// The example begins.") + 1, lines.IndexOf("// The example ends."));
        File.ReadAllText(Path.Combine(folder.FullName, "src", "Tenfold.Numerics", "README.md"))
            .ShouldContain($"```csharp\n{string.Join('\n', lines[first..last])}\n```");
    }

    private static double Score(Parameters parameters) =>
        -Math.Pow(Math.Log10(((NumberValue)parameters["learning_rate"]).Value) + 2, 2);
}
