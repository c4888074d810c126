namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>The grammar of numbers in JSON (RFC 8259, section 6).</summary>
internal static class NumberText
{
    /// <summary>True for a number of JSON with a point or an exponent, as in <c>-1.10</c> or <c>1e5</c>.</summary>
    public static bool IsFraction(ReadOnlySpan<char> text)
    {
        var rest = text is ['-', ..] ? text[1..] : text;
        var whole = Digits(rest);
        if (whole == 0 || (whole > 1 && rest[0] == '0')) return false;
        rest = rest[whole..];
        if (rest.IsEmpty) return false;
        if (rest is ['.', ..])
        {
            var decimals = Digits(rest[1..]);
            if (decimals == 0) return false;
            rest = rest[(1 + decimals)..];
        }

        if (rest is not ['e' or 'E', ..]) return rest.IsEmpty;
        rest = rest is [_, '+' or '-', ..] ? rest[2..] : rest[1..];
        return !rest.IsEmpty && Digits(rest) == rest.Length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }
}
