using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Reports.Studies;

/// <summary>The model's prediction along one axis, with all other parameters as in the best trial.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Points">The points; empty without a model, and for an axis that is inactive in the best trial.</param>
/// <param name="IsStepped">True for choices, which have no values between the points.</param>
public sealed record StudySlice(StudyAxis Axis, IReadOnlyList<SlicePoint> Points, bool IsStepped)
{
    private const int MaxPoints = 41;

    /// <summary>Evaluates the model along an axis.</summary>
    internal static StudySlice Of(StudyAxis axis, SearchSpace space, double[]? best, StudyModelView? view)
    {
        if (view is null || best is null || !space.IsActive(best, axis.Index)) return new(axis, [], false);
        var points = new List<SlicePoint>();
        // Evaluate from end to end, because a line that stops before the end of its axis looks incomplete.
        var coordinates = space.Axes[axis.Index].Levels == 0
            ? [.. Enumerable.Range(0, MaxPoints).Select(i => i / (MaxPoints - 1.0))]
            : view.Along(axis, MaxPoints);
        foreach (var coordinate in coordinates)
        {
            if (view.Moved(best, (axis, coordinate)) is { } point && view.Predict(point) is { } predicted
                && view.PlaceOf(point, axis) is { } place)
                points.Add(new(place, predicted.Mean, predicted.StandardDeviation));
        }

        return new(axis, points, space.Axes[axis.Index].Kind == AxisKind.Category);
    }
}

/// <summary>The model's prediction at one point of a slice.</summary>
/// <param name="Place">The position on the axis.</param>
/// <param name="Mean">The predicted mean, in the metric's unit.</param>
/// <param name="Deviation">The standard deviation of the prediction.</param>
public readonly record struct SlicePoint(double Place, double Mean, double Deviation);
