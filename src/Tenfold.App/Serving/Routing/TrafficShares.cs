using System.Globalization;
using Tenfold.Core.Input;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Routing;

/// <summary>Reads shares of traffic as a user writes them, such as <c>1.0.0=90 1.1.0=10</c>.</summary>
public static class TrafficShares
{
    /// <summary>Reads shares in percent, with up to two decimals.</summary>
    /// <param name="shares">The words <c>VERSION=PERCENT</c>.</param>
    /// <returns>Each version's share in buckets, in the order of the words; or BadInput.</returns>
    public static Outcome<IReadOnlyDictionary<string, int>> Read(IReadOnlyList<string> shares)
    {
        var read = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in shares)
        {
            var sign = word.LastIndexOf('=');
            if (sign <= 0) return Wrong(word, "write VERSION=PERCENT, such as 1.1.0=10");
            var (version, text) = (word[..sign], word[(sign + 1)..].TrimEnd('%'));
            if (!VersionNames.IsValid(version)) return Wrong(word, $"a version is {VersionNames.Rule}");
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
                return Wrong(word, "the share is a number of percent, such as 10 or 0.5");
            if (percent > 100 || decimal.Round(percent, 2) != percent)
                return Wrong(word, "the share is at most 100, with at most two decimals");
            if (!read.TryAdd(version, (int)(percent * 100))) return Refusal.BadInput($"{version} has two shares: give it one");
        }

        var sum = read.Values.Sum();
        return sum == BucketRanges.Buckets
            ? Outcome.Of<IReadOnlyDictionary<string, int>>(read)
            : Refusal.BadInput($"the shares sum to {(sum / 100m).ToString(CultureInfo.InvariantCulture)} %, and they must sum to 100 %");
    }

    /// <summary>A share in percent, for people.</summary>
    public static string ToText(int buckets) => $"{(buckets / 100m).ToString("0.##", CultureInfo.InvariantCulture)} %";

    private static Refusal Wrong(string word, string rule) => Refusal.BadInput($"'{Excerpt.Bare(word)}' is no share: {rule}");
}
