namespace Tenfold.Numerics.Tuning;

/// <summary>
/// Keeps the fits of models for other processes. A fit depends only on the observations that its key stands for, so a store saves time and
/// never changes a suggestion.
/// </summary>
public interface IFitStore
{
    /// <summary>Finds a fit.</summary>
    /// <param name="key">Stands for the observations and the code that fits them: letters and digits.</param>
    /// <returns>The fit as it was added; null when it is not there.</returns>
    string? Find(string key);

    /// <summary>Adds a fit. A store may fail to keep it.</summary>
    /// <param name="key">As for <see cref="Find"/>.</param>
    /// <param name="fit">The fit, in one line.</param>
    void Add(string key, string fit);
}
