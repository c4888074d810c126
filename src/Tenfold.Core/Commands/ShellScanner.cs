using System.Text;
using Tenfold.Core.Input;

namespace Tenfold.Core.Commands;

/// <summary>
/// Scans a command as /bin/sh reads it, to find the quoting context of each placeholder. Where shells differ, or the syntax is too complex,
/// the rest of the command counts as unsafe.
/// </summary>
internal sealed class ShellScanner(string text)
{
    private readonly List<CommandPiece> _pieces = [];
    private readonly StringBuilder _literal = new();
    private Frame[] _frames = new Frame[16];
    private int _depth;
    private string? _unsafeFromHere;
    private bool _hereDocument;
    private bool _subscript;
    private bool _wordStart = true;
    private int _at;

    private enum Frame
    {
        Command = 0,
        Parenthesis,
        Substitution,
        Arithmetic,
        Brace,
        Backquote,
        Double,
        Single,
    }

    /// <summary>After a scan: the quote that is never closed; null when all quotes are closed.</summary>
    public string? OpenQuote => _unsafeFromHere is not null ? null
        : Within(Frame.Single) ? "single quote (')"
        : Within(Frame.Double) ? "double quote (\")"
        : null;

    public IReadOnlyList<CommandPiece> Scan()
    {
        while (_at < text.Length) Step();
        Flush();
        return _pieces;
    }

    private void Step()
    {
        var (c, top, atWord) = (text[_at], _frames[_depth], _wordStart);
        var inCommand = top is Frame.Command or Frame.Parenthesis or Frame.Substitution;
        _wordStart = inCommand && c is (' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>');
        if (inCommand && c == ']') _subscript = false;
        if (_subscript && c == '\n') _unsafeFromHere ??= "after a '[' that is open at the end of its line";
        if (top is Frame.Single or Frame.Backquote) StepInQuotes(c, top);
        else if (!inCommand || !TryStepInCommand(c, atWord)) StepAnywhere(c, top, atWord);
    }

    private void StepInQuotes(char c, Frame top)
    {
        if (c == (top == Frame.Single ? '\'' : '`')) Close();
        else if (c != '{' || !TryPlaceholder()) Copy(top == Frame.Backquote && c == '\\' ? 2 : 1);
    }

    /// <summary>Steps over what has a meaning only where a command may stand.</summary>
    /// <returns>False when the character has no such meaning, and nothing was done.</returns>
    private bool TryStepInCommand(char c, bool atWord)
    {
        switch (c)
        {
            case '(' when Next(1) == '(':
                // ((arithmetic)) is a command in bash, which is /bin/sh on some systems.
                Push(Frame.Arithmetic);
                Open(Frame.Arithmetic, 2);
                return true;
            case '(': Open(Frame.Parenthesis, 1); return true;
            case '[':
                // This may be name[subscript], which bash evaluates as arithmetic.
                _subscript = _at > 0 && (char.IsAsciiLetterOrDigit(text[_at - 1]) || text[_at - 1] == '_');
                Copy(1);
                return true;
            case '#' when atWord: SkipComment(); return true;
            case '<' when Next(1) == '<':
                _hereDocument = true;
                Copy(2);
                return true;
            case 'c' when atWord && Within(Frame.Substitution) && text.AsSpan(_at).StartsWith("case"):
                _unsafeFromHere ??= "after 'case' inside $(…)";
                Copy(1);
                return true;
            default: return false;
        }
    }

    private void StepAnywhere(char c, Frame top, bool atWord)
    {
        switch (c)
        {
            case '\\':
                _wordStart = atWord && Next(1) == '\n';
                Copy(2);
                break;
            case '$': Dollar(top); break;
            case '`': Open(Frame.Backquote, 1); break;
            case '"' when top == Frame.Double: Close(); break;
            case '"': Open(Frame.Double, 1); break;
            case '\'' when top == Frame.Brace && Within(Frame.Double):
                _unsafeFromHere ??= "after a single quote inside \"${…}\"";
                Copy(1);
                break;
            case '\'' when top != Frame.Double: Open(Frame.Single, 1); break;
            case '}' when top == Frame.Brace: Close(); break;
            case '(' when top == Frame.Arithmetic: Open(top, 1); break;
            case ')' when top is Frame.Parenthesis or Frame.Substitution or Frame.Arithmetic: Close(); break;
            case '\n' when _hereDocument:
                _unsafeFromHere ??= "in or after a here-document";
                Copy(1);
                break;
            case '{' when top != Frame.Brace && TryPlaceholder(): break;
            default: Copy(1); break;
        }
    }

