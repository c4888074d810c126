using Tenfold.App.Fitting;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Data goes to standard output, text for people to standard error.</summary>
internal static class Terminal
{
    /// <summary>The width of the terminal that standard output is; null when it is a file or a pipe.</summary>
    public static int? Width => Console.IsOutputRedirected ? null : Console.WindowWidth;

    /// <summary>True when a person sees standard error and can answer.</summary>
    public static bool IsInteractive =>
        !Console.IsErrorRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>True where only ASCII can be shown.</summary>
    public static bool IsAscii =>
        (Environment.GetEnvironmentVariable("LC_ALL")
            ?? Environment.GetEnvironmentVariable("LC_CTYPE") ?? Environment.GetEnvironmentVariable("LANG")) is "C" or "POSIX";

    /// <summary>A line for a person.</summary>
    public static void Say(string line) => Console.Error.WriteLine(line);

    /// <summary>Says that a data channel is about to be uploaded.</summary>
    public static void Say(DataUpload upload) =>
        Say($"data {upload.Channel}: {Numbers.Size(upload.SizeBytes)} for {upload.StoreUrl}; content that the store has is not sent again");

    /// <summary>Warns that what is about to be shown may be outdated, and why.</summary>
    public static void WarnOutdated(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults) Say($"warning: this may not be the latest: {fault}");
    }
}
