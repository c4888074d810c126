using System.Text;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Sweeping.Optuna;

/// <summary>Writes the sweep that searches what an Optuna study has searched.</summary>
public static class OptunaSpace
{
    /// <summary>Writes the <c>sweep</c> section of a <c>tenfold.yaml</c>.</summary>
    /// <param name="source">The study.</param>
    /// <param name="from">The file and the study, as the user named them.</param>
    /// <returns>
    /// The text, which names the goal and what a user must add; or BadInput: a distribution has no counterpart, or there is no trial.
    /// </returns>
    public static Outcome<string> Write(OptunaSource source, string from)
    {
        var found = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var trial in source.Trials)
        {
            foreach (var setting in trial.Settings)
            {
                if (OptunaDistribution.Read(setting.Distribution) is not { } read
                    || Join(found.GetValueOrDefault(setting.Name), read.Dimension) is not { } dimension)
                {
                    return Refusal.BadInput(
                        $"{source.Name}: {setting.Name} has the distribution {setting.Distribution} in trial {trial.Number}, " +
                        "which a sweep can't search together with the others; write this parameter by hand");
                }

                found[setting.Name] = dimension;
                counts[setting.Name] = counts.GetValueOrDefault(setting.Name) + 1;
            }
        }

        if (found.Count == 0) return Refusal.BadInput($"{source.Name} has no trial with parameters, so its space is not known");
        var most = counts.Values.Max();
        var text = new StringBuilder();
        text.AppendLine($"# train.metric needs `goal: {(source.Goal == MetricGoal.Maximize ? "maximize" : "minimize")}`");
        text.AppendLine("sweep:").AppendLine($"  from: {Quoted(from)}").AppendLine("  parameters:");
        foreach (var (name, dimension) in found)
        {
            var note = counts[name] == most ? "" : "    # only in some trials: add `when: { PARAMETER: VALUE }`, or it is always searched";
            text.AppendLine($"    {name}: {Text(dimension)}{note}");
        }

        return text.ToString();
    }

    // Optuna lets a range differ from trial to trial.
    private static SearchDimension? Join(SearchDimension? one, SearchDimension other) => (one, other) switch
    {
        (null, _) => other,
        (RangeDimension a, RangeDimension b) when a.Whole == b.Whole => a with
        {
            Min = Math.Min(a.Min, b.Min),
            Max = Math.Max(a.Max, b.Max),
            Scale = a.Scale == b.Scale ? a.Scale : RangeScale.Linear,
            Step = a.Step == b.Step && a.Min == b.Min ? a.Step : null,
        },
        (ChoiceDimension a, ChoiceDimension b) when a.Values.SequenceEqual(b.Values) => a,
        (FixedDimension a, FixedDimension b) when a.Value == b.Value => a,
        _ => null,
    };

    private static string Text(SearchDimension dimension)
    {
        switch (dimension)
        {
            case FixedDimension one:
                return Value(one.Value);
            case ChoiceDimension choice:
                return $"{{ values: [{string.Join(", ", choice.Values.Select(Value))}] }}";
            default:
                var range = (RangeDimension)dimension;
                var more = range.Scale == RangeScale.Log ? ", scale: log" : range.Step is { } step ? $", step: {Number(range, step)}" : "";
                return $"{{ min: {Number(range, range.Min)}, max: {Number(range, range.Max)}{more} }}";
        }
    }

    private static string Number(RangeDimension range, double value) =>
        range.Whole ? new IntegerValue((long)value).Text : new NumberValue(value).Text;

    // JSON is YAML.
    private static string Value(ParameterValue value) => ParameterValue.JsonOf(value.WriteTo);

    private static string Quoted(string text) => Value(new TextValue(text));
}
