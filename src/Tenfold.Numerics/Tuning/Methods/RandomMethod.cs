namespace Tenfold.Numerics.Tuning.Methods;

/// <summary>Suggests independent points, uniform on the unit cube.</summary>
internal sealed class RandomMethod : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public Suggestion? Suggest(TuningHistory history) =>
        new TakenPoints(history).Draw(TakenPoints.RandomOf(history)) is { } point
            ? new Suggestion(point, Name, new SuggestionReason.RandomPoint())
            : null;
}
