namespace Tenfold.Numerics.Tuning;

/// <summary>A way of choosing the next point.</summary>
/// <remarks>What a method keeps between two calls may only spare time: never does it change a suggestion.</remarks>
public interface ISearchMethod
{
    /// <summary>Its name in <c>tenfold.yaml</c>.</summary>
    string Name { get; }

    /// <summary>Chooses the next point.</summary>
    /// <returns>Null when every point of the space has been asked.</returns>
    Suggestion? Suggest(TuningHistory history);

    /// <summary>Does in advance what <see cref="Suggest"/> would have to: called beside other work once a value has come.</summary>
    void Prepare(TuningHistory history)
    {
    }
}

/// <summary>A point to try.</summary>
/// <param name="Point">The snapped point.</param>
/// <param name="Method">The method that chose it: of <c>auto</c>, the one it took.</param>
/// <param name="Reason">Why, in a few plain words.</param>
public sealed record Suggestion(double[] Point, string Method, string Reason);
