using Tenfold.Core.Commands;
using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the keys of <c>train</c> against each other.</summary>
internal static class TrainChecks
{
    public static void Run(FieldValues values, Training train)
    {
        var (hasCommand, hasScript) = (values.Has(TrainKeys.Command), values.Has(TrainKeys.Script));
        if (hasCommand && hasScript)
            values.Faults.Add(values.MarkOf(TrainKeys.Script), "both 'command' and 'script' are given; keep one");
        if (!hasCommand && !hasScript && !values.Meant.Overlaps([TrainKeys.Command.Key, TrainKeys.Script.Key]))
            values.Faults.Add(values.Node.Mark,
                "'command' is missing in train: add a line such as command: python train.py, or script: train.py");
        if (train.Command is { } command) CheckCommand(values, command);
        if (hasCommand && !hasScript && values.Has(TrainKeys.Booleans))
            values.Faults.Add(values.MarkOf(TrainKeys.Booleans),
                "'booleans' belongs to 'script': a command writes its arguments itself; remove it");
        CheckSecrets(values, train.Secrets);
        CheckEnv(values, train);
        CheckVary(values, train);
    }

    private static void CheckVary(FieldValues values, Training train)
    {
        foreach (var (source, parameter) in train.Vary)
        {
            if (!DeclaredIn(values).Contains(parameter))
            {
                values.Faults.Add(
                    values.MarkOf(TrainKeys.Vary), $"'{source}' names the parameter '{parameter}', which 'params' doesn't declare",
                    Nearest.To(parameter, train.Params.Keys));
            }
            else if (train.Params.TryGetValue(parameter, out var value) && value is not IntegerValue)
            {
                values.Faults.Add(
                    values.MarkOf(TrainKeys.Vary),
                    $"'{source}' needs a parameter with a whole number as its default, such as {parameter}: 0");
            }
        }

        if (train.Vary.GroupBy(source => source.Value, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            values.Faults.Add(values.MarkOf(TrainKeys.Vary), $"two sources name the parameter '{twice.Key}'; give each its own");
    }

    // A secret that was given a value here would be recorded, and messages must not show it either.
    private static void CheckEnv(FieldValues values, Training train)
    {
        foreach (var (name, value) in train.Env)
        {
            if (train.Secrets.Contains(name))
                values.Faults.Add(values.MarkOf(TrainKeys.Env), $"{name} is under 'secrets' too; keep it there");
            else if (VariableNames.SecretFault(name, value) is { } fault)
                values.Faults.Add(values.MarkOf(TrainKeys.Env), fault);
        }
    }

    private static void CheckCommand(FieldValues values, string command)
    {
        foreach (var (message, suggestion) in CommandTemplate.Parse(command).Check(DeclaredIn(values)))
            values.Faults.Add(values.MarkOf(TrainKeys.Command), message, suggestion);
    }

    // Take the names from the tree, because a parameter with a faulty value is still declared.
    private static List<string> DeclaredIn(FieldValues values) =>
        (values.Node.Find(TrainKeys.Params.Key) as MapNode)?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];

    private static void CheckSecrets(FieldValues values, IReadOnlyList<string> secrets)
    {
        foreach (var twice in secrets.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            values.Faults.Add(values.MarkOf(TrainKeys.Secrets), $"secret '{twice.Key}' is listed twice; keep one");
    }
}
