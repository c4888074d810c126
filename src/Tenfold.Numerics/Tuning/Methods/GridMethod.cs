namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>Every point once, the last axis turning fastest.</summary>
internal sealed class GridMethod : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "grid";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An axis is continuous: it has no grid.</exception>
    public Suggestion? Suggest(TuningHistory history)
    {
        if (history.Space.Points() is null) throw new ArgumentException("a grid needs a step on each range", nameof(history));
        return new TakenPoints(history).First() is { } point ? new Suggestion(point, Name, "the next point of the grid") : null;
    }
}
