using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Formats times, reasons and parameters for people.</summary>
internal static class HumanText
{
    /// <summary>How long ago a time was; the time itself when it is still to come, as after a clock was set back.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) =>
        now < then ? then.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : (now - then) switch
        {
            { TotalSeconds: < 10 } => "now",
            { TotalSeconds: < 60 } time => $"{time.TotalSeconds:0} s ago",
            { TotalMinutes: < 60 } time => $"{(int)time.TotalMinutes} min ago",
            { TotalHours: < 48 } time => $"{(int)time.TotalHours} h ago",
            var time => $"{(int)time.TotalDays} d ago",
        };

    /// <summary>How long a run took, or has taken so far; null before it started.</summary>
    public static string? Took(RunRecord run, DateTimeOffset now) => Took(run.StartedAt, run.EndedAt, now);

    /// <inheritdoc cref="Took(RunRecord, DateTimeOffset)"/>
    public static string? Took(DateTimeOffset? startedAt, DateTimeOffset? endedAt, DateTimeOffset now) =>
        startedAt is { } started ? Numbers.Duration((endedAt ?? now) - started) : null;

    /// <summary>What a group's machines have cost so far; null when they have no known price.</summary>
    public static string? Cost(WorkSpec spec, GroupCost? cost) => cost?.Usd is { } usd && spec.UsdPerHour > 0
        ? $"{Money.Format(usd)} USD for {cost.MachineTime.TotalHours.ToString("0.##", CultureInfo.InvariantCulture)} hours of machines"
            + (spec.MaxUsd is { } limit ? $", of {Money.Format(limit)} USD at most" : "")
        : null;

    /// <summary>What a group's machines cost an hour; null when that isn't known.</summary>
    public static string? Price(WorkSpec spec) => spec.UsdPerHour is { } usd
        ? $"{Money.Format(usd)} USD an hour for each run"
            + (spec.MaxUsd is { } limit ? $", {Money.Format(limit)} USD at most for all" : "")
        : null;

    /// <summary>A group's parameters on one line.</summary>
    public static string Parameters(WorkSpec spec) => Parameters(spec.Parameters);

    /// <inheritdoc cref="Parameters(WorkSpec)"/>
    public static string Parameters(JsonElement parameters) =>
        string.Join(
            ' ', parameters.EnumerateObject().Select(parameter => $"{parameter.Name}={ScriptArguments.Text(parameter.Value)}"));

    /// <summary>The first eight ids of a list.</summary>
    public static string Ids(IReadOnlyList<string> ids) => $"{string.Join(' ', ids.Take(8))}{(ids.Count > 8 ? " …" : "")}";

    /// <summary>A commit, to be appended to a line; empty without a commit.</summary>
    public static string Commit(string? commit, bool? isDirty) => commit is null
        ? ""
        : $"   commit {commit[..Math.Min(10, commit.Length)]}{(isDirty == true ? " (with uncommitted changes)" : "")}";

    /// <summary>The first line of a reason.</summary>
    public static string? FirstLine(Reason? reason) => FirstLine(reason.Words());

    /// <summary>The first line of a run's reason and warnings.</summary>
    public static string? FirstLine(RunRecord run) => FirstLine(ReasonText.Of(run.Reason, run.Warnings));

    /// <summary>The first line of a text.</summary>
    public static string? FirstLine(string? text) => text?.Split('\n')[0];

    /// <summary>A run's reason and its warnings, each line after the first indented.</summary>
    public static string? Indented(RunRecord run, int columns) =>
        ReasonText.Of(run.Reason, run.Warnings)?.Replace("\n", $"\n{new string(' ', columns)}", StringComparison.Ordinal);

    /// <summary>A reason on one line: how the run ended, and the last line of its errors.</summary>
    public static string? Cause(Reason? reason)
    {
        var lines = reason.Words()?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return lines.Length < 2 ? lines.FirstOrDefault() : $"{lines[0]}: {lines[^1]}";
    }

    /// <summary>Text wrapped at spaces; a word that is longer than a line gets a line of its own.</summary>
    public static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
