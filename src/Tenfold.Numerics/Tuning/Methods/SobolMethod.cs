using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>The points of a scrambled Sobol sequence, by the number of the trial.</summary>
internal sealed class SobolMethod : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sobol";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history)
    {
        var taken = new TakenPoints(history);
        var point = PointOf(history);
        if (!taken.Contains(point)) return new Suggestion(point, Name, $"point {history.Number} of the Sobol sequence");
        // On discrete axes several points of the sequence snap to one.
        return taken.Draw(TakenPoints.RandomOf(history)) is { } other
            ? new Suggestion(other, Name, $"a random point, because point {history.Number} of the Sobol sequence was tried")
            : null;
    }

    /// <summary>The snapped point of the sequence, taken or not.</summary>
    public static double[] PointOf(TuningHistory history) =>
        history.Space.Snap(new Sobol(Math.Max(1, history.Space.Axes.Count), history.Seed).Point(history.Number - 1));
}
