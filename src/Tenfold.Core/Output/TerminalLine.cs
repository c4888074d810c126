using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tenfold.Core.Output;

/// <summary>
/// One line of a terminal: a carriage return, a backspace and the sequences that move the cursor or erase change what stands there;
/// colours and all other control characters have no effect. Never longer than <see cref="MaxColumns"/>.
/// </summary>
/// <remarks>
/// Source: ECMA-48, 5th edition, sections 8.3.18 (CUB), 8.3.20 (CUF), 8.3.9 (CHA), 8.3.41 (EL), 8.3.38 (ECH), 8.3.26 (DCH).
/// </remarks>
public sealed class TerminalLine
{
    /// <summary>How many columns a line has at most; text beyond them overwrites the last column.</summary>
    public const int MaxColumns = 64 * 1024;

    private const int Blank = ' ', RightHalf = -1, LongestMove = 256, TabWidth = 8;

    private readonly List<int> _cells = [];
    private readonly Dictionary<int, string> _marks = []; // accents and other signs that share a column with the letter before them
    private EscapeParser _escapes;
    private char _surrogate;
    private int _column;
    private bool _isRewritten;

    /// <summary>How many columns it has.</summary>
    public int Columns => _cells.Count;

    /// <summary>True when the line has no text and no sequence is open.</summary>
    public bool IsEmpty => _cells.Count == 0 && !_escapes.IsInside && _surrogate == '\0';

    /// <summary>True when the text has nothing that a terminal would obey, except for tabs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hasLines">True when line feeds are allowed.</param>
    public static bool IsPlain(ReadOnlySpan<char> text, bool hasLines = false) =>
        IsAscii(text, hasLines) || !text.ContainsAny(hasLines ? SpecialCharacters.ButLineFeed : SpecialCharacters.All);

    // Most text is plain ASCII. It is recognised without building the sets of special characters, which takes a millisecond.
    private static bool IsAscii(ReadOnlySpan<char> text, bool hasLines)
    {
        foreach (var c in text)
        {
            if (c is (< ' ' or > '~') and not '\t' && !(hasLines && c == '\n')) return false;
        }

        return true;
    }

