namespace Tenfold.Cli.Output;

/// <summary>Data goes to standard output, words for people to standard error.</summary>
internal static class Terminal
{
    /// <summary>The width of the terminal that standard output is; null when it is a file or a pipe.</summary>
    public static int? Width => Console.IsOutputRedirected ? null : Console.WindowWidth;

    /// <summary>True when somebody sees standard error and can answer.</summary>
    public static bool IsInteractive => !Console.IsErrorRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>True where only ASCII can be shown.</summary>
    public static bool IsAscii => (Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LC_CTYPE") ?? Environment.GetEnvironmentVariable("LANG")) is "C" or "POSIX";

    /// <summary>A line for a person.</summary>
    public static void Say(string line) => Console.Error.WriteLine(line);
}
