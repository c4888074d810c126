using Tenfold.App.Logs;
using Tenfold.App.Views;

namespace Tenfold.Cli.Remote;

/// <summary>Turns the lines of a log, as a server sends them, into those that a log has here.</summary>
internal sealed class RemoteLog
{
    private char? _open;

    /// <summary>The line; null for a note.</summary>
    public LogText? Read(LogView view)
    {
        if (view.Source == LogNotes.Source) return null;
        var source = view.Source switch { "out" => 'o', "err" => 'e', _ => 't' };
        // A line that has not ended goes on, unless a line of another source came between.
        var text = new LogText(view.At, source, view.Text, Starts: _open != source, Ends: !view.Continues);
        _open = text.Ends ? null : source;
        return text;
    }
}
