namespace Tenfold.Core.Costs;

/// <summary>
/// Computes costs. Prices and times come from records that others can write, so nothing overflows: what is too large is the largest value.
/// </summary>
public static class CostMath
{
    /// <summary>The highest price of an hour that counts as one, in US dollars.</summary>
    public const decimal MostUsdPerHour = 1_000_000;

    /// <summary>A price of an hour as it was recorded.</summary>
    /// <param name="usdPerHour">The price in US dollars; null when it is unknown.</param>
    /// <returns>The price; null when it is unknown, negative, or above <see cref="MostUsdPerHour"/>.</returns>
    public static decimal? Price(decimal? usdPerHour) => usdPerHour is >= 0 and <= MostUsdPerHour ? usdPerHour : null;

    /// <summary>What machines cost for a time.</summary>
    /// <param name="usdPerHour">The price of an hour of one of them, in US dollars; not negative.</param>
    /// <param name="time">The time that each of them is used; not negative.</param>
    /// <param name="machines">How many there are.</param>
    /// <returns>US dollars.</returns>
    public static decimal Cost(decimal usdPerHour, TimeSpan time, int machines = 1)
    {
        try
        {
            return usdPerHour * time.Ticks * machines / TimeSpan.TicksPerHour;
        }
        catch (OverflowException)
        {
            return decimal.MaxValue;
        }
    }

    /// <summary>Adds costs that are not negative.</summary>
    public static decimal Add(decimal one, decimal other)
    {
        try
        {
            return one + other;
        }
        catch (OverflowException)
        {
            return decimal.MaxValue;
        }
    }

    /// <summary>Adds times that are not negative.</summary>
    public static TimeSpan Add(TimeSpan one, TimeSpan other) => one > TimeSpan.MaxValue - other ? TimeSpan.MaxValue : one + other;
}
