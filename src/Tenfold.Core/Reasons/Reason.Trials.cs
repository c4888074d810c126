namespace Tenfold.Core.Reasons;

/// <content>Why a study chose the parameters of a trial.</content>
public abstract partial record Reason
{
    /// <summary>The trial repeats a trial that was lost with its machine.</summary>
    /// <param name="Trial">The number of the lost trial.</param>
    public sealed record RepeatsLostTrial(int Trial) : Reason("repeats-lost-trial");

    /// <summary>The project lists the point under <c>start</c>.</summary>
    public sealed record StartPoint() : Reason("start-point");

    /// <summary>The point is among the best of an earlier study.</summary>
    /// <param name="Study">The earlier study.</param>
    /// <param name="Trial">The number of the trial in the earlier study.</param>
    public sealed record BestOfEarlierStudy(string Study, int Trial) : Reason("best-of-earlier-study");

    /// <summary>The point is the next free point of the grid.</summary>
    public sealed record GridPoint() : Reason("grid-point");

    /// <summary>The point is drawn at random.</summary>
    public sealed record RandomPoint() : Reason("random-point");

    /// <summary>The point is a point of the Sobol sequence.</summary>
    /// <param name="Number">Its number in the sequence, from 1.</param>
    public sealed record SobolPoint(int Number) : Reason("sobol-point");

    /// <summary>The point is drawn at random, because the study has already tried the point of the Sobol sequence.</summary>
    /// <param name="Number">The number of the point of the sequence, from 1.</param>
    public sealed record SobolPointTaken(int Number) : Reason("sobol-point-taken");

    /// <summary>The point is drawn at random, because the study has already tried all points that its method prefers.</summary>
    public sealed record PreferredPointsTaken() : Reason("preferred-points-taken");

    /// <summary>The point resembles the best trials more than the others (TPE).</summary>
    /// <param name="Best">How many trials count as the best.</param>
    /// <param name="Ended">How many trials the method compared, the best ones included.</param>
    public sealed record ResemblesBest(int Best, int Ended) : Reason("resembles-best");

    /// <summary>The point is the best of a function drawn from the model's posterior (Thompson sampling).</summary>
    /// <param name="Predicted">The mean that the model predicts, in the metric's unit.</param>
    /// <param name="StandardDeviation">The standard deviation of the prediction, in the metric's unit.</param>
    public sealed record PosteriorDraw(double Predicted, double StandardDeviation) : Reason("posterior-draw");

    /// <summary>The point has the highest expected improvement.</summary>
    /// <param name="Improvement">The expected improvement, in the metric's unit.</param>
    /// <param name="Predicted">The mean that the model predicts, in the metric's unit.</param>
    /// <param name="StandardDeviation">The standard deviation of the prediction, in the metric's unit.</param>
    public sealed record ExpectedImprovement(double Improvement, double Predicted, double StandardDeviation)
        : Reason("expected-improvement");

    /// <summary>The point is the most promising one under weights of several objectives, which differ from trial to trial.</summary>
    /// <param name="Metric">The objective with the largest weight.</param>
    /// <param name="Weight">Its share of all weights.</param>
    public sealed record ObjectivesWeighed(string Metric, double Weight) : Reason("objectives-weighed");
}
