using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Reports.Studies;

/// <summary>A view of a study's model in the metric's own unit and direction.</summary>
/// <param name="model">The model; larger is better.</param>
/// <param name="space">The space.</param>
/// <param name="sign">1 when higher values of the metric are better, −1 when lower values are.</param>
internal sealed class StudyModelView(StudyModel model, SearchSpace space, int sign)
{
    /// <summary>The model's score of a point; larger is better, and NaN counts as the worst.</summary>
    public double Score(double[] point) => model.Mean(point) is var mean && double.IsNaN(mean) ? double.NegativeInfinity : mean;

    /// <summary>The predicted mean in the metric's unit.</summary>
    public double Mean(double[] point) => sign * model.Mean(point);

    /// <summary>The predicted mean in the metric's unit, with its standard deviation; null when it isn't finite.</summary>
    public (double Mean, double StandardDeviation)? Predict(double[] point)
    {
        var (mean, deviation) = model.Predict(point);
        return double.IsFinite(mean) && double.IsFinite(deviation) ? (sign * mean, deviation) : null;
    }

    /// <summary>A snapped point with some coordinates changed; null when one of the changed axes is inactive at the new point.</summary>
    public double[]? Moved(double[] point, params ReadOnlySpan<(StudyAxis Axis, double Coordinate)> moves)
    {
        double[] moved = [.. point];
        foreach (var (axis, coordinate) in moves) moved[axis.Index] = coordinate;
        moved = space.Snap(moved);
        foreach (var (axis, _) in moves)
            if (!space.IsActive(moved, axis.Index)) return null;
        return moved;
    }

    /// <summary>The position of a snapped point on an axis of a chart.</summary>
    public double? PlaceOf(double[] point, StudyAxis axis) => axis.PlaceOf(space.Decode(point));

    /// <summary>Coordinates along an axis: those of all values when there are few, otherwise the centres of equal parts.</summary>
    public double[] Along(StudyAxis axis, int most)
    {
        var levels = space.Axes[axis.Index].Levels;
        return levels > 0 && levels <= most
            ? [.. Enumerable.Range(0, (int)levels).Select(level => space.CoordinateOf(axis.Index, level))]
            : [.. Enumerable.Range(0, most).Select(i => (i + 0.5) / most)];
    }
}
