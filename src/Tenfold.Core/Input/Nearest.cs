namespace Tenfold.Core.Input;

/// <summary>Finds the name that a misspelt name was probably meant to be.</summary>
public static class Nearest
{
    private const int MaxLength = 100;

    /// <summary>The candidate nearest to the name; null when none is near enough to suggest.</summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > MaxLength) return null;
        string? nearest = null;
        // All names of one or two letters are near each other, so suggest only the same letters in another case.
        var limit = name.Length < 3 ? 1 : Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (candidate.Length > MaxLength) continue;
            var distance = string.Equals(Plain(candidate), Plain(name), StringComparison.Ordinal) ? 0 : Distance(name, candidate);
            if (distance < limit && distance < candidate.Length) (nearest, limit) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>
    /// The optimal string alignment distance: the number of insertions, deletions, substitutions and swaps of neighbouring characters.
    /// </summary>
    public static int Distance(string a, string b)
    {
        var (older, old, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            (older, old, row) = (old, row, older);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = old[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(substituted, Math.Min(old[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], older[j - 2] + 1);
            }
        }

        return row[b.Length];
    }

    // Names that differ only in case and separators count as equal.
    private static string Plain(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
