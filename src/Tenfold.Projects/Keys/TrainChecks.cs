using Tenfold.Core.Commands;
using Tenfold.Core.Input;
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
        // Take the names from the tree, because a parameter with a faulty value is still declared.
        var declared = (values.Node.Find(TrainKeys.Params.Key) as MapNode)?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];
        foreach (var (message, suggestion) in CommandTemplate.Parse(command).Check(declared))
            values.Faults.Add(values.MarkOf(TrainKeys.Command), message, suggestion);
    }

    private static void CheckSecrets(FieldValues values, IReadOnlyList<string> secrets)
    {
        foreach (var twice in secrets.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            values.Faults.Add(values.MarkOf(TrainKeys.Secrets), $"secret '{twice.Key}' is listed twice; keep one");
    }
}
