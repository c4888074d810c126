namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>Suggests every point of the space once; the last axis varies fastest.</summary>
internal sealed class GridMethod : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "grid";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An axis is continuous, so there is no grid.</exception>
    public Suggestion? Suggest(TuningHistory history)
    {
        if (history.Space.Points() is null) throw new ArgumentException("a grid needs a step on each range", nameof(history));
        return new TakenPoints(history).First() is { } point ? new Suggestion(point, Name, new SuggestionReason.GridPoint()) : null;
    }
}
