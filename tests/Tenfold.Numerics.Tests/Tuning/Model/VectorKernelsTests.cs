using System.Numerics;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class VectorKernelsTests
{
    [Fact]
    public void The_exponential_matches_the_runtime()
    {
        for (var x = -699.0; x < 20; x += 0.37)
        {
            var found = VectorKernels.Exp(new Vector<double>(x))[0];
            Assert.True(Math.Abs((found / Math.Exp(x)) - 1) < 1e-15, $"exp({x}) = {found:R}");
        }

        Assert.InRange(VectorKernels.Exp(new Vector<double>(-1e6))[0], 0, 1e-300);
    }

    [Fact]
    public void Sine_and_cosine_match_the_runtime()
    {
        foreach (var scale in new[] { 1.0, 100, 1e5 })
        {
            for (var x = -scale; x <= scale; x += scale / 501)
            {
                VectorKernels.SinCos(new Vector<double>(x), out var sine, out var cosine);
                Assert.True(Math.Abs(sine[0] - Math.Sin(x)) < 1e-15, $"sin({x}) = {sine[0]:R}");
                Assert.True(Math.Abs(cosine[0] - Math.Cos(x)) < 1e-15, $"cos({x}) = {cosine[0]:R}");
            }
        }
    }

    [Fact]
    public void Dot_products_of_any_length_are_correct()
    {
        var random = new SplitMix64(3);
        for (var n = 1; n < 70; n++)
        {
            double[] a = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())];
            double[] b = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())];
            Assert.Equal(a.Zip(b, (x, y) => x * y).Sum(), VectorKernels.Dot(a, b), 1e-12);
            var y = b.ToArray();
            VectorKernels.AddScaled(y, 0.5, a);
            VectorKernels.AddScaled(y, [1, 2, 3, 4], a, b, a, b);
            for (var i = 0; i < n; i++) Assert.Equal(b[i] + (4.5 * a[i]) + (6 * b[i]), y[i], 1e-12);
        }
    }
}
