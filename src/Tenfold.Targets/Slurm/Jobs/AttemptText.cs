using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>
/// A list of attempts as short text, in order: <c>k7m2xqab-[1-10]-1</c> for ten repeats, <c>k7m2xqab-t[1-8]-1-1</c> for eight trials, and
/// <c>+</c> between ranges that differ in more than one number. A job's name and comment contain such a text, so that an array's index
/// identifies the attempt.
/// </summary>
internal static partial class AttemptText
{
    // Bounds the work for a comment that another tool wrote.
    private const int MaxAttempts = 100_000;

    /// <summary>Writes the attempts, in the order given.</summary>
    public static string Write(IReadOnlyList<string> attempts)
    {
        var text = new StringBuilder();
        for (var i = 0; i < attempts.Count;)
        {
            if (text.Length > 0) text.Append('+');
            i += WriteRange(text, attempts, i);
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null for any other text, even a similar one.</returns>
    public static IReadOnlyList<string>? Read(string text)
    {
        var attempts = new List<string>();
        foreach (var range in text.Split('+'))
            if (!ReadRange(range, attempts)) return null;
        // Write has one form for each list. A name that a person gave to a job rarely has that form.
        return Write(attempts) == text ? attempts : null;
    }

    /// <summary>How many attempts, from the first, fit into a text of the given length; at least one.</summary>
    public static int CountThatFit(IReadOnlyList<string> attempts, int length)
    {
        var (fits, tooMany) = (1, attempts.Count + 1);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            if (Write([.. attempts.Take(middle)]).Length <= length) fits = middle;
            else tooMany = middle;
        }

        return fits;
    }

    // Writes the longest range in which a single number differs, and returns its length.
    private static int WriteRange(StringBuilder text, IReadOnlyList<string> attempts, int from)
    {
        var first = Parts.Of(attempts[from]);
        if (first is null || from + 1 == attempts.Count
            || Parts.Of(attempts[from + 1]) is not { } second || first.Varying(second) is not { } varying)
        {
            text.Append(attempts[from]);
            return 1;
        }

        var numbers = new List<int> { first.Number(varying), second.Number(varying) };
        while (from + numbers.Count < attempts.Count
            && Parts.Of(attempts[from + numbers.Count]) is { } next && first.Varying(next) == varying)
            numbers.Add(next.Number(varying));
        first.Write(text, varying, ArrayRanges.Write(numbers));
        return numbers.Count;
    }

    private static bool ReadRange(string range, List<string> attempts)
    {
        var open = range.IndexOf('[');
        if (open < 0)
        {
            attempts.Add(range);
            return Parts.Of(range) is not null && attempts.Count <= MaxAttempts;
        }

        var close = range.IndexOf(']', open);
        if (close < 0) return false;
        var list = range.AsSpan(open + 1, close - open - 1);
        if (ArrayRanges.Read(list, MaxAttempts - attempts.Count) is not { Count: > 0 } numbers) return false;
        foreach (var number in numbers)
        {
            var name = $"{range.AsSpan(0, open)}{number}{range.AsSpan(close + 1)}";
            if (Parts.Of(name) is null) return false;
            attempts.Add(name);
        }

        return true;
    }

    /// <summary>The parts of an attempt's name: the group without its trial, the trial, the repeat and the try.</summary>
    private sealed partial record Parts(string Stem, string Kind, int Trial, int Repeat, int Try)
    {
        public static Parts? Of(string attempt)
        {
            var match = Shape().Match(attempt);
            return match.Success
                ? new Parts(
                    match.Groups[1].Value, match.Groups[2].Value, Whole(match.Groups[3]), Whole(match.Groups[4]), Whole(match.Groups[5]))
                : null;
        }

        public char? Varying(Parts other) =>
            Stem != other.Stem || Kind != other.Kind || Try != other.Try ? null
            : Trial == other.Trial && Repeat != other.Repeat ? 'r'
            : Repeat == other.Repeat && Trial != other.Trial ? 't'
            : null;

        public int Number(char varying) => varying == 'r' ? Repeat : Trial;

        public void Write(StringBuilder text, char varying, string ranges)
        {
            text.Append(Stem);
            if (Kind.Length > 0)
                text.Append('-').Append(Kind).Append(varying == 't' ? $"[{ranges}]" : Trial.ToString(CultureInfo.InvariantCulture));
            text.Append('-').Append(varying == 'r' ? $"[{ranges}]" : Repeat.ToString(CultureInfo.InvariantCulture)).Append('-').Append(Try);
        }

        private static int Whole(Group group) =>
            group.Success && group.Length > 0 ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

        [GeneratedRegex(
            "^([a-z][0-9a-z]{1,31})(?:-([tc])([1-9][0-9]{0,8}))?-([1-9][0-9]{0,8})-([1-9][0-9]{0,8})$",
            RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
        private static partial Regex Shape();
    }
}
