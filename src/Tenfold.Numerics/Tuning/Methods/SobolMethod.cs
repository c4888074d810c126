using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>Suggests the points of a scrambled Sobol sequence: trial n gets point n.</summary>
internal sealed class SobolMethod : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sobol";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        var taken = new TakenPoints(history);
        var point = PointOf(history);
        if (!taken.Contains(point)) return new Suggestion(point, Name, new SuggestionReason.SobolPoint(history.Number));
        // On discrete axes several points of the sequence snap to one.
        return taken.Draw(TakenPoints.RandomOf(history)) is { } other
            ? new Suggestion(other, Name, new SuggestionReason.SobolPointTaken(history.Number))
            : null;
    }

    /// <summary>The snapped point of the sequence, whether taken or not.</summary>
    public static double[] PointOf(TuningHistory history) =>
        history.Space.Snap(new Sobol(Math.Max(1, history.Space.Axes.Count), history.Seed).Point(history.Number - 1));
}
