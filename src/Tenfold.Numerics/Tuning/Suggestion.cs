namespace Tenfold.Numerics.Tuning;

/// <summary>A point to try next.</summary>
/// <param name="Point">The snapped point: a coordinate from 0 to 1 for each axis of the space.</param>
/// <param name="Method">The name of the method that chose the point. For <c>auto</c>: the method that it delegated to.</param>
/// <param name="Reason">Why the method chose the point.</param>
public sealed record Suggestion(double[] Point, string Method, SuggestionReason Reason);

/// <summary>Why a search method chose a point: data without words. A host turns it into words.</summary>
public abstract record SuggestionReason
{
    private SuggestionReason()
    {
    }

    /// <summary>The point is the next free point of the grid.</summary>
    public sealed record GridPoint : SuggestionReason;

    /// <summary>The point is drawn at random.</summary>
    public sealed record RandomPoint : SuggestionReason;

    /// <summary>The point is a point of the Sobol sequence.</summary>
    /// <param name="Number">Its number in the sequence, from 1.</param>
    public sealed record SobolPoint(int Number) : SuggestionReason;

    /// <summary>The point is drawn at random, because the point of the Sobol sequence is taken.</summary>
    /// <param name="Number">The number of the taken point, from 1.</param>
    public sealed record SobolPointTaken(int Number) : SuggestionReason;

    /// <summary>The point is drawn at random, because every point that the method would prefer is taken.</summary>
    public sealed record PreferredPointsTaken : SuggestionReason;

    /// <summary>The point resembles the best trials more than the others (TPE).</summary>
    /// <param name="Best">How many trials count as the best.</param>
    /// <param name="Ended">How many trials the method compared, the best ones included.</param>
    public sealed record ResemblesBest(int Best, int Ended) : SuggestionReason;

    /// <summary>The point maximises a function drawn from the posterior (Thompson sampling).</summary>
    /// <param name="Predicted">What the model predicts at the point.</param>
    public sealed record PosteriorDraw(Prediction Predicted) : SuggestionReason;

    /// <summary>The point has the highest expected improvement.</summary>
    /// <param name="Improvement">
    /// The expected improvement over the best predicted value, in the metric's unit. Where the model compresses poor values, it is that of
    /// the compressed values.
    /// </param>
    /// <param name="Predicted">What the model predicts at the point.</param>
    public sealed record ExpectedImprovement(double Improvement, Prediction Predicted) : SuggestionReason;
}

/// <summary>A model's prediction at a point, in the metric's own unit and direction, without the noise of a run.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The standard deviation; at least 0.</param>
public sealed record Prediction(double Mean, double StandardDeviation);
