using System.Text.Json;
using Tenfold.App.Logs;
using Tenfold.App.Views;

namespace Tenfold.Cli.Output;

/// <summary>Prints a run's log.</summary>
/// <param name="writer">Where to print.</param>
/// <param name="times">True to put the time before each line.</param>
/// <param name="json">True for a JSON object for each line.</param>
/// <param name="picture">Shows lines that have not ended, such as a progress bar; null where nothing can change in place.</param>
internal sealed class LogPrinter(TextWriter writer, bool times, bool json, LivePicture? picture = null) : IDisposable
{
    private bool _inLine;

    /// <summary>Prints lines of output. Other updates go to standard error.</summary>
    public void Print(LogUpdate update)
    {
        switch (update)
        {
            case LogUpdate.Output output:
                picture?.Clear();
                foreach (var line in output.Lines) Print(line);
                return;
            case LogUpdate.CaughtUp caughtUp:
                writer.Flush();
                if (_inLine) return;
                picture?.Draw(
                    [.. caughtUp.Unfinished.Select(line => Prefix(line) + line.Text.Replace('\t', ' '))], Terminal.Width ?? 80);
                return;
            default:
                Say(LogNotes.Of(update) ?? throw new InvalidOperationException());
                return;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        picture?.Clear();
        if (_inLine) writer.WriteLine();
        writer.Flush();
    }

    /// <summary>Prints a message about the log to standard error.</summary>
    public void Say(string text)
    {
        picture?.Clear();
        writer.Flush();
        Terminal.Say($"-- {text}");
    }

    private void Print(LogText line)
    {
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(LogView.Of(line), LineJson.Default.LogView));
            return;
        }

        // A piece of another stream's line stands there: it becomes a line of its own.
        if (_inLine && line.Starts) writer.WriteLine();
        if (line.Starts) writer.Write(Prefix(line));
        writer.Write(line.Text);
        if (line.Ends) writer.WriteLine();
        _inLine = !line.Ends;
    }

    private string Prefix(LogText line) =>
        (times ? $"{line.At.ToLocalTime():HH:mm:ss.fff} " : "") + (line.Source == 't' ? "[tenfold] " : "");
}
