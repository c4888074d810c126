namespace Tenfold.Core.Commands;

/// <summary>The context of a value in a command.</summary>
internal enum ShellContext
{
    /// <summary>Outside quotes.</summary>
    Plain,

    /// <summary>Inside "double quotes".</summary>
    Double,

    /// <summary>Inside 'single quotes'.</summary>
    Single,

    /// <summary>Inside $((arithmetic)), ((arithmetic)) or name[subscript], where the shell evaluates even quoted text.</summary>
    Arithmetic,
}

/// <summary>A piece of a command: shell text, or a placeholder.</summary>
/// <param name="Text">The shell text, or the placeholder's name.</param>
/// <param name="IsPlaceholder">True for a placeholder.</param>
/// <param name="Context">The context of a placeholder.</param>
/// <param name="Glued">True when the value directly follows a <c>$name</c>, which it must not extend.</param>
/// <param name="Unsafe">Why a placeholder can't be quoted, in words that follow "command has {name}"; null when it can.</param>
internal sealed record CommandPiece(
    string Text, bool IsPlaceholder, ShellContext Context = ShellContext.Plain, bool Glued = false, string? Unsafe = null);

/// <summary>Quotes values for /bin/sh (POSIX.1-2017, Shell Command Language, 2.2).</summary>
internal static class ShellQuoting
{
    /// <summary>Quotes a value for its context; null when the context allows only numbers and the value isn't one.</summary>
    public static string? Quote(string value, ShellContext context, bool glued) => context switch
    {
        ShellContext.Plain when !glued && IsPlain(value) => value,
        ShellContext.Plain => $"'{Single(value)}'",
        ShellContext.Single => Single(value),
        ShellContext.Double => (glued ? "\"\"" : "") + Double(value),
        _ => IsNumber(value) ? value : null,
    };

    private static bool IsPlain(string value) => value.Length > 0
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '+' or ',' or '@' or '%' or '-');

    private static bool IsNumber(string value) => value.Length > 0 && value.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e')
        && value.Any(char.IsAsciiDigit) && value[0] != 'e';

    private static string Single(string value) => value.Replace("'", "'\\''", StringComparison.Ordinal);

    private static string Double(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("$", "\\$", StringComparison.Ordinal)
        .Replace("`", "\\`", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
