using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class CholeskyFactorTests
{
    [Fact]
    public void The_factor_reproduces_the_matrix_and_its_inverse()
    {
        foreach (var n in new[] { 1, 2, 5, 37 })
        {
            var matrix = Matrix(n);
            var factor = CholeskyFactor.Of(Triangle(matrix, n), 0, 1e-12);
            double[][] inverse = Triangle(matrix, n), lower = [.. Enumerable.Range(0, n).Select(_ => new double[n])];
            factor.Invert(inverse, lower);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var (square, product) = (0.0, 0.0);
                    for (var k = 0; k <= j; k++) square += factor.Row(i)[k] * factor.Row(j)[k];
                    for (var k = 0; k < n; k++) product += matrix[i][k] * inverse[Math.Max(j, k)][Math.Min(j, k)];
                    Assert.Equal(matrix[i][j], square, 1e-12);
                    Assert.Equal(i == j ? 1 : 0, product, 1e-10);
                }
            }
        }
    }

    [Fact]
    public void Additional_rows_do_not_change_earlier_rows()
    {
        var matrix = Matrix(40);
        var whole = CholeskyFactor.Of(Triangle(matrix, 40), 0, 1e-12);
        var rows = Triangle(matrix, 40);
        CholeskyFactor.Of(rows[..25], 0, 1e-12);
        var grown = CholeskyFactor.Of(rows, 25, 1e-12);
        for (var i = 0; i < 40; i++) Assert.Equal(whole.Row(i), grown.Row(i));
    }

    [Fact]
    public void A_tile_of_right_hand_sides_is_solved_like_single_ones()
    {
        var tile = 2 * VectorKernels.Width;
        foreach (var n in new[] { 1, 3, 4, 9, 30 })
        {
            var factor = CholeskyFactor.Of(Triangle(Matrix(n), n), 0, 1e-12);
            var random = new SplitMix64(n);
            double[] sides = [.. Enumerable.Range(0, n * tile).Select(_ => random.NextDouble())];
            double[][] alone =
                [.. Enumerable.Range(0, tile).Select(c => Enumerable.Range(0, n).Select(i => sides[(i * tile) + c]).ToArray())];
            factor.SolveLowerTile(sides);
            for (var c = 0; c < tile; c++)
            {
                factor.SolveLower(alone[c]);
                for (var i = 0; i < n; i++) Assert.Equal(alone[c][i], sides[(i * tile) + c], 1e-12);
            }
        }
    }

    [Fact]
    public void A_duplicate_row_gets_only_the_jitter_it_needs()
    {
        var factor = CholeskyFactor.Of([[1], [1, 1], [0.5, 0.5, 1]], 0, 1e-10);
        Assert.Equal(1e-5, factor.Row(1)[1], 1e-12);
        Assert.Equal(Math.Sqrt(0.75), factor.Row(2)[2], 1e-9);
    }

    private static double[][] Matrix(int n)
    {
        var random = new SplitMix64(11);
        double[][] root = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray())];
        return [.. Enumerable.Range(0, n).Select(Row)];

        double[] Row(int i) => [.. Enumerable.Range(0, n).Select(j => (i == j ? 1 : 0) + VectorKernels.Dot(root[i], root[j]))];
    }

    private static double[][] Triangle(double[][] matrix, int n) => [.. Enumerable.Range(0, n).Select(i => matrix[i][..(i + 1)])];
}
