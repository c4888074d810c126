using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

/// <summary>Search spaces for tests: hand-written, and random of every kind.</summary>
internal static class Spaces
{
    public static RangeDimension Floats(double min, double max, double? step = null) =>
        new() { Min = min, Max = max, Whole = false, Step = step };

    public static RangeDimension Logs(double min, double max) => new() { Min = min, Max = max, Whole = false, Scale = RangeScale.Log };

    public static RangeDimension Wholes(double min, double max, double? step = null) =>
        new() { Min = min, Max = max, Whole = true, Step = step };

    public static RangeDimension WholeLogs(double min, double max) => new() { Min = min, Max = max, Whole = true, Scale = RangeScale.Log };

    public static ChoiceDimension Words(params string[] words) => new([.. words.Select(word => new TextValue(word))], Ordered: false);

    public static ChoiceDimension Sizes(params long[] sizes) => new([.. sizes.Select(size => new IntegerValue(size))], Ordered: true);

    public static IReadOnlyDictionary<string, SearchDimension> Of(params (string Name, SearchDimension Dimension)[] parameters) =>
        new OrderedDictionary<string, SearchDimension>(parameters.Select(one => KeyValuePair.Create(one.Name, one.Dimension)));

    public static IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>> When(string name, params ParameterValue[] values) =>
        new OrderedDictionary<string, IReadOnlyList<ParameterValue>> { [name] = values };

    public static SearchSpace Cube(int dimensions) =>
        new(Of([.. Enumerable.Range(1, dimensions).Select(i => ($"x{i}", (SearchDimension)Floats(0, 1)))]));

    public static ParameterValue Text(string text) => new TextValue(text);

    /// <summary>A category with conditional parameters, nested conditions, a child before its parent, and fixed parameters.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Conditional(bool discrete = false) =>
        Conditional(discrete, new BooleanValue(true), new BooleanValue(false));

    /// <summary>A random space of one to six parameters. Parameters after a choice may depend on it.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Any(Random random, bool discrete = false)
    {
        var parameters = new OrderedDictionary<string, SearchDimension>();
        var count = random.Next(1, 7);
        for (var i = 0; i < count; i++)
        {
            var dimension = Dimension(random, discrete);
            var parents = parameters.Where(one => one.Value is ChoiceDimension).ToList();
            if (parents.Count > 0 && random.Next(2) == 0)
            {
                var parent = parents[random.Next(parents.Count)];
                var values = ((ChoiceDimension)parent.Value).Values;
                dimension = dimension with { When = When(parent.Key, [.. values.Take(random.Next(1, values.Count + 1))]) };
            }

            // Some children come before their parents.
            parameters.Insert(random.Next(parameters.Count + 1), $"p{i}", dimension);
        }

        return parameters;
    }

    private static IReadOnlyDictionary<string, SearchDimension> Conditional(bool discrete, BooleanValue yes, BooleanValue no) => Of(
        ("momentum", (discrete ? Floats(0, 0.9, 0.3) : Floats(0, 0.99)) with { When = When("optimizer", Text("sgd")) }),
        ("optimizer", Words("adam", "sgd", "lbfgs")),
        ("amsgrad", new ChoiceDimension([yes, no], Ordered: false) { When = When("optimizer", Text("adam")) }),
        ("epsilon", (discrete ? Sizes(1, 2, 3) : (SearchDimension)Logs(1e-8, 1e-2)) with { When = When("amsgrad", yes) }),
        ("history", new FixedDimension(new IntegerValue(20)) { When = When("optimizer", Text("lbfgs")) }),
        ("layers", Wholes(1, 4)),
        ("epochs", new FixedDimension(new IntegerValue(60))));

    private static SearchDimension Dimension(Random random, bool discrete)
    {
        var low = Math.Round((random.NextDouble() * 20) - 10, random.Next(4));
        var least = Math.Pow(10, random.Next(-9, 3));
        return random.Next(discrete ? 3 : 0, 10) switch
        {
            0 => Floats(low, low + (random.NextDouble() * Math.Pow(10, random.Next(-3, 7)))),
            1 or 2 => Logs(least, least * Math.Pow(10, random.Next(1, 8))),
            3 => Floats(Math.Round(low, 1), Math.Round(low, 1) + 1, random.Next(1, 4) * 0.1),
            4 => Wholes(random.Next(-9, 3), random.Next(3, 9)),
            5 => Wholes(0, 10, random.Next(1, 5)),
            6 => WholeLogs(random.Next(1, 4), random.Next(4, 40)),
            7 => new FixedDimension(new NumberValue(low)),
            8 => Sizes(16, 32, 64, 128),
            _ => new ChoiceDimension([new TextValue("1"), new IntegerValue(1), new NumberValue(1), new BooleanValue(true)], Ordered: false),
        };
    }
}
