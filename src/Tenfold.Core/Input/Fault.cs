namespace Tenfold.Core.Input;

/// <summary>A fault in a user's input, with its position.</summary>
/// <param name="Path">The file as messages show it, such as <c>tenfold.yaml</c>; for the command line, the argument.</param>
/// <param name="Line">The line, from 1; 0 when there is none, as for a command-line argument.</param>
/// <param name="Column">The column, from 1; 0 when there is none.</param>
/// <param name="Message">What is wrong, with the bad value, and what to do.</param>
/// <param name="Suggestion">The value that was probably meant; null when none is near.</param>
public sealed record Fault(string Path, int Line, int Column, string Message, string? Suggestion = null)
{
    /// <summary>The fault on one line: <c>tenfold.yaml:7:3: unknown key 'trian'; did you mean 'train'?</c></summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{Path}:{Line}:{Column}" : Path;
        return Suggestion is null ? $"{place}: {Message}" : $"{place}: {Message}; did you mean '{Suggestion}'?";
    }
}
