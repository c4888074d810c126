using System.Text.Json;
using Tenfold.Cli.Output;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>A study and its trials in a few words.</summary>
internal static class StudyText
{
    private const int MaxColumns = 8;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    /// <summary>A trial's settings on one line: <c>learning_rate=0.0123 hidden=32</c>; numbers to four digits.</summary>
    public static string Settings(JsonElement parameters) =>
        string.Join(' ', parameters.EnumerateObject().Select(parameter => $"{parameter.Name}={Value(parameter.Value)}"));

    /// <summary>The columns of a table for trials' settings: one each, as long as they are few; else one for all of them.</summary>
    public static IReadOnlyList<string> SettingNames(StudySpec spec) =>
        spec.Space.EnumerateObject().Where(parameter => !parameter.Value.TryGetProperty("value", out _)).Select(parameter => parameter.Name)
            .ToList() is { Count: <= MaxColumns } names
            ? names : [];

    /// <summary>The headings of <see cref="SettingCells"/>.</summary>
    public static IEnumerable<string> SettingHeadings(IReadOnlyList<string> names) =>
        names.Count == 0 ? ["SETTINGS"] : names.Select(name => name.ToUpperInvariant() + ">");

    /// <summary>A trial's settings as cells; an inactive parameter shows as a dash.</summary>
    public static IEnumerable<string?> SettingCells(IReadOnlyList<string> names, JsonElement parameters) => names.Count == 0
        ? [Settings(parameters)]
        : names.Select(name => parameters.TryGetProperty(name, out var value) ? Value(value) : null);

    /// <summary>A setting; a number that is not whole to four digits.</summary>
    public static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') => Numbers.Format(value.GetDouble()),
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    /// <summary>A trial's name as a user types it after the study's: <c>t12</c>.</summary>
    public static string Name(TrialRecord trial) => $"t{trial.Number}";

    /// <summary>How many trials stand where: <c>23 completed, 8 running, 1 failed</c>.</summary>
    public static string States(IReadOnlyList<TrialRecord> trials) => string.Join(", ", trials.GroupBy(trial => trial.State)
        .OrderBy(state => state.Key == TrialState.Completed ? -1 : (int)state.Key).Select(state => $"{state.Count()} {Word(state.Key)}"));

    /// <summary>A state as a word.</summary>
    public static string Word(TrialState state) => state.ToString().ToLowerInvariant();

    /// <summary>The trial with the best value so far; null when none has any.</summary>
    public static TrialRecord? Best(StudySpec spec, IReadOnlyList<TrialRecord> trials) =>
        trials.Where(trial => trial.State == TrialState.Completed).MaxBy(trial => (Better(spec, trial), -trial.Number));

    /// <summary>
    /// The best value so far after each trial that was told, in the order of their ends, as a row of bars; empty for fewer than two.
    /// </summary>
    public static string BestSoFar(StudySpec spec, IReadOnlyList<TrialRecord> trials, int cells)
    {
        var best = new List<double>();
        foreach (var trial in trials.Where(trial => trial.State == TrialState.Completed).OrderBy(trial => trial.EndedAt)
            .ThenBy(trial => trial.Number))
            best.Add(best.Count == 0 ? Better(spec, trial) : Math.Max(best[^1], Better(spec, trial)));
        if (best.Count < 2 || Terminal.IsAscii) return "";
        var shown = best.Count <= cells ? best
            : [.. Enumerable.Range(0, cells).Select(i => best[(int)((i + 1L) * best.Count / cells) - 1])];
        var (low, high) = (shown[0], shown[^1]);
        return string.Concat(
            shown.Select(value => Sparks[high > low ? (int)Math.Round((value - low) / (high - low) * (Sparks.Length - 1)) : 0]));
    }

    /// <summary>A trial's value by which more is better.</summary>
    public static double Better(StudySpec spec, TrialRecord trial) =>
        spec.Metric.Goal == MetricGoal.Maximize ? trial.Value!.Value : -trial.Value!.Value;
}
