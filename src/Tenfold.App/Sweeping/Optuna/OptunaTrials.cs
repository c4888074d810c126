using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;
using Tenfold.Sql.Optuna;

namespace Tenfold.App.Sweeping.Optuna;

/// <summary>Finds the trials of an Optuna study that lie in a sweep's space.</summary>
/// <param name="source">The study.</param>
/// <param name="own">The project's parameters, which give values to parameters that one of both does not search.</param>
/// <param name="sweep">The sweep.</param>
/// <param name="space">The sweep's space.</param>
internal sealed class OptunaTrials(OptunaSource source, Parameters own, Sweep sweep, SearchSpace space)
{
    /// <summary>Finds the completed trials with finite values.</summary>
    /// <param name="metric">The sweep's metric.</param>
    /// <returns>At least one trial; or BadInput: another direction, a parameter that can't be mapped, or no trial fits.</returns>
    public Outcome<EarlierStudy> Load(MetricSpec metric)
    {
        if (source.Goal != metric.Goal)
        {
            var theirs = source.Goal is { } goal ? $"{Word(goal)}s its objective" : "does not say which way its objective is better";
            return Refusal.BadInput(
                $"from: {source.Name} {theirs}, and this sweep {Word(metric.Goal)}s {metric.Name}; " +
                "a sweep can learn only from the same goal");
        }

        var (trials, outside) = (new List<EarlierTrial>(), new List<string>());
        foreach (var trial in source.Trials.Where(IsUsable))
        {
            if (!OptunaSource.SettingsOf(trial).Succeeded(out var settings, out var refusal))
                return refusal with { Message = $"from: {source.Name}: {refusal.Message}" };
            if (EarlierTrials.Translate(sweep, space, settings, own, own) is { } mine)
                trials.Add(new EarlierTrial(trial.Number, JsonElement.Parse(Tidy(mine).ToJson()), trial.Values));
            else
                outside.Add($"in trial {trial.Number}, {WhyOutside(settings)}");
        }

        var leftOut = LeftOut(outside);
        if (trials.Count > 0)
        {
            return new EarlierStudy(
                source.Name, trials, leftOut.Length == 0 ? null : $"learns from {trials.Count} of the {source.Trials.Count} trials of " +
                $"{source.Name}; left out: {leftOut}");
        }

        return Refusal.BadInput(
            $"from: none of the {source.Trials.Count} trials of {source.Name} can be used" +
            (leftOut.Length == 0 ? "" : $": {leftOut}") + ". `tenfold study space` prints the sweep that fits the file");
    }

    private static bool IsUsable(OptunaTrial trial) => trial.IsComplete && trial.Values is [var value] && double.IsFinite(value);

    private string LeftOut(List<string> outside)
    {
        var unusable = source.Trials.Where(trial => !IsUsable(trial)).GroupBy(trial => trial.State switch
        {
            "COMPLETE" => "without a finite value",
            "PRUNED" => "pruned",
            "FAIL" => "failed",
            _ => "not ended",
        });
        var parts = unusable.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}").ToList();
        if (outside.Count > 0) parts.Add($"{outside.Count} outside this sweep's space ({outside[0]})");
        return string.Join(", ", parts);
    }

    private string WhyOutside(Parameters settings)
    {
        foreach (var (name, value) in settings)
        {
            if (!sweep.Parameters.ContainsKey(name))
            {
                if (own.GetValueOrDefault(name) is not { } mine || mine != value)
                    return $"{name} is {value.Text}, and neither the sweep nor train.params has that";
            }
            else if (!space.Contains(Parameters.From([KeyValuePair.Create(name, value)])))
            {
                return $"{name} is {value.Text}, which the sweep does not contain";
            }
        }

        return sweep.Parameters.Keys.FirstOrDefault(name => !settings.ContainsKey(name) && !own.ContainsKey(name)) is { } missing
            ? $"{missing} has no value" : "the parameters do not fit the sweep's conditions, or are forbidden";
    }

    // A number as the space writes it: 3 rather than 3.0 for a whole number, 0.3 rather than 0.30000000000000004 for a step.
    private Parameters Tidy(Parameters settings)
    {
        var tidy = space.Decode(space.Encode(settings)!);
        foreach (var axis in space.Axes.Where(axis => axis.Kind == AxisKind.Continuous && settings.ContainsKey(axis.Name)))
        {
            if (!tidy.ContainsKey(axis.Name)) continue;
            tidy = tidy.With(axis.Name, settings[axis.Name] is IntegerValue whole ? new NumberValue(whole.Value) : settings[axis.Name]);
        }

        return tidy;
    }

    private static string Word(MetricGoal goal) => goal.ToString().ToLowerInvariant();
}
