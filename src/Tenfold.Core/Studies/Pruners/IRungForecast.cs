namespace Tenfold.Core.Studies.Pruners;

/// <summary>Forecasts how running trials will end.</summary>
public interface IRungForecast
{
    /// <summary>The chance that a trial will end better than every completed trial and every other running trial.</summary>
    /// <param name="number">The trial.</param>
    /// <param name="latest">By running trial, this one included: its latest rung and its value there, in the metric's unit.</param>
    /// <returns>Null while that can't be said.</returns>
    double? ChanceToLead(int number, IReadOnlyDictionary<int, (long Rung, double Value)> latest);
}
