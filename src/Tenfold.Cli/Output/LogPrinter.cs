using System.Text.Json;
using Tenfold.App.Logs;
using Tenfold.App.Views;
using Tenfold.Core.Attempts;

namespace Tenfold.Cli.Output;

/// <summary>Prints a run's log.</summary>
/// <param name="writer">Where to print.</param>
/// <param name="times">True to put the time before each line.</param>
/// <param name="json">True to print a JSON object for each record.</param>
internal sealed class LogPrinter(TextWriter writer, bool times, bool json) : IDisposable
{
    private bool _inLine;

    /// <summary>Prints lines of output. Other updates go to standard error.</summary>
    public void Print(LogUpdate update)
    {
        switch (update)
        {
            case LogUpdate.Output output:
                foreach (var line in output.Lines) Print(line);
                return;
            case LogUpdate.Fault fault:
                Say($"{fault.Message} (will be tried again)");
                return;
            case LogUpdate.NextAttempt next:
                Say($"attempt {next.Ended} {next.State.ToString().ToLowerInvariant()}; attempt {next.Ended + 1} follows");
                return;
            default:
                writer.Flush();
                return;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_inLine) writer.WriteLine();
        writer.Flush();
    }

    private void Say(string text)
    {
        writer.Flush();
        Terminal.Say($"-- {text}");
    }

    private void Print(LogLine line)
    {
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(LogView.Of(line), LineJson.Default.LogView));
            return;
        }

        if (!_inLine && times) writer.Write($"{line.At.ToLocalTime():HH:mm:ss.fff} ");
        if (!_inLine && line.Source == 't') writer.Write("[tenfold] ");
        writer.Write(line.Text);
        if (!line.GoesOn) writer.WriteLine();
        _inLine = line.GoesOn;
    }
}
