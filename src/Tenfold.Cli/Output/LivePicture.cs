using System.Text;

namespace Tenfold.Cli.Output;

/// <summary>A few lines on a terminal that change in place. Disposing removes them.</summary>
/// <param name="writer">The terminal.</param>
internal sealed class LivePicture(TextWriter writer) : IDisposable
{
    private int _lines;

    /// <summary>Replaces the picture. Lines are cut at the terminal's edge, because a wrapped line could not be removed again.</summary>
    /// <param name="lines">Plain text.</param>
    /// <param name="width">The terminal's columns.</param>
    public void Draw(IReadOnlyList<string> lines, int width)
    {
        var picture = new StringBuilder();
        Erase(picture);
        foreach (var line in lines) picture.Append(line.Length < width ? line : line[..Math.Max(0, width - 1)]).Append('\n');
        _lines = lines.Count;
        writer.Write(picture);
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    /// <summary>Removes the picture; the next one is drawn where it stood.</summary>
    public void Clear()
    {
        if (_lines == 0) return;
        var picture = new StringBuilder();
        Erase(picture);
        _lines = 0;
        writer.Write(picture);
        writer.Flush();
    }

    // Moves to the start of the first line and clears everything below. A terminal takes "up by 0" for "up by 1".
    private void Erase(StringBuilder picture)
    {
        if (_lines > 0) picture.Append($"\r\u001b[{_lines}A\u001b[J");
    }
}
