using Tenfold.Numerics.Tuning;

namespace Tenfold.Reports.Studies;

/// <summary>What the model says along one axis, when all else is as in the best trial.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Points">Along the axis; empty without a model, and for an axis that is not in play in the best trial.</param>
/// <param name="IsStepped">True when there is nothing between the points: choices and few whole numbers.</param>
public sealed record StudySlice(StudyAxis Axis, IReadOnlyList<SlicePoint> Points, bool IsStepped)
{
    private const int MostPoints = 41;

    /// <summary>Asks the model.</summary>
    public static StudySlice Of(StudyAxis axis, SearchSpace space, double[]? best, StudyModelView? view)
    {
        if (view is null || best is null || !space.IsActive(best, axis.Index)) return new(axis, [], false);
        var points = new List<SlicePoint>();
        // From end to end: a line that stops short of its axis looks as if something were missing.
        var coordinates = space.Axes[axis.Index].Levels == 0
            ? [.. Enumerable.Range(0, MostPoints).Select(i => i / (MostPoints - 1.0))]
            : view.Along(axis, MostPoints);
        foreach (var coordinate in coordinates)
        {
            if (view.Moved(best, (axis, coordinate)) is { } point && view.Predict(point) is { } predicted
                && view.PlaceOf(point, axis) is { } place)
                points.Add(new(place, predicted.Mean, predicted.StandardDeviation));
        }

        return new(axis, points, space.Axes[axis.Index].Kind == AxisKind.Category);
    }
}

/// <summary>The model at one place of a slice, in the metric's unit.</summary>
public readonly record struct SlicePoint(double Place, double Mean, double Deviation);
