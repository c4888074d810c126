using System.Globalization;
using System.Text;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>
/// Slurm's notation for lists of numbers: <c>0,5-200</c>, <c>1-9:2</c> with a step, and <c>5-200%4</c> with a limit of running elements.
/// </summary>
internal static class ArrayRanges
{
    /// <summary>Writes numbers, in the order given.</summary>
    public static string Write(IReadOnlyList<int> numbers)
    {
        var text = new StringBuilder();
        for (var i = 0; i < numbers.Count;)
        {
            var end = i + 1;
            while (end < numbers.Count && numbers[end] == numbers[end - 1] + 1) end++;
            if (text.Length > 0) text.Append(',');
            text.Append(numbers[i]);
            if (end - i > 1) text.Append('-').Append(numbers[end - 1]);
            i = end;
        }

        return text.ToString();
    }

    /// <summary>The most elements of an array job, so that a listing with a damaged range doesn't fill the memory.</summary>
    /// <remarks>Source: slurm.conf, MaxArraySize.</remarks>
    public const int MaxElements = 4_000_001;

    /// <summary>Reads numbers, and ignores everything from a <c>%</c> on.</summary>
    /// <param name="text">The text, without brackets.</param>
    /// <param name="maxCount">How many numbers there may be.</param>
    /// <returns>Null when the text isn't such a list, or has too many numbers.</returns>
    public static IReadOnlyList<int>? Read(ReadOnlySpan<char> text, int maxCount)
    {
        if (text.IndexOf('%') is >= 0 and var percent) text = text[..percent];
        var numbers = new List<int>();
        foreach (var range in text.Split(','))
        {
            var item = text[range];
            var step = 1;
            if (item.IndexOf(':') is >= 0 and var colon)
            {
                if (!Whole(item[(colon + 1)..], out step) || step == 0) return null;
                item = item[..colon];
            }

            var dash = item.IndexOf('-');
            if (!Whole(dash < 0 ? item : item[..dash], out var first)) return null;
            var last = first;
            if (dash >= 0 && (!Whole(item[(dash + 1)..], out last) || last < first)) return null;
            if ((last - first) / step + 1 > maxCount - numbers.Count) return null;
            for (long number = first; number <= last; number += step) numbers.Add((int)number);
        }

        return numbers;
    }

    /// <summary>Reads a list that slurmrestd may have cut after 64 characters.</summary>
    /// <param name="text">The text; empty for no numbers.</param>
    /// <param name="isCut">True when the list was cut.</param>
    public static IReadOnlyList<int> ReadCut(string text, out bool isCut)
    {
        var dots = text.IndexOf("...", StringComparison.Ordinal);
        isCut = dots >= 0;
        // The last number before the dots may itself be cut.
        return Read(isCut ? text.AsSpan(0, Math.Max(0, text.AsSpan(0, dots).LastIndexOf(','))) : text, MaxElements) ?? [];
    }

    private static bool Whole(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
