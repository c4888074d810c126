using System.Globalization;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Yaml;

/// <summary>
/// Resolves the type of a plain scalar by YAML 1.2's core schema (specification, section 10.3.2), where <c>1e-4</c> is a number and only
/// true and false are booleans. A text that YAML 1.1 reads differently, such as <c>012</c> or <c>1_000</c>, is refused.
/// </summary>
internal static class CoreSchema
{
    /// <summary>The value of a scalar that may be of any type.</summary>
    public static Reading<ParameterValue> Resolve(ScalarNode scalar) =>
        scalar.Plain ? Resolve(scalar.Text) : Reading.Of<ParameterValue>(new TextValue(scalar.Text));

    /// <summary>
    /// The value of a plain text. Fails for a number that doesn't fit JSON or 64 bits, or that YAML readers disagree about.
    /// </summary>
    public static Reading<ParameterValue> Resolve(string plain)
    {
        switch (plain)
        {
            case "" or "~" or "null" or "Null" or "NULL": return Reading.Of<ParameterValue>(RequiredValue.Instance);
            case "true" or "True" or "TRUE": return Reading.Of<ParameterValue>(new BooleanValue(true));
            case "false" or "False" or "FALSE": return Reading.Of<ParameterValue>(new BooleanValue(false));
        }

        var digits = plain[0] is '+' or '-' ? plain[1..] : plain;
        if (digits is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN")
            return Reading.Fail<ParameterValue>("a number must be finite, because JSON has no infinity or NaN; quote it to pass it as text",
                $"\"{plain}\"");
        if (digits.StartsWith("0x", StringComparison.Ordinal) || digits.StartsWith("0o", StringComparison.Ordinal))
            return WithBase(plain, digits);
        if (IsNumber(digits, out var whole)) return whole ? Whole(plain, digits) : Fraction(plain);
        if (digits.Contains('_', StringComparison.Ordinal) && IsNumber(digits.Replace("_", "", StringComparison.Ordinal), out _))
            return Reading.Fail<ParameterValue>("a number to some YAML readers, text to others; write it without '_', or quote it",
                plain.Replace("_", "", StringComparison.Ordinal));
        return Reading.Of<ParameterValue>(new TextValue(plain));
    }

    private static Reading<ParameterValue> Whole(string plain, string digits)
    {
        if (digits.Length > 1 && digits[0] == '0')
        {
            var bare = digits.TrimStart('0');
            return Reading.Fail<ParameterValue>(
                "octal to some YAML readers, decimal to others; write it without the leading 0, or quote it",
                bare.Length == 0 ? "0" : bare);
        }

        return long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Reading.Of<ParameterValue>(new IntegerValue(value))
            : Reading.Fail<ParameterValue>("a whole number must fit 64 bits; quote it to pass it as text", $"\"{plain}\"");
    }

    private static Reading<ParameterValue> Fraction(string plain)
    {
        var value = double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? Reading.Of<ParameterValue>(new NumberValue(value, plain))
            : Reading.Fail<ParameterValue>("a number must be below 1.8e308; quote it to pass it as text", $"\"{plain}\"");
    }

    private static Reading<ParameterValue> WithBase(string plain, string digits)
    {
        var (style, wanted) = digits[1] == 'x' ? (16, "0123456789abcdefABCDEF") : (8, "01234567");
        var body = digits[2..];
        if (body.Length == 0 || body.AsSpan().ContainsAnyExcept(wanted) || digits.Length != plain.Length)
            return Reading.Of<ParameterValue>(new TextValue(plain));
        if (body.TrimStart('0').Length > (style == 16 ? 15 : 20))
            return Reading.Fail<ParameterValue>("a whole number must fit 64 bits; quote it to pass it as text", $"\"{plain}\"");
        return Reading.Of<ParameterValue>(new IntegerValue(Convert.ToInt64(body, style)));
    }

    /// <summary>Digits, perhaps with a point and an exponent, and nothing else.</summary>
    private static bool IsNumber(ReadOnlySpan<char> text, out bool whole)
    {
        var digits = CountDigits(text);
        var rest = text[digits..];
        whole = digits > 0 && rest.IsEmpty;
        if (rest is ['.', ..])
        {
            var decimals = CountDigits(rest[1..]);
            digits += decimals;
            rest = rest[(1 + decimals)..];
        }

        if (digits == 0) return false;
        if (rest is ['e' or 'E', ..])
        {
            rest = rest is [_, '+' or '-', ..] ? rest[2..] : rest[1..];
            var exponent = CountDigits(rest);
            if (exponent == 0) return false;
            rest = rest[exponent..];
        }

        return rest.IsEmpty;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }
}
