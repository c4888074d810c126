using Tenfold.Numerics.Tuning.Objectives;

namespace Tenfold.Numerics.Tests.Tuning.Objectives;

public sealed class A_front_holds_what_no_point_beats
{
    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 40)]
    [InlineData(3, 6)]
    [InlineData(4, 3)]
    public void It_agrees_with_a_comparison_of_all_pairs(int objectives, int levels)
    {
        // Few levels give many ties and equal points.
        var random = new Random(objectives + levels);
        for (var i = 0; i < 200; i++)
        {
            var points = Points(random, random.Next(0, 30), objectives, levels);
            var expected = Enumerable.Range(0, points.Length).Where(one => points.All(other =>
                !(other.Zip(points[one]).All(pair => pair.First >= pair.Second)
                    && other.Zip(points[one]).Any(pair => pair.First > pair.Second))));
            ParetoFront.Of(points).ShouldBe(expected);
        }
    }

    [Fact]
    public void Equal_points_are_on_it_together() =>
        ParetoFront.Of([[1, 2], [2, 1], [1, 2], [1, 1], [0, 2]]).ShouldBe([0, 1, 2]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Its_hypervolume_agrees_with_counted_cells(int objectives)
    {
        const int Levels = 6;
        var random = new Random(objectives);
        for (var i = 0; i < 60; i++)
        {
            // A cell is below a point when its upper corner is. Points at or below the reference of 1 add nothing.
            var points = Points(random, random.Next(0, 12), objectives, Levels);
            var cells = (int)Math.Pow(Levels, objectives);
            var count = Enumerable.Range(0, cells).Count(cell =>
            {
                var corner = Enumerable.Range(0, objectives).Select(j => 1.0 + (cell / (int)Math.Pow(Levels, j) % Levels) + 1).ToArray();
                return points.Any(point => point.Zip(corner).All(pair => pair.First >= pair.Second));
            });
            ParetoFront.Hypervolume(points, [.. Enumerable.Repeat(1.0, objectives)]).ShouldBe(count);
        }
    }

    private static double[][] Points(Random random, int count, int objectives, int levels) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, objectives).Select(_ => (double)random.Next(levels)).ToArray())];
}
