using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class Forbidden_combinations_are_never_suggested
{
    public static TheoryData<SweepMethod> All => [.. Enum.GetValues<SweepMethod>()];

    /// <summary>The methods that accept any space.</summary>
    public static TheoryData<SweepMethod> Free => [.. Enum.GetValues<SweepMethod>().Except([SweepMethod.Grid])];

    [Theory]
    [MemberData(nameof(All))]
    public void A_small_space_is_suggested_without_them(SweepMethod method)
    {
        // Two of the twelve points have a and 2.
        var space = Space(("a", Spaces.Words("a", "b", "c")), ("n", Spaces.Sizes(1, 2)), ("colour", Spaces.Words("red", "blue")));
        var found = Search(method, space, 13, _ => 0);
        found.Count.ShouldBe(10);
        found.Select(point => SearchSpace.Key(point)).ShouldBeUnique();
        found.ShouldAllBe(point => !space.IsForbidden(point));
        space.Points()!.Count().ShouldBe(10);
    }

    [Theory]
    [MemberData(nameof(Free))]
    public void The_search_keeps_to_the_rest_even_where_they_would_be_best(SweepMethod method)
    {
        var space = Space(("a", Spaces.Words("a", "b", "c")), ("n", Spaces.Sizes(1, 2)), ("x", Spaces.Floats(0, 1)));
        // The values rise towards the forbidden combination.
        var found = Search(method, space, 40, point =>
        {
            var settings = space.Decode(point);
            return (settings["a"].Text == "a" ? 1 : 0) + (settings["n"].Text == "2" ? 1 : 0)
                - Math.Pow(((NumberValue)settings["x"]).Value - 0.7, 2);
        });
        found.Count.ShouldBe(40);
        found.ShouldAllBe(point => !space.IsForbidden(point));
        if (method is SweepMethod.Auto or SweepMethod.LogEI or SweepMethod.Thompson)
            found.Min(point => Math.Abs(((NumberValue)space.Decode(point)["x"]).Value - 0.7)).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Conditions_and_fixed_values_count()
    {
        var parameters = Spaces.Of(
            ("a", new FixedDimension(new TextValue("a"))), ("b", Spaces.Words("x", "y")),
            ("c", Spaces.Words("p", "q") with { When = Spaces.When("b", new TextValue("x")) }));
        ForbiddenOf(Spaces.When("a", new TextValue("z"))).ShouldBe(0, "a is fixed at another value");
        ForbiddenOf(Spaces.When("a", new TextValue("a"))).ShouldBe(3, "it holds everywhere");
        ForbiddenOf(Spaces.When("c", new TextValue("p"), new TextValue("q"))).ShouldBe(2, "c is not active with y");

        int ForbiddenOf(IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> combination) =>
            3 - new SearchSpace(parameters, [combination]).Points()!.Count();
    }

    [Fact]
    public void Nothing_is_suggested_when_everything_is_forbidden()
    {
        var space = new SearchSpace(
            Spaces.Of(("a", Spaces.Words("a", "b")), ("x", Spaces.Floats(0, 1))),
            [Spaces.When("a", new TextValue("a"), new TextValue("b"))]);
        SearchMethods.Create(SweepMethod.Random).Suggest(new TuningHistory { Space = space, Number = 1 }).ShouldBeNull();
    }

    // Without the combination of a and 2.
    private static SearchSpace Space(params (string Name, SearchDimension Dimension)[] parameters)
    {
        var combination = new OrderedDictionary<string, IReadOnlyList<ParameterValue>>
        {
            ["a"] = [new TextValue("a")],
            ["n"] = [new IntegerValue(2)],
        };
        return new SearchSpace(Spaces.Of(parameters), [combination]);
    }

    private static List<double[]> Search(SweepMethod kind, SearchSpace space, int count, Func<double[], double> value)
    {
        var (method, told) = (SearchMethods.Create(kind), new List<Observation>());
        while (told.Count < count)
        {
            var history = new TuningHistory { Space = space, Observations = [.. told], Number = told.Count + 1, Seed = 3 };
            if (method.Suggest(history) is not { } next) break;
            told.Add(new Observation(history.Number, next.Point, value(next.Point)));
        }

        return told.ConvertAll(one => one.Point);
    }
}
