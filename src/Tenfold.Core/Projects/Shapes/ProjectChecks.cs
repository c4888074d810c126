using Tenfold.Core.Projects.Yaml;

namespace Tenfold.Core.Projects.Shapes;

/// <summary>What takes several parts of the file together.</summary>
internal static class ProjectChecks
{
    public static void Run(FieldValues values, ProjectFile project)
    {
        CheckSwept(values, project);
        if (project.Targets.TryGetValue("local", out var local) && local.Kind != TargetKind.Local)
            values.Faults.Add(values.MarkOf(ProjectShapes.Targets),
                "the target 'local' is this machine and can only be of kind: local; give this one another name");
    }

    private static void CheckSwept(FieldValues values, ProjectFile project)
    {
        if (project.Sweep is null || (values.Node.Find("sweep") as MapNode)?.Find(SweepShapes.Space.Key) is not MapNode space) return;
        var declared = ((values.Node.Find("train") as MapNode)?.Find(TrainShapes.Params.Key) as MapNode)
            ?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];
        foreach (var (key, node) in space.Entries)
        {
            if (project.Sweep.Method == SweepMethod.Grid
                && project.Sweep.Parameters.GetValueOrDefault(key.Text) is RangeDimension { Step: null, Whole: false })
                values.Faults.Add(node.Mark, $"method: grid wants a step or values for {key.Text}, not a range without steps");
            if (!declared.Contains(key.Text))
            {
                // A sweep may bring parameters of its own, but one that is almost a declared name is a slip of the pen.
                var known = space.Entries.Select(entry => entry.Key.Text).ToList();
                if (Names.Fault(key.Text) is null && Nearest.To(key.Text, declared.Except(known)) is { } near)
                    values.Faults.Add(key.Mark,
                        $"sweep varies {Excerpt.Of(key.Text)}, which train.params does not declare: mend the name, or declare it there too", near);
            }
            else if (project.Train.Params.TryGetValue(key.Text, out var value)
                && project.Sweep.Parameters.TryGetValue(key.Text, out var dimension) && !Fits(value, dimension))
            {
                values.Faults.Add(node.Mark,
                    $"sweep gives {key.Text} values of another type than train.params, which wants {value.TypeWords} ({Excerpt.Of(value.Text)})"
                    + (value is IntegerValue ? $"; write {value.Text}.0 there to allow fractions" : ""));
            }
        }
    }

    private static bool Fits(ParameterValue declared, SearchDimension dimension) => dimension switch
    {
        FixedDimension only => Fits(declared, only.Value),
        ChoiceDimension choice => choice.Values.All(value => Fits(declared, value)),
        RangeDimension range => declared is NumberValue or RequiredValue || (declared is IntegerValue && range.Whole),
        _ => true,
    };

    private static bool Fits(ParameterValue declared, ParameterValue value) => (declared, value) switch
    {
        (RequiredValue, _) or (NumberValue, IntegerValue) => true,
        _ => declared.GetType() == value.GetType(),
    };
}
