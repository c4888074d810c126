using Tenfold.Core.Commands;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>What no single key of <c>train</c> shows.</summary>
internal static class TrainChecks
{
    public static void Run(FieldValues values, Training train)
    {
        var (hasCommand, hasScript) = (values.Has(TrainShapes.Command), values.Has(TrainShapes.Script));
        if (hasCommand && hasScript)
            values.Faults.Add(values.MarkOf(TrainShapes.Script), "both 'command' and 'script' are given; keep one");
        if (!hasCommand && !hasScript && !values.Meant.Overlaps([TrainShapes.Command.Key, TrainShapes.Script.Key]))
            values.Faults.Add(values.Node.Mark,
                "'command' is missing in train: add a line such as command: python train.py, or script: train.py");
        if (train.Command is { } command) CheckCommand(values, command);
        CheckSecrets(values, train.Secrets);
    }

    private static void CheckCommand(FieldValues values, string command)
    {
        // The names as they are written: a parameter whose value is faulty is declared all the same.
        var declared = (values.Node.Find(TrainShapes.Params.Key) as MapNode)?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];
        foreach (var (message, suggestion) in CommandTemplate.Parse(command).Check(declared))
            values.Faults.Add(values.MarkOf(TrainShapes.Command), message, suggestion);
    }

    private static void CheckSecrets(FieldValues values, IReadOnlyList<string> secrets)
    {
        foreach (var twice in secrets.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            values.Faults.Add(values.MarkOf(TrainShapes.Secrets), $"secret '{twice.Key}' is listed twice; keep one");
    }
}
