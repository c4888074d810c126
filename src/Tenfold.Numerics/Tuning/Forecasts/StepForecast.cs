using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tuning.Forecasts;

/// <summary>The forecast from one step; see <see cref="FinalForecast"/>.</summary>
internal sealed class StepForecast
{
    // A line and a Gaussian process were fitted, so forecasts from few trials are too sure.
    private const double FittedAway = 6;

    private readonly int _count;
    private readonly double _slope, _middleEarly, _middleFinal, _spreadEarly, _spread;
    private readonly GaussianProcess? _rest;

    private StepForecast(
        int count, double slope, double middleEarly, double middleFinal, double spreadEarly, double spread, GaussianProcess? rest)
    {
        (_count, _slope, _middleEarly, _middleFinal) = (count, slope, middleEarly, middleFinal);
        (_spreadEarly, _spread, _rest) = (spreadEarly, spread, rest);
    }

    /// <summary>Fits the forecast; null when all trials ended alike.</summary>
    public static StepForecast? Of(Embedding embedding, IReadOnlyList<RungPair> pairs)
    {
        var n = pairs.Count;
        var (early, final) = (pairs.Average(pair => pair.Early), pairs.Average(pair => pair.Final));
        var square = pairs.Sum(pair => (pair.Early - early) * (pair.Early - early));
        var product = pairs.Sum(pair => (pair.Early - early) * (pair.Final - final));
        // A better early value never counts against a trial: a slope below 0 is luck, or curves that cross.
        var slope = square > 0 ? Math.Max(0, product / square) : 0;
        double[] rest = [.. pairs.Select(pair => pair.Final - final - (slope * (pair.Early - early)))];
        var spread = Math.Sqrt(rest.Sum(one => one * one) / Math.Max(1, n - 2));
        var range = pairs.Max(pair => pair.Final) - pairs.Min(pair => pair.Final);
        if (!(range > 0) || !double.IsFinite(range) || !double.IsFinite(slope)) return null;
        if (!(spread > 1e-9 * range)) return new(n, slope, early, final, square, Math.Max(spread, 1e-9 * range), null);
        double[] values = [.. rest.Select(one => one / spread)];
        List<ModelRow> rows = [.. pairs.Select((pair, i) => new ModelRow(pair.Point, embedding.Embed(pair.Point), values[i], 1))];
        var parameters = HyperParameterFit.Of(embedding, rows, values);
        return new(n, slope, early, final, square, spread, GaussianProcess.Of(embedding, parameters, rows, values));
    }

    /// <summary>The final value to expect, with its variance.</summary>
    public (double Mean, double Variance) Predict(double[] point, double early)
    {
        var line = _middleFinal + (_slope * (early - _middleEarly));
        var (mean, variance) = _rest?.Predict(point) ?? (0, 1);
        var share = _rest is null ? 1 : variance + _rest.Parameters.Noise;
        var away = _spreadEarly > 0 ? (early - _middleEarly) * (early - _middleEarly) / _spreadEarly : 0;
        var widened = share * (1 + (FittedAway / _count)) + (share * ((1.0 / _count) + away));
        return (line + (_spread * mean), _spread * _spread * widened);
    }
}
