namespace Tenfold.Core.Snapshots;

/// <summary>Git's own pattern matching, byte for byte.</summary>
/// <remarks>Source: git, wildmatch.c (dowild). It works on bytes, so <c>?</c> matches one byte of a UTF-8 letter, as in git.</remarks>
public static class WildMatch
{
    private enum Result
    {
        Match,
        NoMatch,
        AbortAll,
        AbortToStarStar,
    }

    /// <summary>True when the pattern matches the whole text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">A name, or a path with <c>/</c>.</param>
    /// <param name="path">True when only <c>**</c> may match a <c>/</c>.</param>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool path) =>
        Match(pattern, 0, text, path) == Result.Match;

    /// <summary>True for the characters that make a pattern more than a literal.</summary>
    public static bool IsSpecial(byte c) => c is (byte)'*' or (byte)'?' or (byte)'[' or (byte)'\\';

    // The end of a text reads as 0, as in C.
    private static byte At(ReadOnlySpan<byte> text, int index) => index < text.Length ? text[index] : (byte)0;

    private static Result Match(ReadOnlySpan<byte> p, int start, ReadOnlySpan<byte> text, bool path)
    {
        var t = 0;
        for (var i = start; At(p, i) != 0; t++, i++)
        {
            byte c = p[i], now = At(text, t);
            if (now == 0 && c != '*') return Result.AbortAll;
            switch (c)
            {
                case (byte)'?':
                    if (path && now == '/') return Result.NoMatch;
                    break;
                case (byte)'*':
                    if (Star(p, ref i, start, text, ref t, path) is { } result) return result;
                    break;
                case (byte)'[':
                    if (Class(p, ref i, now) is not { } inside) return Result.AbortAll;
                    if (!inside || (path && now == '/')) return Result.NoMatch;
                    break;
                default:
                    if (c == '\\') c = At(p, ++i);
                    if (now != c) return Result.NoMatch;
                    break;
            }
        }
        return t < text.Length ? Result.NoMatch : Result.Match;
    }

    /// <summary>Handles one or more stars. Null when the match continues after a <c>/</c>: i and t are then at that slash.</summary>
    private static Result? Star(ReadOnlySpan<byte> p, ref int i, int start, ReadOnlySpan<byte> text, ref int t, bool path)
    {
        var slashes = !path;
        i++;
        if (At(p, i) == '*')
        {
            var second = i;
            while (At(p, ++i) == '*')
            {
            }
            if (path)
            {
                var opens = second - start < 2 || p[second - 2] == '/';
                var closes = At(p, i) is 0 or (byte)'/' || (At(p, i) == '\\' && At(p, i + 1) == '/');
                slashes = opens && closes;
                // "foo/**/bar" matches "foo/bar" too.
                if (slashes && At(p, i) == '/' && Match(p, i + 1, text[t..], path) == Result.Match) return Result.Match;
            }
        }
        if (At(p, i) == 0)
        {
            // A closing "**" matches everything, a closing "*" only text without a slash.
            return slashes || text[t..].IndexOf((byte)'/') < 0 ? Result.Match : Result.NoMatch;
        }
        if (!slashes && p[i] == '/')
        {
            var slash = text[t..].IndexOf((byte)'/');
            if (slash < 0) return Result.NoMatch;
            t += slash;
            return null;
        }
        return Rest(p, i, text, t, path, slashes);
    }

    /// <summary>Tries the rest of the pattern at every position that the stars can match up to.</summary>
    private static Result Rest(ReadOnlySpan<byte> p, int i, ReadOnlySpan<byte> text, int t, bool path, bool slashes)
    {
        for (; t < text.Length; t++)
        {
            if (!IsSpecial(p[i]))
            {
                while (t < text.Length && text[t] != p[i] && (slashes || text[t] != '/')) t++;
                if (At(text, t) != p[i]) return Result.NoMatch;
            }
            var result = Match(p, i, text[t..], path);
            if (result != Result.NoMatch)
            {
                if (!slashes || result != Result.AbortToStarStar) return result;
            }
            else if (!slashes && text[t] == '/')
            {
                return Result.AbortToStarStar;
            }
        }
        return Result.AbortAll;
    }

    /// <summary>Handles <c>[…]</c>, and leaves i at its closing bracket. Null when it is malformed.</summary>
    private static bool? Class(ReadOnlySpan<byte> p, ref int i, byte now)
    {
        byte c = At(p, ++i), previous = 0;
        bool negated = c is (byte)'!' or (byte)'^', inside = false;
        if (negated) c = At(p, ++i);
        do
        {
            if (c == 0) return null;
            if (c == '\\')
            {
                c = At(p, ++i);
                if (c == 0) return null;
                inside |= now == c;
            }
            else if (c == '-' && previous != 0 && At(p, i + 1) is not (0 or (byte)']'))
            {
                c = At(p, ++i);
                if (c == '\\') c = At(p, ++i);
                if (c == 0) return null;
                inside |= now >= previous && now <= c;
                c = 0;
            }
            else if (c == '[' && At(p, i + 1) == ':')
            {
                if (NamedClass(p, ref i, ref c, now) is not { } named) return null;
                inside |= named;
            }
            else
            {
                inside |= now == c;
            }
            previous = c;
            c = At(p, ++i);
        }
        while (c != ']');
        return inside != negated;
    }

    /// <summary>Handles <c>[:name:]</c>, and leaves i at its closing bracket and c at 0. Null when it is malformed.</summary>
    private static bool? NamedClass(ReadOnlySpan<byte> p, ref int i, ref byte c, byte now)
    {
        int name = i + 2, end = name;
        while (At(p, end) is not (0 or (byte)']')) end++;
        if (At(p, end) == 0) return null;
        // Without ":]" it is an ordinary set that contains a bracket.
        if (end - name - 1 < 0 || p[end - 1] != ':') return now == '[';
        if (Named(p[name..(end - 1)], (char)now) is not { } named) return null;
        (i, c) = (end, 0);
        return named;
    }

    private static bool? Named(ReadOnlySpan<byte> name, char c)
    {
        if (name.SequenceEqual("alnum"u8)) return char.IsAsciiLetterOrDigit(c);
        if (name.SequenceEqual("alpha"u8)) return char.IsAsciiLetter(c);
        if (name.SequenceEqual("blank"u8)) return c is ' ' or '\t';
        if (name.SequenceEqual("cntrl"u8)) return c is < ' ' or (char)127;
        if (name.SequenceEqual("digit"u8)) return char.IsAsciiDigit(c);
        if (name.SequenceEqual("graph"u8)) return c is > ' ' and < (char)127;
        if (name.SequenceEqual("lower"u8)) return char.IsAsciiLetterLower(c);
        if (name.SequenceEqual("print"u8)) return c is >= ' ' and < (char)127;
        if (name.SequenceEqual("punct"u8)) return c is > ' ' and < (char)127 && !char.IsAsciiLetterOrDigit(c);
        if (name.SequenceEqual("space"u8)) return c is ' ' or '\t' or '\n' or '\r';
        if (name.SequenceEqual("upper"u8)) return char.IsAsciiLetterUpper(c);
        if (name.SequenceEqual("xdigit"u8)) return char.IsAsciiHexDigit(c);
        return null;
    }
}
