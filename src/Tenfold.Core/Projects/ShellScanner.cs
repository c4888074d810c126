using System.Text;

namespace Tenfold.Core.Projects;

/// <summary>
/// Follows a command the way /bin/sh reads it, to know for each placeholder whether it stands in quotes, and in which. Where
/// shells differ, or the text can't be followed, what comes after counts as unsafe rather than being guessed.
/// </summary>
internal sealed class ShellScanner(string text)
{
    private readonly List<CommandPiece> pieces = [];
    private readonly StringBuilder literal = new();
    private Frame[] frames = new Frame[16];
    private int depth;
    private string? unsafeFromHere;
    private bool hereDocument;
    private bool subscript;
    private bool wordStart = true;
    private int at;

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

    /// <summary>After a scan: the quote that was opened and never closed; null when none was.</summary>
    public string? OpenQuote => unsafeFromHere is not null ? null
        : Within(Frame.Single) ? "single quote (')"
        : Within(Frame.Double) ? "double quote (\")"
        : null;

    public IReadOnlyList<CommandPiece> Scan()
    {
        while (at < text.Length) Step();
        Flush();
        return pieces;
    }

    private void Step()
    {
        var (c, top, atWord) = (text[at], frames[depth], wordStart);
        var inCommand = top is Frame.Command or Frame.Parenthesis or Frame.Substitution;
        wordStart = inCommand && c is (' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>');
        if (inCommand && c == ']') subscript = false;
        if (subscript && c == '\n') unsafeFromHere ??= "after a '[' that is open at the end of its line";
        switch (top)
        {
            case Frame.Single when c == '\'': Close(); return;
            case Frame.Backquote when c == '`': Close(); return;
            case Frame.Single or Frame.Backquote when c == '{' && TryPlaceholder(): return;
            case Frame.Backquote when c == '\\': Copy(2); return;
            case Frame.Single or Frame.Backquote: Copy(1); return;
        }

        switch (c)
        {
            case '\\':
                wordStart = atWord && Next(1) == '\n';
                Copy(2);
                break;
            case '$': Dollar(top); break;
            case '`': Open(Frame.Backquote, 1); break;
            case '"' when top == Frame.Double: Close(); break;
            case '"': Open(Frame.Double, 1); break;
            case '\'' when top == Frame.Brace && Within(Frame.Double):
                unsafeFromHere ??= "after a single quote inside \"${…}\"";
                Copy(1);
                break;
            case '\'' when top != Frame.Double: Open(Frame.Single, 1); break;
            case '}' when top == Frame.Brace: Close(); break;
            case '(' when inCommand && Next(1) == '(':
                // A command of its own in bash, which is /bin/sh on some systems: ((arithmetic)).
                Push(Frame.Arithmetic);
                Open(Frame.Arithmetic, 2);
                break;
            case '(' when inCommand || top == Frame.Arithmetic: Open(inCommand ? Frame.Parenthesis : top, 1); break;
            case ')' when top is Frame.Parenthesis or Frame.Substitution or Frame.Arithmetic: Close(); break;
            case '[' when inCommand:
                // Perhaps name[subscript], which bash evaluates as arithmetic.
                subscript = at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '_');
                Copy(1);
                break;
            case '#' when inCommand && atWord: SkipComment(); break;
            case '<' when inCommand && Next(1) == '<':
                hereDocument = true;
                Copy(2);
                break;
            case '\n' when hereDocument:
                unsafeFromHere ??= "in or after a here-document";
                Copy(1);
                break;
            case '{' when top != Frame.Brace && TryPlaceholder(): break;
            case 'c' when inCommand && atWord && Within(Frame.Substitution) && text.AsSpan(at).StartsWith("case"):
                unsafeFromHere ??= "after 'case' inside $(…)";
                Copy(1);
                break;
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
                wordStart = true;
                break;
            case '\'' when top != Frame.Double:
                unsafeFromHere ??= "after $'…', which shells read differently";
                Copy(1);
                break;
            default: Copy(1); break;
        }
    }

    /// <summary>Takes <c>{name}</c> as a placeholder and <c>{{name}}</c> as the text <c>{name}</c>; anything else is left.</summary>
    private bool TryPlaceholder()
    {
        var doubled = Next(1) == '{';
        var start = at + (doubled ? 2 : 1);
        var end = start;
        while (end < text.Length && Names.IsNameCharacter(text[end])) end++;
        var name = text[start..end];
        var closed = end < text.Length && text[end] == '}' && (!doubled || (end + 1 < text.Length && text[end + 1] == '}'));

        // {a..z} is the shell's.
        if (!closed || Names.Fault(name) is not null || name.Contains("..", StringComparison.Ordinal)) return false;
        at = end + (doubled ? 2 : 1);
        if (doubled)
        {
            literal.Append('{').Append(name).Append('}');
            return true;
        }

        var piece = Placeholder(name, EndsWithVariable());
        Flush();
        pieces.Add(piece);
        return true;
    }

    private CommandPiece Placeholder(string name, bool glued)
    {
        var context = frames[depth] switch
        {
            _ when subscript || Within(Frame.Arithmetic) => ShellContext.Arithmetic,
            Frame.Single => ShellContext.Single,
            Frame.Double => ShellContext.Double,
            _ => ShellContext.Plain,
        };
        var where = unsafeFromHere;
        if (Within(Frame.Backquote)) where ??= "inside backquotes";
        if (Within(Frame.Brace)) where ??= "inside ${…}";
        return new CommandPiece(name, true, context, glued, where);
    }

    private bool EndsWithVariable()
    {
        var i = literal.Length;
        while (i > 0 && (char.IsAsciiLetterOrDigit(literal[i - 1]) || literal[i - 1] == '_')) i--;
        return i > 0 && i < literal.Length && literal[i - 1] == '$';
    }

    private void SkipComment()
    {
        while (at < text.Length && text[at] != '\n') Copy(1);
    }

    private void Push(Frame frame)
    {
        if (++depth == frames.Length) Array.Resize(ref frames, 2 * depth);
        frames[depth] = frame;
    }

    private bool Within(Frame frame)
    {
        for (var i = depth; i > 0; i--)
        {
            if (frames[i] == frame) return true;
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
        depth--;
        Copy(1);
    }

    private char Next(int distance) => at + distance < text.Length ? text[at + distance] : '\0';

    private void Copy(int length)
    {
        var end = Math.Min(at + length, text.Length);
        literal.Append(text, at, end - at);
        at = end;
    }

    private void Flush()
    {
        if (literal.Length > 0) pieces.Add(new CommandPiece(literal.ToString(), false));
        literal.Clear();
    }
}
