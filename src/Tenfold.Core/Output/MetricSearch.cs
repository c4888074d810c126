using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenfold.Core.Output;

/// <summary>
/// Searches a script's output for the line that most resembles a missing metric, and finds a pattern for it. Not thread-safe.
/// </summary>
/// <param name="metric">The metric's name.</param>
public sealed partial class MetricSearch(string metric)
{
    private const int LongestLine = 4096, LongestExcerpt = 160, MaxTimeouts = 5, TimeoutMs = 100;

    // All of the first candidates are examined, then every second one, then every fourth: a script must not wait for this search.
    private const int ExaminedPerStride = 5000, MaxKnownWords = 1000;

    private readonly NameWords _words = NameWords.Of(metric);
    private readonly SearchValues<string> _hints = SearchValues.Create([.. NameWords.HintsOf(metric)], StringComparison.OrdinalIgnoreCase);
    private readonly Dictionary<string, bool> _known = [];
    private readonly char[] _room = new char[LongestLine];
    private double _bestRank;
    private int _timeouts;
    private long _candidates, _examined, _stride = 1;

    /// <summary>The best line so far (of equal lines the last); null when no line resembles the metric.</summary>
    public MetricSuggestion? Best { get; private set; }

    /// <summary>Examines an update of a line.</summary>
    /// <param name="text">The update, as <see cref="UpdateSplitter"/> gives it.</param>
    /// <param name="isStandardOutput">False for standard error.</param>
    public void Take(ReadOnlySpan<byte> text, bool isStandardOutput)
    {
        if (text.Length is 0 or > LongestLine || _timeouts >= MaxTimeouts) return;
        var line = _room.AsSpan(0, Encoding.UTF8.GetChars(text, _room));
        if (!MayContain(line) || _candidates++ % _stride != 0) return;
        if (++_examined % ExaminedPerStride == 0) _stride *= 2;
        try
        {
            Take(line.ToString(), isStandardOutput);
        }
        catch (RegexMatchTimeoutException)
        {
            _timeouts++;
        }
    }

    // "access" is no word for accuracy: a line is examined only when a word in it may be the metric's.
    private bool MayContain(ReadOnlySpan<char> line)
    {
        for (int at; (at = line.IndexOfAny(_hints)) >= 0;)
        {
            var (start, end) = (at, at);
            while (start > 0 && IsInWord(line[start - 1])) start--;
            while (end < line.Length && IsInWord(line[end])) end++;
            if (end == at || IsMetric(line[start..end])) return true; // a quote: it may be JSON
            line = line[end..];
        }

        return false;
    }

    private static bool IsInWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '@' or '.' or '/' or '-';

