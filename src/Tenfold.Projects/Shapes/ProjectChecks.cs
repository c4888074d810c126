using Tenfold.Core.Input;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>What takes several parts of the file together.</summary>
internal static class ProjectChecks
{
    public static void Run(FieldValues values, ProjectFile project)
    {
        if (project.Sweep is { } sweep && values.Node.Find(ProjectShapes.Sweep.Key) is MapNode node)
        {
            CheckMetric(values);
            CheckSwept(values, node, project.Train, sweep);
            CheckGrid(values.Faults, node, sweep);
            CheckBudget(values.Faults, node, sweep, project.Resources);
            SweepChecks.CheckCounts(values.Faults, node, sweep);
            StartChecks.Run(values.Faults, node, sweep);
        }

        if (project.Targets.TryGetValue(TargetSettings.LocalKind, out var local) && !local.IsLocal)
            values.Faults.Add(values.MarkOf(ProjectShapes.TargetsKey),
                "the target 'local' is this machine and can only be of kind: local; give this one another name");
    }

    // A search without a value to go by finds nothing.
    private static void CheckMetric(FieldValues values)
    {
        if (values.Node.Find(ProjectShapes.Train.Key) is not MapNode train) return;
        var known = TrainShapes.Train.Fields.Select(field => field.Key).ToList();
        var meant = train.Entries.Select(entry => entry.Key.Text)
            .Any(key => key == TrainShapes.Metric.Key || (!known.Contains(key) && Nearest.To(key, known) == TrainShapes.Metric.Key));
        if (meant) return;
        values.Faults.Add(values.Node.Entries.First(entry => entry.Key.Text == ProjectShapes.Sweep.Key).Key.Mark,
            $"sweep wants a metric to go by: add a line such as metric: {TrainShapes.Metric.Example} to train");
    }

    private static void CheckGrid(FaultList faults, MapNode node, Sweep sweep)
    {
        var space = node.Find(SweepShapes.Space.Key) as MapNode;
        foreach (var (parameter, message) in Grid.Problems(sweep))
            faults.Add(((parameter is null ? null : space?.Find(parameter)) ?? node.Find(SweepShapes.Method.Key) ?? node).Mark, message);
    }

    // Only what can end within the budget is started: here that would be nothing.
    private static void CheckBudget(FaultList faults, MapNode node, Sweep sweep, Resources resources)
    {
        if (sweep.Budget?.Time < resources.MaxRuntime
            && (node.Find(SweepShapes.Budget.Key) as MapNode)?.Find(SweepShapes.Time.Key) is { } time)
            faults.Add(time.Mark, $"time wants at least the max_runtime of resources, not {time.Shown}: no trial could be started");
    }

    private static void CheckSwept(FieldValues values, MapNode node, Training train, Sweep sweep)
    {
        if (node.Find(SweepShapes.Space.Key) is not MapNode space) return;
        var declared = ((values.Node.Find(ProjectShapes.Train.Key) as MapNode)?.Find(TrainShapes.Params.Key) as MapNode)
            ?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];
        foreach (var (key, content) in space.Entries)
        {
            if (!declared.Contains(key.Text))
            {
                // A sweep may bring parameters of its own, but one that is almost a declared name is a slip of the pen.
                var known = space.Entries.Select(entry => entry.Key.Text).ToList();
                if (ParameterNames.Fault(key.Text) is null && Nearest.To(key.Text, declared.Except(known)) is { } near)
                    values.Faults.Add(key.Mark,
                        $"sweep varies {Excerpt.Of(key.Text)}, which train.params does not declare: mend the name, or declare it there too", near);
            }
            else if (train.Params.TryGetValue(key.Text, out var value)
                && sweep.Parameters.TryGetValue(key.Text, out var dimension) && !Fits(value, dimension))
            {
                values.Faults.Add(content.Mark,
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
