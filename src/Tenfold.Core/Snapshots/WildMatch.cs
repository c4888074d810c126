using System.Numerics;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Git's own pattern matching, byte for byte, in a time that no pattern can blow up: length of pattern times length of text.
/// </summary>
/// <remarks>
/// Source for what matches: git, wildmatch.c (dowild). It works on bytes, so <c>?</c> matches one byte of a UTF-8 letter, as in git. Where
/// git backtracks, this follows all possible places in the pattern at once (Thompson 1968, Regular Expression Search Algorithm).
/// </remarks>
public sealed class WildMatch
{
    private const int WordBits = 64, WordsOnStack = 16;

    private readonly List<Token> _tokens = [];

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">True when only <c>**</c> may match a <c>/</c>.</param>
    public WildMatch(ReadOnlySpan<byte> pattern, bool path)
    {
        for (var i = 0; At(pattern, i) != 0; i++)
        {
            switch (pattern[i])
            {
                case (byte)'?':
                    _tokens.Add(Token.Of(bytes => bytes != '/' || !path));
                    break;
                case (byte)'*':
                    AddStars(pattern, ref i, path);
                    break;
                case (byte)'[':
                    AddClass(pattern, ref i, path);
                    break;
                default:
                    var c = pattern[i] == '\\' ? At(pattern, ++i) : pattern[i];
                    _tokens.Add(c == 0 ? Token.Never : new Token(TokenKind.Byte, c, null));
                    break;
            }
        }
    }

    private enum TokenKind
    {
        /// <summary>One byte.</summary>
        Byte,

        /// <summary>One byte out of several.</summary>
        Class,

        /// <summary>Any bytes but <c>/</c>.</summary>
        Star,

        /// <summary>Any bytes.</summary>
        Stars,

        /// <summary>Before <see cref="Folders"/>, which may be left out.</summary>
        Option,

        /// <summary>Any bytes, and a <c>/</c> after them.</summary>
        Folders,
    }

    /// <summary>True when the pattern matches the whole text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">A name, or a path with <c>/</c>.</param>
    /// <param name="path">True when only <c>**</c> may match a <c>/</c>.</param>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool path) =>
        new WildMatch(pattern, path).IsMatch(text);

    /// <summary>True for the characters that make a pattern more than a literal.</summary>
    public static bool IsSpecial(byte c) => c is (byte)'*' or (byte)'?' or (byte)'[' or (byte)'\\';

    /// <summary>True when the pattern matches the whole text.</summary>
    /// <param name="text">A name, or a path with <c>/</c>.</param>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        // One bit for each token that may come next, and one for the end of the pattern.
        var words = (_tokens.Count / WordBits) + 1;
        var places = words <= WordsOnStack ? stackalloc ulong[2 * WordsOnStack] : new ulong[2 * words];
        Span<ulong> now = places[..words], next = places[words..(2 * words)];
        Add(now, 0);
        foreach (var c in text)
        {
            next.Clear();
            if (!Step(now, next, c)) return false;
            var swapped = now;
            now = next;
            next = swapped;
        }

        return Has(now, _tokens.Count);
    }

    // False when no place is left.
    private bool Step(ReadOnlySpan<ulong> now, Span<ulong> next, byte c)
    {
        var isAny = false;
        for (var word = 0; word < now.Length; word++)
        {
            for (var bits = now[word]; bits != 0; bits &= bits - 1)
            {
                var place = (word * WordBits) + BitOperations.TrailingZeroCount(bits);
                if (place == _tokens.Count) continue;
                var token = _tokens[place];
                var stays = token.Kind is TokenKind.Stars or TokenKind.Folders || (token.Kind == TokenKind.Star && c != '/');
                var goesOn = token.Kind == TokenKind.Folders ? c == '/' : token.Takes(c);
                if (stays) Add(next, place);
                if (goesOn) Add(next, place + 1);
                isAny |= stays || goesOn;
            }
        }

        return isAny;
    }

    // Adds a place, and those that can be reached from it without a byte.
    private void Add(Span<ulong> places, int place)
    {
        while (!Has(places, place))
        {
            Set(places, place);
            if (place == _tokens.Count) return;
            switch (_tokens[place].Kind)
            {
                case TokenKind.Star or TokenKind.Stars:
                    place++;
                    break;
                case TokenKind.Option:
                    Set(places, place + 1);
                    place += 2;
                    break;
                default:
                    return;
            }
        }
    }

    private static bool Has(ReadOnlySpan<ulong> places, int place) => (places[place / WordBits] >> (place % WordBits) & 1) != 0;

    private static void Set(Span<ulong> places, int place) => places[place / WordBits] |= 1UL << (place % WordBits);

    // One or more stars. Afterwards i is at the last byte that they took.
    private void AddStars(ReadOnlySpan<byte> p, ref int i, bool path)
    {
        var first = i;
        while (At(p, i + 1) == '*') i++;
        var opens = first == 0 || p[first - 1] == '/';
        var closes = At(p, i + 1) is 0 or (byte)'/' || (At(p, i + 1) == '\\' && At(p, i + 2) == '/');
        if (path && (i == first || !opens || !closes))
        {
            _tokens.Add(new Token(TokenKind.Star, 0, null));
        }
        else if (path && At(p, i + 1) == '/')
        {
            // "foo/**/bar" matches "foo/bar" too. Two in a row match what one matches.
            i++;
            if (_tokens is [.., { Kind: TokenKind.Folders }]) return;
            _tokens.Add(new Token(TokenKind.Option, 0, null));
            _tokens.Add(new Token(TokenKind.Folders, 0, null));
        }
        else
        {
            _tokens.Add(new Token(TokenKind.Stars, 0, null));
        }
    }

    private void AddClass(ReadOnlySpan<byte> p, ref int i, bool path)
    {
        var taken = new bool[256];
        var end = i;
        for (var c = 0; c < taken.Length; c++)
        {
            end = i;
            if (Class(p, ref end, (byte)c) is not { } inside)
            {
                // Nothing matches a malformed pattern.
                _tokens.Add(Token.Never);
                return;
            }

            taken[c] = inside && !(path && c == '/');
        }

        i = end;
        _tokens.Add(new Token(TokenKind.Class, 0, taken));
    }

    // The end of a pattern reads as 0, as in C.
    private static byte At(ReadOnlySpan<byte> text, int index) => index < text.Length ? text[index] : (byte)0;

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

    private readonly record struct Token(TokenKind Kind, byte Byte, bool[]? Taken)
    {
        public static Token Never => new(TokenKind.Class, 0, new bool[256]);

        public static Token Of(Func<int, bool> takes) => new(TokenKind.Class, 0, [.. Enumerable.Range(0, 256).Select(takes)]);

        public bool Takes(byte c) => Kind switch { TokenKind.Byte => c == Byte, TokenKind.Class => Taken![c], _ => false };
    }
}
