using System.Text.Json;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class SobolTests
{
    [Fact]
    public void The_unscrambled_sequence_matches_SciPy()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reference", "sobol.json")));
        var plain = Sobol.Plain(256);
        foreach (var entry in reference.RootElement.GetProperty("points").EnumerateArray())
        {
            var expected = entry.GetProperty("point").EnumerateArray().Select(x => Math.ScaleB(x.GetInt64(), -30));
            plain.Point(entry.GetProperty("index").GetInt64()).ShouldBe(expected);
        }
    }

    // The first two dimensions form a (0, 2)-sequence. For other pairs, t is the sum of the degrees of their polynomials minus one each
    // (Niederreiter 1987; the polynomials are x + 1; x2 + x + 1; x3 + x + 1, x3 + x2 + 1; ...).
    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(0, 3, 2)]
    [InlineData(2, 3, 3)]
    [InlineData(2, 4, 3)]
    [InlineData(3, 4, 4)]
    [InlineData(5, 6, 6)]
    public void Each_elementary_interval_has_exactly_its_share_of_the_points(int first, int second, int t)
    {
        foreach (var seed in new long[] { 1, 2, -3 })
        {
            var sobol = new Sobol(7, seed);
            for (var m = t; m <= 10; m++)
            {
                // Check every block of 2^m points, not only the first.
                var points = Enumerable.Range(3 << m, 1 << m).Select(index => sobol.Point(index)).ToList();
                for (var a = 0; a <= m - t; a++)
                {
                    var b = m - t - a;
                    var counts = points.GroupBy(point => ((int)Math.ScaleB(point[first], a), (int)Math.ScaleB(point[second], b)))
                        .Select(group => group.Count()).ToList();
                    counts.Count.ShouldBe(1 << (a + b));
                    counts.ShouldAllBe(count => count == 1 << t);
                }
            }
        }
    }

    [Fact]
    public void Each_of_256_dimensions_alone_is_evenly_filled()
    {
        var sobol = new Sobol(256, 7);
        var points = Enumerable.Range(0, 64).Select(index => sobol.Point(index)).ToList();
        for (var j = 0; j < 256; j++) points.Select(point => (int)(point[j] * 64)).Distinct().Count().ShouldBe(64);
    }

    [Fact]
    public void Each_point_is_uniform_over_the_seeds()
    {
        var points = Enumerable.Range(0, 4000).Select(seed => new Sobol(3, seed).Point(5)).ToList();
        for (var j = 0; j < 3; j++)
        {
            // Chi-square with 15 degrees of freedom: 44 is its quantile at 1e-4.
            points.CountBy(point => (int)(point[j] * 16)).Sum(bin => Math.Pow(bin.Value - 250, 2) / 250).ShouldBeLessThan(44);
        }

        points.Average(point => (point[0] - 0.5) * (point[1] - 0.5)).ShouldBe(0, 0.006);
    }

    [Fact]
    public void A_seed_gives_fixed_points() =>
        new Sobol(2, 42).Point(3).Select(x => BitConverter.DoubleToInt64Bits(x).ToString("x"))
            .ShouldBe(["3fde9faf19a7c828", "3fe241aa862ca632"]);

    [Fact]
    public void Dimensions_beyond_256_are_uniform()
    {
        var sobol = new Sobol(300, 1);
        var points = Enumerable.Range(0, 2000).Select(index => sobol.Point(index)).ToList();
        points.ShouldAllBe(point => point.Length == 300 && point.All(x => x >= 0 && x < 1));
        points.Average(point => point[280]).ShouldBe(0.5, 0.03);
        points.Average(point => (point[280] - 0.5) * (point[290] - 0.5)).ShouldBe(0, 0.01);
        points.Select(point => point[270]).Distinct().Count().ShouldBe(2000);
    }

    [Fact]
    public void Points_are_numbered_from_0_to_2_to_the_52()
    {
        var sobol = new Sobol(2, 1);
        Should.Throw<ArgumentOutOfRangeException>(() => sobol.Point(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => sobol.Point(1L << 52));
        Should.Throw<ArgumentOutOfRangeException>(() => new Sobol(0, 1));
        sobol.Point((1L << 52) - 1).ShouldAllBe(x => x >= 0 && x < 1);
    }
}
