using Tenfold.App.Logs;
using Tenfold.App.Views;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Remote;

/// <summary>Turns the lines of a log, as a server sends them, into those that a log has here.</summary>
/// <param name="isRaw">
/// True for the text as the server sends it; false for what a terminal would show of it, whatever the server claims that it sends.
/// </param>
internal sealed class RemoteLog(bool isRaw)
{
    private char? _open;

    /// <summary>The line; null for a note.</summary>
    public LogText? Read(LogView view)
    {
        if (view.Source == LogNotes.Source) return null;
        var source = view.Source switch { "out" => 'o', "err" => 'e', _ => 't' };
        // A line that has not ended goes on, unless a line of another source came between.
        var text = new LogText(view.At, source, isRaw ? view.Text : OneLine(view.Text), Starts: _open != source, Ends: !view.Continues);
        _open = text.Ends ? null : source;
        return text;
    }

    /// <summary>The text as a terminal would show it, on one line.</summary>
    public static string OneLine(string text) => PlainText.Of(text).Replace('\n', ' ');
}
