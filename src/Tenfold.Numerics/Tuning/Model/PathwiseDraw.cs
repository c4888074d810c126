using System.Numerics;
using System.Runtime.CompilerServices;
using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tuning.Model.VectorKernels;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>A function drawn from the posterior of a Gaussian process. It is smooth and can be evaluated anywhere.</summary>
/// <remarks>
/// f(x) = prior draw(x) + k(x, X)·K⁻¹(y − prior draw(X) − noise): Wilson et al., "Efficiently sampling functions from Gaussian process
/// posteriors", ICML 2020, equation 13. The prior draw is a sum of random Fourier features, in pairs of a sine and a cosine (Rahimi and
/// Recht, "Random features for large-scale kernel machines", NIPS 2007). The frequencies of the Matérn-5/2 kernel are distributed as
/// normal · √(5/χ²₅) / length-scale.
/// </remarks>
internal sealed class PathwiseDraw : IAcquisition
{
    /// <summary>The number of frequencies. Each has a sine and a cosine, so there are 1,024 features.</summary>
    public const int Frequencies = 512;

    private readonly GaussianProcess _process;
    private readonly double[] _frequencies; // component d of frequency i at d · Frequencies + i, for scaled vectors
    private readonly double[] _cosines = new double[Frequencies];
    private readonly double[] _sines = new double[Frequencies];
    private readonly double[] _weights;

    /// <summary>Draws a function.</summary>
    /// <param name="process">The posterior.</param>
    /// <param name="values">The standardised value of each of its rows.</param>
    /// <param name="random">The generator.</param>
    public PathwiseDraw(GaussianProcess process, double[] values, SplitMix64 random)
    {
        _process = process;
        var normal = new NormalGenerator(random);
        var size = process.Embedding.Size;
        _frequencies = new double[size * Frequencies];
        var scale = Math.Sqrt(process.Parameters.Variance / Frequencies);
        for (var i = 0; i < Frequencies; i++)
        {
            var chi = 0.0;
            for (var k = 0; k < 5; k++) chi += Math.Pow(normal.Next(), 2);
            var spread = Math.Sqrt(5 / chi);
            for (var d = 0; d < size; d++) _frequencies[(d * Frequencies) + i] = normal.Next() * spread;
            (_cosines[i], _sines[i]) = (scale * normal.Next(), scale * normal.Next());
        }

        var rows = process.Rows;
        var residual = new double[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var noise = Math.Sqrt(GaussianProcess.Diagonal(process.Parameters, rows[i])) * normal.Next();
            residual[i] = values[i] - process.Mean - Prior(process.ScaledVector(rows[i].Point)) - noise;
        }

        process.Factor.Solve(residual);
        Array.Resize(ref residual, process.Scaled.Stride);
        _weights = residual;
    }

    /// <inheritdoc/>
    public double[] Evaluate(IReadOnlyList<double[]> points)
    {
        var values = new double[points.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var x = _process.ScaledVector(points[i]);
            values[i] = _process.Mean + Prior(x) + _process.Scaled.Sum(x, _weights);
        }

        return values;
    }

    /// <inheritdoc/>
    public double[]? Bounds(IReadOnlyList<double[]> points) => null;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var x = _process.ScaledVector(point);
        var (kernel, slope) = (new double[_process.Scaled.Stride], new double[_process.Scaled.Stride]);
        _process.Scaled.Kernel(x, kernel, slope);
        var value = _process.Mean + Dot(kernel, _weights);
        for (var i = 0; i < slope.Length; i++) slope[i] *= _weights[i];
        gradient.Clear();
        _process.Scaled.AddGradient(x, slope, gradient);

        var derivatives = new double[Frequencies]; // of each pair of features by its phase
        value += Prior(x, derivatives);
        var vector = new double[x.Length];
        Array.Fill(vector, 1);
        _process.Scaled.Scale(vector, vector);
        for (var d = 0; d < x.Length; d++) gradient[d] += Dot(derivatives, _frequencies.AsSpan(d * Frequencies, Frequencies)) * vector[d];
        return value;
    }

    /// <summary>The prior draw, which has mean 0, at a point that is embedded and scaled.</summary>
    /// <param name="x">The point.</param>
    /// <param name="derivatives">Receives the derivative of each pair of features by its phase. Empty: not wanted.</param>
    [MethodImpl(VectorKernels.Hot)]
    internal double Prior(ReadOnlySpan<double> x, Span<double> derivatives = default)
    {
        var sum = Vector<double>.Zero;
        for (var i = 0; i < Frequencies; i += Width)
        {
            var phase = Vector<double>.Zero;
            for (var d = 0; d < x.Length; d++)
                phase = Vector.FusedMultiplyAdd(new Vector<double>(_frequencies, (d * Frequencies) + i), new Vector<double>(x[d]), phase);
            SinCos(phase, out var sine, out var cosine);
            var (a, b) = (new Vector<double>(_cosines, i), new Vector<double>(_sines, i));
            sum = Vector.FusedMultiplyAdd(a, cosine, Vector.FusedMultiplyAdd(b, sine, sum));
            if (derivatives.Length > 0) ((b * cosine) - (a * sine)).CopyTo(derivatives[i..]);
        }

        return Vector.Sum(sum);
    }
}
