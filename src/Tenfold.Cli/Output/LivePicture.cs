using System.Text;

namespace Tenfold.Cli.Output;

/// <summary>A few lines on a terminal that change in place. Nothing of them is left once it is disposed of.</summary>
/// <param name="writer">The terminal.</param>
internal sealed class LivePicture(TextWriter writer) : IDisposable
{
    private int _lines;

    /// <summary>
    /// Draws the picture anew. Lines are cut at the terminal's edge: one that broke in two could not be taken away again.
    /// </summary>
    /// <param name="lines">Plain text; the first may be set off.</param>
    /// <param name="width">The terminal's columns.</param>
    public void Draw(IReadOnlyList<string> lines, int width)
    {
        var picture = new StringBuilder();
        Back(picture);
        foreach (var line in lines) picture.Append(line.Length < width ? line : line[..Math.Max(0, width - 1)]).Append('\n');
        _lines = lines.Count;
        writer.Write(picture);
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var picture = new StringBuilder();
        Back(picture);
        _lines = 0;
        writer.Write(picture);
        writer.Flush();
    }

    // To the first line's start, and clear from there. Moving up by 0 would move up by 1.
    private void Back(StringBuilder picture)
    {
        if (_lines > 0) picture.Append($"\r\u001b[{_lines}A\u001b[J");
    }
}
