namespace Tenfold.Core.Output;

/// <summary>
/// Distinguishes a terminal's escape sequences from text, one byte or character at a time, so that a sequence may be split over reads.
/// </summary>
/// <remarks>
/// Source: ECMA-48, 5th edition, sections 5.3 to 5.6. As in xterm, a sequence that another control character interrupts is abandoned. A
/// line end also ends a string (a window title, for instance) that was never closed, so that a stray byte hides one line at most.
/// </remarks>
public struct EscapeParser
{
    private const int Bell = 0x07, Cancel = 0x18, Substitute = 0x1a, Escape = 0x1b;

    private State _state;
    private int _parameter;
    private bool _isFirst;

    private enum State
    {
        Text,
        Escape,
        Intermediate,
        Csi,
        String,
        StringEscape,
    }

    /// <summary>True when the last character was part of an unfinished sequence.</summary>
    public readonly bool IsInside => _state != State.Text;

    /// <summary>The last character of the CSI sequence that <see cref="Next"/> ended, such as <c>K</c>; 0 for other sequences.</summary>
    public char Final { get; private set; }

    /// <summary>The first number of that sequence; null when it has none.</summary>
    public readonly int? Parameter => _parameter < 0 ? null : _parameter;

    /// <summary>Takes the next byte or character.</summary>
    /// <returns>What it is: text, a part of a sequence, or the end of one.</returns>
    public EscapePart Next(int c)
    {
        switch (_state)
        {
            case State.Text when c == Escape:
                return Enter(State.Escape);
            case State.Text:
                return EscapePart.Text;
            case State.Escape:
                return AfterEscape(c);
            case State.Intermediate:
                return c is >= 0x20 and <= 0x2f ? EscapePart.Inside : c is >= 0x30 and <= 0x7e ? End('\0') : Abandon(c);
            case State.Csi:
                return InCsi(c);
            case State.StringEscape when c == '\\':
                return End('\0');
            case State.StringEscape:
                return AfterEscape(c);
            default:
                return c switch
                {
                    Bell or Cancel or Substitute => End('\0'),
                    Escape => Enter(State.StringEscape),
                    '\n' or '\r' => Abandon(c),
                    _ => EscapePart.Inside,
                };
        }
    }

    private EscapePart AfterEscape(int c)
    {
        switch (c)
        {
            case '[':
                (_parameter, _isFirst) = (-1, true);
                return Enter(State.Csi);
            case ']' or 'P' or 'X' or '^' or '_':
                return Enter(State.String);
            case >= 0x20 and <= 0x2f:
                return Enter(State.Intermediate);
            case >= 0x30 and <= 0x7e:
                return End('\0');
            default:
                return Abandon(c);
        }
    }

    private EscapePart InCsi(int c)
    {
        if (c is >= 0x40 and <= 0x7e) return End((char)c);
        if (c is < 0x20 or > 0x3f) return Abandon(c);
        if (c is < '0' or > '9') _isFirst = false;
        else if (_isFirst && _parameter < 100_000) _parameter = (Math.Max(_parameter, 0) * 10) + (c - '0');
        return EscapePart.Inside;
    }

    private EscapePart Enter(State state)
    {
        _state = state;
        return EscapePart.Inside;
    }

    private EscapePart End(char final)
    {
        (_state, Final) = (State.Text, final);
        return EscapePart.End;
    }

    private EscapePart Abandon(int c)
    {
        _state = State.Text;
        return Next(c);
    }
}

/// <summary>What a byte or character is to <see cref="EscapeParser"/>.</summary>
public enum EscapePart
{
    /// <summary>Text, or a control character outside any sequence.</summary>
    Text,

    /// <summary>A part of an unfinished sequence.</summary>
    Inside,

    /// <summary>The last of a sequence.</summary>
    End,
}
