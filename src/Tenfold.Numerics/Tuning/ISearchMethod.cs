namespace Tenfold.Numerics.Tuning;

/// <summary>A search method: chooses the next point.</summary>
/// <remarks>A method may cache between calls to save time, but never so that a suggestion changes.</remarks>
public interface ISearchMethod
{
    /// <summary>Its name in lower case: <c>thompson</c>.</summary>
    string Name { get; }

    /// <summary>Chooses the next point.</summary>
    /// <returns>Null when every point of the space has been tried.</returns>
    Suggestion? Suggest(TuningHistory history);

    /// <summary>Computes in advance what the next <see cref="Suggest"/> will need. Optional; meant for a background thread.</summary>
    void Prepare(TuningHistory history)
    {
    }
}

/// <summary>A point to try.</summary>
/// <param name="Point">The snapped point.</param>
/// <param name="Method">The method that chose it; for <c>auto</c>, the method that it delegated to.</param>
/// <param name="Reason">Why it was chosen, in a few words of English for people to read.</param>
public sealed record Suggestion(double[] Point, string Method, string Reason);
