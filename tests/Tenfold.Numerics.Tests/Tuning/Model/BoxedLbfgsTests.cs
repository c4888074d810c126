using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class BoxedLbfgsTests
{
    [Theory]
    [InlineData(-2, 2, -2, 2, 1, 1)] // no bound is active
    [InlineData(-2, 0.5, -2, 2, 0.5, 0.25)] // x is at its bound
    [InlineData(-2, 2, -1, 0.5, 0.70856, 0.5)] // y is at its bound: 0 = 400x(x² − y) + 2(x − 1)
    [InlineData(1.2, 2, -1, 1, 1.2, 1)] // both at a bound
    public void It_minimises_the_Rosenbrock_function_within_bounds(
        double left, double right, double low, double high, double x, double y)
    {
        var (found, value) = BoxedLbfgs.Minimise(Rosenbrock, [-1.5, 1.8], [left, low], [right, high], 300, 1e-10, 0);
        Assert.Equal(x, found[0], 1e-4);
        Assert.Equal(y, found[1], 1e-4);
        Assert.Equal(Rosenbrock(found, new double[2]), value);
    }

    [Fact]
    public void It_minimises_many_variables_of_very_different_scales()
    {
        var calls = 0;
        var (found, _) = BoxedLbfgs.Minimise(
            (x, gradient) =>
            {
                calls++;
                var sum = 0.0;
                for (var i = 0; i < x.Length; i++)
                {
                    var weight = Math.Pow(10, 4.0 * i / x.Length);
                    sum += 0.5 * weight * (x[i] - 0.3) * (x[i] - 0.3);
                    gradient[i] = weight * (x[i] - 0.3);
                }

                return sum;
            },
            new double[20], new double[20], [.. Enumerable.Repeat(1.0, 20)], 500, 1e-6, 0);
        Assert.All(found, x => Assert.Equal(0.3, x, 1e-5));
        Assert.InRange(calls, 1, 600);
    }

    [Fact]
    public void A_function_without_finite_values_returns_the_start()
    {
        var (found, value) = BoxedLbfgs.Minimise((_, _) => double.NaN, [0.5], [0], [1]);
        Assert.Equal([0.5], found);
        Assert.Equal(double.PositiveInfinity, value);
    }

    private static double Rosenbrock(ReadOnlySpan<double> x, Span<double> gradient)
    {
        var (a, b) = (1 - x[0], x[1] - (x[0] * x[0]));
        gradient[0] = (-2 * a) - (400 * x[0] * b);
        gradient[1] = 200 * b;
        return (a * a) + (100 * b * b);
    }
}
