using Tenfold.App.Sweeping;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Tests.Sweeping;

public sealed class The_baseline_of_a_sweep
{
    private static readonly OrderedDictionary<string, SearchDimension> Space = new()
    {
        ["lr"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
        ["optimizer"] = new ChoiceDimension([new TextValue("sgd"), new TextValue("adam")], Ordered: false),
        ["momentum"] = new RangeDimension
        {
            Min = 0,
            Max = 1,
            Whole = false,
            When = new Dictionary<string, IReadOnlyList<ParameterValue>> { ["optimizer"] = [new TextValue("sgd")] },
        },
        ["layers"] = new FixedDimension(new IntegerValue(2)),
    };

    [Theory]
    [InlineData("""{"lr":0.5,"optimizer":"adam","momentum":0.9}""", "{}", """{"lr":0.5,"optimizer":"adam","layers":2}""")]
    [InlineData("""{"lr":0.5,"optimizer":"sgd","momentum":0.9}""", "{}", """{"lr":0.5,"optimizer":"sgd","momentum":0.9,"layers":2}""")]
    [InlineData("""{"lr":0.5,"optimizer":"adam"}""", """{"lr":0.1}""", """{"lr":0.1,"optimizer":"adam","layers":2}""")]
    [InlineData("""{"lr":0.5,"optimizer":"sgd"}""", "{}", null)]
    [InlineData("""{"optimizer":"adam"}""", "{}", null)]
    [InlineData("""{"optimizer":"adam","layers":3}""", """{"lr":7.5}""", """{"lr":7.5,"optimizer":"adam","layers":3}""")]
    public void It_has_the_projects_values_of_the_active_parameters(string project, string named, string? expected)
    {
        var sweep = new Sweep { Parameters = Space, Baseline = Parameters.FromJson(named) };
        var baseline = SweepSettings.BaselineOf(sweep, Parameters.FromJson(project));
        (baseline is { } found ? Parameters.FromJson(found.GetRawText()).ToJson() : null).ShouldBe(expected);
    }
}
