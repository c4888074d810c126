namespace Tenfold.Numerics.Tuning;

/// <summary>A search method, which chooses the next point of a study.</summary>
/// <remarks>
/// A suggestion is a function of the history alone. A method may cache results between calls, but a cache never changes a suggestion.
/// </remarks>
public interface ISearchMethod
{
    /// <summary>The name of the method in lower case, such as <c>thompson</c>.</summary>
    string Name { get; }

    /// <summary>Chooses the next point.</summary>
    /// <param name="history">What the study knows so far.</param>
    /// <returns>The suggestion; null when every point of the space is taken.</returns>
    Suggestion? Suggest(TuningHistory history);

    /// <summary>Computes in advance what the next <see cref="Suggest"/> needs. Optional. It may run on a background thread.</summary>
    /// <param name="history">What the study knows so far.</param>
    void Prepare(TuningHistory history)
    {
    }
}