    private void Dollar(Frame top)
    {
        switch (Next(1))
        {
            case '$': Copy(2); break;
            case '{': Open(Frame.Brace, 2); break;
            case '(' when Next(2) == '(':
                Push(Frame.Arithmetic);
                Open(Frame.Arithmetic, 3);
                break;
            case '(':
                Open(Frame.Substitution, 2);
                _wordStart = true;
                break;
            case '\'' when top != Frame.Double:
                _unsafeFromHere ??= "after $'…', which shells read differently";
                Copy(1);
                break;
            default: Copy(1); break;
        }
    }

    /// <summary>
    /// Reads <c>{name}</c> as a placeholder and <c>{{name}}</c> as the text <c>{name}</c>. Anything else is left to the shell.
    /// </summary>
    private bool TryPlaceholder()
    {
        var doubled = Next(1) == '{';
        var start = _at + (doubled ? 2 : 1);
        var end = start;
        while (end < text.Length && ParameterNames.IsNameCharacter(text[end])) end++;
        var name = text[start..end];
        var closed = end < text.Length && text[end] == '}' && (!doubled || (end + 1 < text.Length && text[end + 1] == '}'));

        // {a..z} is a brace expansion of the shell.
        if (!closed || ParameterNames.Fault(name) is not null || name.Contains("..", StringComparison.Ordinal)) return false;
        _at = end + (doubled ? 2 : 1);
        if (doubled)
        {
            _literal.Append('{').Append(name).Append('}');
            return true;
        }

        var piece = Placeholder(name, EndsWithVariable());
        Flush();
        _pieces.Add(piece);
        return true;
    }

    private CommandPiece Placeholder(string name, bool glued)
    {
        var context = _frames[_depth] switch
        {
            _ when _subscript || Within(Frame.Arithmetic) => ShellContext.Arithmetic,
            Frame.Single => ShellContext.Single,
            Frame.Double => ShellContext.Double,
            _ => ShellContext.Plain,
        };
        var where = _unsafeFromHere;
        if (Within(Frame.Backquote)) where ??= "inside backquotes";
        if (Within(Frame.Brace)) where ??= "inside ${…}";
        return new CommandPiece(name, true, context, glued, where);
    }

    private bool EndsWithVariable()
    {
        var i = _literal.Length;
        while (i > 0 && (char.IsAsciiLetterOrDigit(_literal[i - 1]) || _literal[i - 1] == '_')) i--;
        return i > 0 && i < _literal.Length && _literal[i - 1] == '$';
    }

    private void SkipComment()
    {
        while (_at < text.Length && text[_at] != '\n') Copy(1);
    }

    private void Push(Frame frame)
    {
        if (++_depth == _frames.Length) Array.Resize(ref _frames, 2 * _depth);
        _frames[_depth] = frame;
    }

    private bool Within(Frame frame)
    {
        for (var i = _depth; i > 0; i--)
        {
            if (_frames[i] == frame) return true;
        }

        return false;
    }

    private void Open(Frame frame, int length)
    {
        Push(frame);
        Copy(length);
    }

    private void Close()
    {
        _depth--;
        Copy(1);
    }

    private char Next(int distance) => _at + distance < text.Length ? text[_at + distance] : '\0';

    private void Copy(int length)
    {
        var end = Math.Min(_at + length, text.Length);
        _literal.Append(text, _at, end - _at);
        _at = end;
    }

    private void Flush()
    {
        if (_literal.Length > 0) _pieces.Add(new CommandPiece(_literal.ToString(), false));
        _literal.Clear();
    }
}
