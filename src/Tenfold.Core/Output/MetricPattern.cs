using System.Globalization;
using System.Text.RegularExpressions;

namespace Tenfold.Core.Output;

/// <summary>A metric of a script that prints in its own format: a regular expression finds its values.</summary>
/// <remarks>
/// <para>The value is the group <c>value</c>, or else the first group without a name, or else the first group with another name than
/// <c>step</c>. The group <c>step</c> is the value's step.</para>
/// <para>A match never begins inside a word: <c>loss=</c> doesn't find <c>val_loss=</c>, but <c>_loss=</c> does. A match that ends inside a
/// number, as <c>loss=([0-9.]+)</c> does in <c>loss=3e-05</c> and <c>loss=1,234.5</c>, gives no value. Where the value is <c>nan</c> or
/// <c>inf</c>, it is found even if the value's group allows digits only.</para>
/// </remarks>
public sealed partial class MetricPattern
{
    private const string StepGroup = "step", ValueGroup = "value";

    // The script waits while a line is matched.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    private readonly Regex _expression;
    private readonly int _value, _step;
    private readonly Regex? _nonFinite;

    /// <summary>Makes a pattern.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="expression">The regular expression, in which <see cref="Fault"/> finds nothing wrong.</param>
    public MetricPattern(string name, string expression)
    {
        (Name, Expression) = (name, expression);
        _expression = Compile(expression);
        _value = ValueGroupOf(_expression) ?? throw new ArgumentException("The pattern has no group for the value.", nameof(expression));
        _step = _expression.GroupNumberFromName(StepGroup);
        _nonFinite = NonFinite(expression, _expression.GroupNameFromNumber(_value));
    }

    /// <summary>The metric's name.</summary>
    public string Name { get; }

    /// <summary>The regular expression.</summary>
    public string Expression { get; }

    /// <summary>What is wrong with an expression, and how to mend it; null when nothing is.</summary>
    public static string? Fault(string expression)
    {
        try
        {
            return ValueGroupOf(new Regex(expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))) is null
                ? "put the part that is the value in parentheses, such as loss=([-+.\\w]+)" : null;
        }
        catch (RegexParseException e)
        {
            return expression.Contains("(?P<", StringComparison.Ordinal) ? "write a named group as (?<name>…), without the P"
                : $"{Words(e.Error.ToString())}, at character {e.Offset}";
        }
    }

    /// <summary>Finds the values in a text, in the order in which they stand there.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression takes too long on this text.</exception>
    public IEnumerable<PatternMatch> In(string text)
    {
        var matches = Matches(_expression, text);
        if (_nonFinite is not null && NonFiniteWord().IsMatch(text))
        {
            var found = matches.ToList();
            matches = found.Concat(Matches(_nonFinite, text).Where(other => found.TrueForAll(one => one.Index != other.Index)))
                .OrderBy(match => match.Index);
        }

        foreach (var match in matches)
        {
            var (value, step) = (match.Groups[_value], _step < 0 ? "" : match.Groups[_step].Value);
            var number = ParseStep(step);
            var rest = value.Index + value.Length == match.Index + match.Length ? RestOfNumber(text, value) : "";
            yield return new PatternMatch(
                rest.Length > 0 ? null : MetricNumber.Parse(value.Value), number, value.Value + rest,
                step.Length > 0 && number is null ? step : null, match.Index);
        }
    }

    private static IEnumerable<Match> Matches(Regex expression, string text)
    {
        for (var match = expression.Match(text); match.Success; match = match.NextMatch()) yield return match;
    }

    // Matches don't begin inside a word. An underscore at the beginning names the rest of a word on purpose.
    private static Regex Compile(string expression) =>
        new($@"(?:(?<!\w)|(?![^\W_]))(?:{expression}{(expression.Contains("(?x", StringComparison.Ordinal) ? "\n" : "")})",
            RegexOptions.CultureInvariant, Limit);

    // What follows the value and belongs to the same number, unless the pattern says itself what follows.
    private static string RestOfNumber(string text, Group value)
    {
        if (value.Length == 0 || !char.IsAsciiDigit(value.Value[^1])) return "";
        var rest = ContinuedNumber().Match(text, value.Index + value.Length);
        // After a decimal point, a comma separates numbers.
        return rest.Success && !(rest.Value[0] == ',' && value.Value.Contains('.', StringComparison.Ordinal)) ? rest.Value : "";
    }

    // The expression with another group for the value; null when it is too intricate for that.
    private static Regex? NonFinite(string expression, string group)
    {
        if (FirstGroup().Match(expression) is not { Success: true } first) return null;
        var (place, open) = (first.Groups["group"], first.Groups["open"].Value);
        if (open != (group == ValueGroup ? $"(?<{ValueGroup}>" : "(") || group is not (ValueGroup or "1")) return null;
        return Compile(
            $"{expression[..place.Index]}{open}[-+]?(?i:nan|inf|infinity)\\b){expression[(place.Index + place.Length)..]}");
    }

    // The first group of an expression, which has no groups inside.
    [GeneratedRegex(
        @"^(?:\\.|\[\^?\]?[^\]]*\]|[^\\\[(]|\(\?)*?(?<group>(?<open>\((?:\?<value>|(?!\?)))(?:\\.|\[\^?\]?[^\]]*\]|[^\\\[()])*\))",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FirstGroup();

    [GeneratedRegex(@"\b(?:nan|inf|infinity)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NonFiniteWord();

    [GeneratedRegex(@"\G(?:[0-9]|[.,_][0-9]|[eE][-+]?[0-9])[-+.,\w]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ContinuedNumber();

    private static int? ValueGroupOf(Regex expression)
    {
        var numbers = expression.GetGroupNumbers().Where(number => number > 0).ToList();
        string NameOf(int number) => expression.GroupNameFromNumber(number);
        int? First(Func<string, bool> isIt) =>
            numbers.Where(number => isIt(NameOf(number))).Select(number => (int?)number).FirstOrDefault();
        return First(name => name == ValueGroup) ?? First(name => char.IsAsciiDigit(name[0])) ?? First(name => name != StepGroup);
    }

    private static long? ParseStep(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < 9e15 ? (long)real
        : null;

    // UnterminatedBracket → unterminated bracket
    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}

/// <summary>What a pattern found at one place.</summary>
/// <param name="Value">The value; null when what was found is no number.</param>
/// <param name="Step">The step; null when the pattern has no group for it, or nothing was found there.</param>
/// <param name="Text">The value as it stands there.</param>
/// <param name="BadStep">What was found as the step and is no number; null when nothing is wrong with it.</param>
/// <param name="At">Where the match begins.</param>
public readonly record struct PatternMatch(double? Value, long? Step, string Text, string? BadStep, int At);

/// <summary>Reads numbers as scripts print them.</summary>
public static class MetricNumber
{
    /// <summary>A number, with <c>nan</c>, <c>inf</c> and <c>-inf</c> in any case; null when the text is none.</summary>
    public static double? Parse(string text) => text.Trim().ToLowerInvariant() switch
    {
        "nan" or "+nan" or "-nan" => double.NaN,
        "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        var number => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
    };
}