    /// <summary>Prints text on the line. A line feed counts as a blank: the caller ends lines.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            switch (_escapes.Next(c))
            {
                case EscapePart.Text:
                    Print(c);
                    break;
                case EscapePart.End when _escapes.Final is not ('\0' or 'm'):
                    _isRewritten = true;
                    Obey(_escapes.Final, _escapes.Parameter);
                    break;
            }
        }
    }

    /// <summary>Begins a new line. A sequence that was open ends.</summary>
    public void Clear()
    {
        _cells.Clear();
        _marks.Clear();
        (_column, _surrogate, _escapes, _isRewritten) = (0, '\0', default, false);
    }

    /// <summary>Clears the line's text. The line stays open, and so does an unfinished sequence.</summary>
    /// <returns>The removed text, with the blanks at its end.</returns>
    public string Take()
    {
        var text = Text(_cells.Count);
        _cells.Clear();
        _marks.Clear();
        _column = 0;
        return text;
    }

    /// <summary>The text on the line. When it was rewritten, the blanks at its end are left out, because they only erased.</summary>
    public override string ToString()
    {
        var end = _cells.Count;
        while (_isRewritten && end > 0 && _cells[end - 1] == Blank && !_marks.ContainsKey(end - 1)) end--;
        return Text(end);
    }

    private string Text(int end)
    {
        var text = new StringBuilder(end);
        for (var i = 0; i < end; i++)
        {
            if (_cells[i] is > 0 and <= char.MaxValue and var letter) text.Append((char)letter);
            else if (_cells[i] > 0) text.Append(char.ConvertFromUtf32(_cells[i]));
            if (_marks.Count > 0 && _marks.TryGetValue(i, out var marks)) text.Append(marks);
        }

        return text.ToString();
    }

    private void Print(char c)
    {
        if (char.IsHighSurrogate(c))
        {
            if (_surrogate != '\0') Put(Rune.ReplacementChar);
            _surrogate = c;
            return;
        }

        if (_surrogate != '\0')
        {
            var isPair = Rune.TryCreate(_surrogate, c, out var rune);
            _surrogate = '\0';
            Put(isPair ? rune : Rune.ReplacementChar);
            if (isPair) return;
        }

        switch (c)
        {
            case '\r':
                (_column, _isRewritten) = (0, true);
                break;
            case '\b':
                (_column, _isRewritten) = (Math.Max(0, _column - 1), true);
                break;
            case '\t' when _column == _cells.Count:
                Put(new Rune('\t'));
                break;
            case '\t':
                MoveTo((_column / TabWidth * TabWidth) + TabWidth); // it erases nothing
                break;
            case '\n' or '\v' or '\f' or '\u2028' or '\u2029':
                Put(new Rune(Blank));
                break;
            default:
                if (!SpecialCharacters.All.Contains(c)) Put(Rune.TryCreate(c, out var rune) ? rune : Rune.ReplacementChar);
                break;
        }
    }

    private void Put(Rune rune)
    {
        var width = rune.IsAscii ? 1 : CharacterWidth.Of(rune);
        if (width == 0)
        {
            if (_column > 0)
            {
                AddMark(_cells[_column - 1] == RightHalf ? _column - 2 : _column - 1, rune);
                return;
            }

            width = 1; // there is no letter that it could share a column with
        }

        if (_column + width > MaxColumns) _column = MaxColumns - width;
        Set(_column, rune.Value);
        if (width == 2) Set(_column + 1, RightHalf);
        _column += width;
    }

    private void AddMark(int column, Rune rune)
    {
        var marks = _marks.GetValueOrDefault(column, "");
        if (marks.Length < 32) _marks[column] = marks + rune; // text made of nothing but accents must not grow without bound
    }

    private void Set(int column, int cell)
    {
        while (_cells.Count <= column) _cells.Add(Blank);
        // Half of a wide letter is no letter.
        if (_cells[column] == RightHalf) _cells[column - 1] = Blank;
        if (column + 1 < _cells.Count && _cells[column + 1] == RightHalf) _cells[column + 1] = Blank;
        _cells[column] = cell;
        if (_marks.Count > 0) _marks.Remove(column);
    }

    private void Obey(char final, int? parameter)
    {
        var count = Math.Max(1, parameter ?? 1);
        switch (final)
        {
            case 'K' or 'J':
                Erase(parameter ?? 0);
                break;
            case 'C':
                // Programs move to the right edge by a large number. This line has no edge: its end is there.
                MoveTo(count <= LongestMove ? _column + count : Math.Max(_column, _cells.Count));
                break;
            case 'D':
                _column = Math.Max(0, _column - count);
                break;
            case 'G' or '`':
                MoveTo(count <= LongestMove ? count - 1 : Math.Min(count - 1, _cells.Count));
                break;
            case 'E' or 'F' or 'H' or 'f':
                _column = 0;
                break;
            case 'X':
                for (var i = _column; i < Math.Min(_cells.Count, _column + count); i++) Set(i, Blank);
                break;
            case 'P':
                Delete(count);
                break;
        }
    }

    private void MoveTo(int column)
    {
        _column = Math.Min(column, MaxColumns - 1);
        while (_cells.Count < _column) _cells.Add(Blank);
    }

    private void Erase(int which)
    {
        if (which == 0 && _column < _cells.Count) Delete(_cells.Count - _column);
        for (var i = 0; which == 1 && i <= Math.Min(_column, _cells.Count - 1); i++) Set(i, Blank);
        if (which is not (2 or 3)) return;
        _cells.Clear();
        _marks.Clear();
        MoveTo(_column);
    }

    private void Delete(int count)
    {
        if (_column >= _cells.Count) return;
        if (_cells[_column] == RightHalf) Set(_column, Blank);
        count = Math.Min(count, _cells.Count - _column);
        _cells.RemoveRange(_column, count);
        if (_column < _cells.Count && _cells[_column] == RightHalf) _cells[_column] = Blank;
        foreach (var column in _marks.Keys.Where(column => column >= _column).Order().ToList())
        {
            _marks.Remove(column, out var marks);
            if (column >= _column + count) _marks[column - count] = marks!;
        }
    }

    // What a line of plain text does not contain. Tabs are left as they are in plain text.
    private static class SpecialCharacters
    {
        public static readonly SearchValues<char> All = SearchValues.Create(Text());
        public static readonly SearchValues<char> ButLineFeed = SearchValues.Create(Text().Replace("\n", "", StringComparison.Ordinal));

        // The control characters of ASCII and of Latin 1, line and paragraph separators, and signs that change the direction of text.
        private static string Text() =>
            string.Concat(Enumerable.Range(0, 0xa0).Where(c => c is (< 0x20 or >= 0x7f) and not '\t').Select(c => (char)c))
            + "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff";
    }
}

/// <summary>How many columns a terminal gives a character.</summary>
internal static class CharacterWidth
{
    // Source: Unicode Standard Annex #11, the ranges of the classes W and F, joined where the characters between them are not assigned.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x23e9, 0x23ec), (0x25fd, 0x25fe), (0x2614, 0x2615), (0x2648, 0x2653), (0x26a1, 0x26a1),
        (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x2b1b, 0x2b1c), (0x2b50, 0x2b50), (0x2b55, 0x2b55), (0x2e80, 0x303e), (0x3041, 0x33ff), (0x3400, 0x4dbf), (0x4e00, 0xa4cf),
        (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f), (0xff01, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f),
        (0x1f680, 0x1f6ff), (0x1f900, 0x1f9ff), (0x1fa70, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>0 for a sign that shares the column of the letter before it, 2 for a wide letter, else 1.</summary>
    public static int Of(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        var value = rune.Value;
        if (value < Wide[0].First) return 1;
        return Array.Exists(Wide, range => range.First <= value && value <= range.Last) ? 2 : 1;
    }
}
