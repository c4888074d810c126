using System.Globalization;

namespace Tenfold.Core.Reasons;

/// <summary>Writes amounts of money.</summary>
public static class Money
{
    /// <summary>
    /// An amount in US dollars, without the unit. It is rounded to cents, below one dollar to hundredths of a cent, and below one cent to
    /// two significant digits. So an amount is 0.00 only when it is nothing.
    /// </summary>
    public static string Format(decimal usd)
    {
        var decimals = Math.Abs(usd) switch
        {
            0 or >= 1 => 2,
            >= 0.01m => 4,
            var small => Math.Min(20, 1 - (int)Math.Floor(Math.Log10((double)small))),
        };
        return Math.Round(usd, decimals).ToString($"0.00{new string('#', decimals - 2)}", CultureInfo.InvariantCulture);
    }
}
