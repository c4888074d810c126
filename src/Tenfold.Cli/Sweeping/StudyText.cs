using System.Text.Json;
using Tenfold.Cli.Output;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Formats a study's trials for lines and tables.</summary>
internal static class StudyText
{
    private const int MaxColumns = 8;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    /// <summary>A trial's settings on one line, numbers to four digits: <c>learning_rate=0.0123 hidden=32</c>.</summary>
    public static string Settings(JsonElement parameters) =>
        string.Join(' ', parameters.EnumerateObject().Select(parameter => $"{parameter.Name}={Value(parameter.Value)}"));

    /// <summary>The searched parameters, if they are few enough for a column each; else none: one column then has all settings.</summary>
    public static IReadOnlyList<string> SettingNames(StudySpec spec)
    {
        var searched = spec.Space.EnumerateObject().Where(parameter => !parameter.Value.TryGetProperty("value", out _));
        return searched.Select(parameter => parameter.Name).ToList() is { Count: <= MaxColumns } names ? names : [];
    }

    /// <summary>The headings of <see cref="SettingCells"/>.</summary>
    public static IEnumerable<string> SettingHeadings(IReadOnlyList<string> names) =>
        names.Count == 0 ? ["SETTINGS"] : names.Select(name => name.ToUpperInvariant() + ">");

    /// <summary>A trial's settings as cells; null for a parameter that is inactive in the trial.</summary>
    public static IEnumerable<string?> SettingCells(IReadOnlyList<string> names, JsonElement parameters) => names.Count == 0
        ? [Settings(parameters)]
        : names.Select(name => parameters.TryGetProperty(name, out var value) ? Value(value) : null);

    /// <summary>The value of a setting. Numbers that are not whole have four digits.</summary>
    public static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') => Numbers.Format(value.GetDouble()),
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    /// <summary>A trial's name within its study: <c>t12</c>.</summary>
    public static string Name(TrialRecord trial) => $"t{trial.Number}";

    /// <summary>The value of a trial by each metric that decides: <c>accuracy 0.93, latency_ms 12.5</c>.</summary>
    public static string Values(StudySpec spec, TrialRecord trial) =>
        string.Join(", ", spec.Metrics.Zip(trial.Means, (metric, value) => $"{metric.Name} {value:G6}"));

    /// <summary>How many trials are in each state: <c>23 completed, 8 running, 1 failed</c>.</summary>
    public static string States(IReadOnlyList<TrialRecord> trials)
    {
        var states = trials.GroupBy(trial => trial.State).OrderBy(state => state.Key == TrialState.Completed ? -1 : (int)state.Key);
        return string.Join(", ", states.Select(state => $"{state.Count()} {Word(state.Key)}"));
    }

    /// <summary>A state as a word.</summary>
    public static string Word(TrialState state) => state.ToString().ToLowerInvariant();

    /// <summary>The trial with the best value so far; null when no trial has completed.</summary>
    public static TrialRecord? Best(StudySpec spec, IReadOnlyList<TrialRecord> trials) =>
        trials.Where(trial => trial.State == TrialState.Completed).MaxBy(trial => (Score(spec, trial), -trial.Number));

    /// <summary>
    /// The best value after each completed trial, in the order in which they ended, as a row of bars; empty for fewer than two trials.
    /// </summary>
    public static string BestSoFar(StudySpec spec, IReadOnlyList<TrialRecord> trials, int cells)
    {
        var best = new List<double>();
        var completed = trials.Where(trial => trial.State == TrialState.Completed);
        foreach (var trial in completed.OrderBy(trial => trial.EndedAt).ThenBy(trial => trial.Number))
            best.Add(best.Count == 0 ? Score(spec, trial) : Math.Max(best[^1], Score(spec, trial)));
        if (best.Count < 2 || Terminal.IsAscii) return "";
        var shown = best.Count <= cells
            ? best
            : [.. Enumerable.Range(0, cells).Select(i => best[(int)((i + 1L) * best.Count / cells) - 1])];
        var (low, high) = (shown[0], shown[^1]);
        return string.Concat(shown.Select(Spark));

        char Spark(double value) => Sparks[high > low ? (int)Math.Round((value - low) / (high - low) * (Sparks.Length - 1)) : 0];
    }

    // A trial's value, with its sign turned where less is better.
    private static double Score(StudySpec spec, TrialRecord trial) =>
        spec.Metric.Goal == MetricGoal.Maximize ? trial.Value!.Value : -trial.Value!.Value;
}