    private bool IsMetric(ReadOnlySpan<char> word)
    {
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(word, out var isMetric)) return isMetric;
        var text = word.ToString();
        isMetric = _words.SharesLast(text);
        if (_known.Count < MaxKnownWords) _known.Add(text, isMetric);
        return isMetric;
    }

    private void Take(string line, bool isStandardOutput)
    {
        foreach (var place in PlacesIn(line))
        {
            if (place.Rank <= 0 || place.Rank < _bestRank) continue;
            if (PatternFor(line, place) is not { } pattern) continue;
            _bestRank = place.Rank;
            Best = new MetricSuggestion(Excerpt(line, place), pattern, isStandardOutput);
        }
    }

    private IEnumerable<Place> PlacesIn(string line)
    {
        foreach (var match in Json().Matches(line).Cast<Match>())
            if (_words.RankOf(match.Groups["key"].Value) is > 0 and var rank) yield return Place.Of(match, rank + 2);
        foreach (var match in Pair().Matches(line).Cast<Match>()) yield return Place.Of(match, _words.RankOf(match.Groups["key"].Value));
        foreach (var match in Distant().Matches(line).Cast<Match>())
            yield return Place.Of(match, _words.RankOf(match.Groups["key"].Value) - 0.5);
        foreach (var match in Behind().Matches(line).Cast<Match>())
            yield return Place.Of(match, _words.RankOf(match.Groups["key"].Value) - 0.75);
    }

    // A pattern is only suggested when it gives the value that stands there.
    private string? PatternFor(string line, Place place)
    {
        foreach (var value in (string[])[@"([-+.\w]+)", "([-+]?[0-9.]*[0-9](?:[eE][-+]?[0-9]+)?)"])
        {
            var before = $"{(char.IsLetter(place.Before.FirstOrDefault()) ? @"\b" : "")}{Generalise(place.Before)}";
            var pattern = before + value + Generalise(place.After);
            if (MetricPattern.Fault(pattern) is not null) continue;
            var found = new MetricPattern(metric, pattern).In(line).Select(match => match.Value).LastOrDefault();
            if (found is { } number && number.Equals(MetricNumber.Parse(place.Value))) return pattern;
        }

        return null;
    }

    // Blanks and numbers differ from line to line. A quote would have to be escaped in YAML and in a shell.
    private static string Generalise(string text)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isBlank = char.IsWhiteSpace(c);
            if (isBlank || char.IsAsciiDigit(c))
            {
                while (i + 1 < text.Length && (isBlank ? char.IsWhiteSpace(text[i + 1]) : char.IsAsciiDigit(text[i + 1]))) i++;
                pattern.Append(isBlank ? " *" : "[0-9]+");
            }
            else if (c == '\'') pattern.Append('.');
            else pattern.Append(@"\.$^{[(|)*+?".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c);
        }

        // Words that nothing but blanks separate from the number need at least one.
        return pattern.Length > 2 && text.Length > 1 && char.IsLetter(text[^2]) && char.IsWhiteSpace(text[^1])
            ? $"{pattern.ToString(0, pattern.Length - 1)}+" : pattern.ToString();
    }

    private static string Excerpt(string line, Place place)
    {
        var start = Math.Max(0, Math.Min(place.Start, line.Length - LongestExcerpt));
        if (start > 0 && char.IsLowSurrogate(line[start])) start--;
        var end = Math.Min(line.Length, start + LongestExcerpt);
        if (end < line.Length && char.IsLowSurrogate(line[end])) end--;
        return $"{(start > 0 ? "…" : "")}{PlainText.Of(line[start..end]).Trim()}{(end < line.Length ? "…" : "")}";
    }

    private const string Key = @"(?<key>\p{L}[\w@./-]*)", Words = @"(?<key>\p{L}[\w@./-]*(?: \p{L}[\w@./-]*){0,2})",
        Number = @"(?<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|nan\b|inf\b))"
        + @"(?![\w.]*[A-Za-z_])(?:(?<=\.[0-9]*)|(?![0-9]*,[0-9]))";

    // {"metric": "acc", "value": 0.9} as a script may print it where it is no metric, Python's dict too.
    [GeneratedRegex(
        @"(?<before>[""']metric[""']: *[""'](?<key>[^""']+)[""'],[^{}]{0,100}?[""']value[""']: *[""']?)" + Number +
        @"|(?<before>[""']value[""']: *[""']?)" + Number + @"(?<after>[""']?,[^{}]{0,100}?[""']metric[""']: *[""'](?<key>[^""']+)[""'])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Json();

    // acc=0.93, Accuracy: 93.1 %, 'accuracy': tensor(0.93), accuracy   0.93, Accuracy: 9812/10000 (98%)
    [GeneratedRegex(
        @"(?<before>[""']?" + Words + @"[""']?\s*(?:=>?|:|\||->|is\b|of\b)?\s*(?:[\w.]+\(|\[)?[""']?(?:[0-9]+/[0-9]+ \()?)" + Number,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Pair();

    // Accuracy of the network on the 10000 test images: 93 %
    [GeneratedRegex(
        @"(?<before>" + Key + @"[^=:|]{1,60}[=:|]\s*)" + Number,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Distant();

    // 93.1% accuracy
    [GeneratedRegex(
        Number + @"(?<after>\s*%?\s+" + Key + ")",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Behind();

    /// <summary>A number in a line that may be the metric.</summary>
    /// <param name="Start">Where the text that belongs to it begins.</param>
    /// <param name="Before">The text before the number that belongs to it.</param>
    /// <param name="Value">The number.</param>
    /// <param name="After">The text after it that belongs to it.</param>
    /// <param name="Rank">How well its name fits; not above 0 when it doesn't.</param>
    private sealed record Place(int Start, string Before, string Value, string After, double Rank)
    {
        public static Place Of(Match match, double rank) =>
            new(match.Index, match.Groups["before"].Value, match.Groups["number"].Value, match.Groups["after"].Value, rank);
    }
}

/// <summary>A line that looks like a metric, and how it would be found.</summary>
/// <param name="Line">The line, or the part of it that matters; without control characters.</param>
/// <param name="Pattern">A regular expression for <c>train.metrics</c>; contains no single quote.</param>
/// <param name="IsStandardOutput">False when the line was printed to standard error.</param>
public sealed record MetricSuggestion(string Line, string Pattern, bool IsStandardOutput);

/// <summary>The words of a metric's name, so that <c>val_acc</c> and <c>Validation accuracy</c> are one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Words">Its words in lower case, each in its longest usual form.</param>
internal sealed record NameWords(string Name, IReadOnlyList<string> Words)
{
    private static readonly string[][] Forms =
    [
        ["acc", "accuracy"], ["val", "valid", "validation"], ["eval", "evaluation"], ["err", "error"], ["ppl", "perplexity"],
        ["prec", "precision"], ["rec", "recall"], ["avg", "average"], ["auc", "auroc"], ["corr", "correlation"], ["sec", "seconds"],
    ];

    public static NameWords Of(string name) => new(name, [.. Split(name).Select(word => FormsOf(word)[^1])]);

    /// <summary>One of these occurs, in some case, in each line that may contain the metric.</summary>
    public static IReadOnlyList<string> HintsOf(string name) =>
        Split(name) is [.., var last]
            ? [.. FormsOf(last).Select(form => form[..Math.Min(3, form.Length)]).Append("\"metric\"").Append("'metric'").Distinct()]
            : [name];

    /// <summary>True when a name has the last word of this one, so that it may be this one with the words around it.</summary>
    public bool SharesLast(string name) => Words.Count == 0 || Of(name).Words.Contains(Words[^1]);

    /// <summary>How well a name in a script's output fits this one: 4 for the name itself, 0 for another one.</summary>
    public double RankOf(string name)
    {
        if (name == Name) return 4;
        var other = Of(name).Words;
        if (other.Count == 0 || Words.Count == 0) return 0;
        if (other.SequenceEqual(Words)) return 3;
        if (Words.All(other.Contains)) return 2;
        return other.Contains(Words[^1]) && other.All(Words.Contains) ? 1 : 0;
    }

    private static string[] FormsOf(string word) => Array.Find(Forms, forms => forms.Contains(word)) ?? [word];

    // valAcc, val_acc, val/acc, Val acc
    private static List<string> Split(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var isNew = !char.IsLetterOrDigit(c) || (i > 0 && char.IsUpper(c) && char.IsLower(name[i - 1]));
            if (isNew && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (char.IsLetterOrDigit(c)) word.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }

        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }
}
