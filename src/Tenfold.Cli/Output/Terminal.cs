using Tenfold.App.Fitting;
using Tenfold.Core.Control;
using Tenfold.Core.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes text for people to standard error; commands write data to standard output.</summary>
internal static class Terminal
{
    private static readonly GuardedWriter Out = new(() => new StandardOutput()), Error = new(Console.OpenStandardError);

    /// <summary>Standard error for pictures, which move the cursor.</summary>
    public static TextWriter Pictures => Error.Raw;

    /// <summary>
    /// From now on a terminal obeys nothing that is written to <see cref="Console.Out"/> and <see cref="Console.Error"/>.
    /// </summary>
    public static void Guard()
    {
        Console.SetOut(Out);
        Console.SetError(Error);
    }

    /// <summary>The terminal's width; null when standard output is a file or a pipe.</summary>
    public static int? Width => Console.IsOutputRedirected ? null : Console.WindowWidth;

    /// <summary>True when standard output is a terminal on which text can change in place.</summary>
    public static bool CanRedraw => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>True when a person reads standard error and can answer.</summary>
    public static bool IsInteractive =>
        !Console.IsErrorRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>True when the locale allows only ASCII.</summary>
    public static bool IsAscii =>
        (Environment.GetEnvironmentVariable("LC_ALL")
            ?? Environment.GetEnvironmentVariable("LC_CTYPE") ?? Environment.GetEnvironmentVariable("LANG")) is "C" or "POSIX";

    /// <summary>Writes a line for a person. Nothing in it is obeyed by the terminal, whatever script or user it comes from.</summary>
    public static void Say(string line) => Console.Error.WriteLine(PlainText.Of(line));

    /// <summary>Writes that a data channel is about to be uploaded.</summary>
    public static void Say(DataUpload upload) =>
        Say(
            $"data {upload.Channel}: {Numbers.Size(upload.SizeBytes)} to {upload.StoreUrl}; content that the store has already is skipped");

    /// <summary>Warns that the command's output may be outdated, and says why.</summary>
    public static void WarnOutdated(IReadOnlyList<ControlFault> faults)
    {
        foreach (var fault in faults) Say($"warning: this may not be the latest: {fault}");
    }
}
