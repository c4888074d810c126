using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Output;

/// <summary>Times, sizes and parameters as a person reads them.</summary>
internal static class Words
{
    /// <summary>A duration: <c>0.35 s</c>, <c>12 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => $"{Math.Max(0, time.TotalSeconds).ToString("0.##", CultureInfo.InvariantCulture)} s",
        { TotalSeconds: < 60 } => $"{time.TotalSeconds:0} s",
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>How long ago something was; the time itself when the clock says that it is still to come.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) =>
        now < then ? then.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : now - then < TimeSpan.FromSeconds(10) ? "now"
        : $"{Duration(now - then).Split(' ') switch { [var number, var unit, ..] => $"{number} {unit}", _ => "" }} ago";

    /// <summary>A size: <c>512 B</c>, <c>1.2 MB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.#} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.#} MB",
        _ => $"{bytes / 1e9:0.##} GB",
    };

    /// <summary>How long a run took, or has taken so far; null before it started.</summary>
    public static string? Took(RunRecord run, DateTimeOffset now) => run.StartedAt is { } started ? Duration((run.EndedAt ?? now) - started) : null;

    /// <summary>A group's parameters on one line.</summary>
    public static string Parameters(WorkSpec spec) =>
        string.Join(' ', spec.Parameters.EnumerateObject().Select(parameter => $"{parameter.Name}={Agent.Preparation.WorkerEnvironment.Text(parameter.Value)}"));

    /// <summary>The first line of a reason.</summary>
    public static string? FirstLine(string? text) => text?.Split('\n')[0];

    /// <summary>One or many: <c>1 run</c>, <c>10 runs</c>.</summary>
    public static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
