using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>A trial in a report.</summary>
public sealed record StudyTrial
{
    private const int MaxSettings = 8;
    private const int MaxNameLength = 24;

    /// <summary>The trial's record in the ledger.</summary>
    public required TrialRecord Record { get; init; }

    /// <summary>The trial's settings; empty when they can't be read.</summary>
    public required Parameters Settings { get; init; }

    /// <summary>The trial's snapped point; null when a setting lies outside the space.</summary>
    public required double[]? Point { get; init; }

    /// <summary>The trial's position on each axis of the space; null where the axis is inactive.</summary>
    public required IReadOnlyList<double?> Positions { get; init; }

    /// <summary>The mean of the trial's runs when it completed; null otherwise.</summary>
    public required double? Value { get; init; }

    /// <summary>The last rung that the trial reached; null when it reached none.</summary>
    public required RungRecord? Rung { get; init; }

    /// <summary>How many trials have a better value: 0 for the best; null without a value.</summary>
    public int? Rank { get; init; }

    /// <summary>The trial's number.</summary>
    public int Number => Record.Number;

    /// <summary>Makes a trial of a report.</summary>
    internal static StudyTrial Of(TrialRecord trial, SearchSpace space, IReadOnlyList<StudyAxis> axes, RungRecord? rung)
    {
        var settings = SettingsOf(trial);
        return new()
        {
            Record = trial,
            Settings = settings,
            Point = space.Encode(settings),
            Positions = [.. axes.Select(axis => axis.PlaceOf(settings))],
            Value = trial.State == TrialState.Completed && trial.Value is { } value && double.IsFinite(value) ? value : null,
            Rung = rung,
        };
    }

    /// <summary>The varying settings on one line, such as <c>learning_rate 0.0123, hidden 64</c>.</summary>
    public string SettingsText(IReadOnlyList<StudyAxis> axes)
    {
        var shown = axes.Where(axis => Settings.ContainsKey(axis.Name)).ToArray();
        var text = string.Join(", ", shown.Take(MaxSettings)
            .Select(axis => $"{ParameterText.Cut(axis.Name, MaxNameLength)} {StudyAxis.Text(Settings[axis.Name])}"));
        return shown.Length > MaxSettings ? $"{text}, +{shown.Length - MaxSettings}" : text;
    }

    /// <summary>The state in two or three words, such as <c>pruned at 9</c>.</summary>
    public string StateText => Record.State switch
    {
        TrialState.Pruned when Rung is { } rung => $"pruned at {rung.Rung}",
        TrialState.Infeasible when Record.Why is { } why => $"infeasible: {ReasonText.Of(why)}",
        TrialState.Completed when Value is null => "without a value",
        var state => state.ToString().ToLowerInvariant(),
    };

    private static Parameters SettingsOf(TrialRecord trial)
    {
        try
        {
            return Parameters.FromJson(trial.Parameters.GetRawText());
        }
        catch (JsonException)
        {
            // Another program may have written the ledger. The page can still show everything else.
            return Parameters.Empty;
        }
    }
}
