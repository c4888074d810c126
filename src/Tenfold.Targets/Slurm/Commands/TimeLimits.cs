using System.Globalization;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>
/// Reads time limits: <c>30</c> (minutes), <c>12:30</c>, <c>2:00:00</c>, <c>1-12</c>, <c>1-12:30:00</c>, <c>UNLIMITED</c>.
/// </summary>
/// <remarks>Source: sbatch(1), --time.</remarks>
internal static class TimeLimits
{
    /// <summary>Reads whole minutes, rounded up; null for no limit, or for a malformed text.</summary>
    public static int? Minutes(string text)
    {
        var dash = text.IndexOf('-');
        var parts = new List<int>();
        foreach (var part in text[(dash + 1)..].Split(':'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            parts.Add(number);
        }

        if (dash >= 0)
        {
            if (!int.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var days)) return null;
            while (parts.Count < 3) parts.Add(0);
            parts[0] += days * 24;
        }

        var seconds = parts.Count switch
        {
            1 => parts[0] * 60L,
            2 => parts[0] * 60L + parts[1],
            3 => parts[0] * 3600L + parts[1] * 60L + parts[2],
            _ => -1,
        };
        return seconds < 0 ? null : (int)Math.Min(int.MaxValue, (seconds + 59) / 60);
    }
}
