using Tenfold.Core.Runs;

namespace Tenfold.App.Logs;

/// <summary>What a reader of a log is told beside its lines.</summary>
public static class LogNotes
{
    /// <summary>The source of a note where lines and notes are sent together.</summary>
    public const string Source = "note";

    /// <summary>The note; null for lines, and when there is nothing to say.</summary>
    public static string? Of(LogUpdate update) => update switch
    {
        LogUpdate.Fault fault => $"{fault.Message} (will be tried again)",
        LogUpdate.NextAttempt next => $"attempt {next.Ended} {Word(next.State)}; attempt {next.Ended + 1} follows",
        LogUpdate.NoOutput none => $"{none.Attempt} has no log: {none.Reason}",
        _ => null,
    };

    private static string Word(AttemptState state) => state.ToString().ToLowerInvariant();
}
