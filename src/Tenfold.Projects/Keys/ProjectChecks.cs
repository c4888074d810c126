using Tenfold.Core.Commands;
using Tenfold.Core.Input;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the parts of the file against each other.</summary>
internal static class ProjectChecks
{
    public static void Run(FieldValues values, ProjectFile project)
    {
        if (project.Sweep is { } sweep && values.Node.Find(ProjectKeys.Sweep.Key) is MapNode node)
        {
            if (node.Find(SweepKeys.Objectives.Key) is null) CheckMetric(values);
            ObjectiveChecks.Run(values.Faults, node, sweep, project.Train.Metric);
            CheckSwept(values, node, project.Train, sweep);
            CheckGrid(values.Faults, node, sweep);
            if (sweep.CostAwareProblem() is { } problem && node.Find(SweepKeys.CostAware.Key) is { } aware)
                values.Faults.Add(aware.Mark, problem);
            CheckBudget(values.Faults, node, sweep, project.Resources);
            SweepChecks.CheckCounts(values.Faults, node, sweep);
            StartChecks.Run(values.Faults, node, sweep);
        }

        if (project.Serve is not null && values.Node.Find(ProjectKeys.Serve.Key) is MapNode serve) CheckServeCommand(values, serve);
        if (project.On is { } triggers && values.Node.Find(ProjectKeys.On.Key) is MapNode on)
            TriggerChecks.Run(values.Faults, on, triggers, project);
        if (project.Targets.TryGetValue(TargetSettings.LocalKind, out var local) && !local.IsLocal)
            values.Faults.Add(values.MarkOf(ProjectKeys.TargetsKey),
                "the target 'local' is this machine and can only be of kind: local; give this one another name");
    }

    private static void CheckServeCommand(FieldValues values, MapNode serve)
    {
        if (serve.Find(ServeKeys.Command.Key) is not ScalarNode command) return;
        foreach (var (message, suggestion) in CommandTemplate.Parse(command.Text).Check([.. Declared(values), ServeKeys.Port]))
            values.Faults.Add(command.Mark, $"serve: {message}", suggestion);
    }

    // From the tree, because a parameter with a faulty value is still declared.
    private static List<string> Declared(FieldValues values) =>
        ((values.Node.Find(ProjectKeys.Train.Key) as MapNode)?.Find(TrainKeys.Params.Key) as MapNode)
            ?.Entries.Select(entry => entry.Key.Text).ToList() ?? [];

    // A search needs a metric to optimise.
    private static void CheckMetric(FieldValues values)
    {
        if (values.Node.Find(ProjectKeys.Train.Key) is not MapNode train) return;
        var known = TrainKeys.Train.Fields.Select(field => field.Key).ToList();
        var meant = train.Entries.Select(entry => entry.Key.Text)
            .Any(key => key == TrainKeys.Metric.Key || (!known.Contains(key) && Nearest.To(key, known) == TrainKeys.Metric.Key));
        if (meant) return;
        values.Faults.Add(values.Node.Entries.First(entry => entry.Key.Text == ProjectKeys.Sweep.Key).Key.Mark,
            $"sweep needs a metric to optimise: add a line such as metric: {TrainKeys.Metric.Example} to train");
    }

    private static void CheckGrid(FaultList faults, MapNode node, Sweep sweep)
    {
        var space = node.Find(SweepKeys.Space.Key) as MapNode;
        foreach (var (parameter, message) in Grid.Problems(sweep))
            faults.Add(((parameter is null ? null : space?.Find(parameter)) ?? node.Find(SweepKeys.Method.Key) ?? node).Mark, message);
    }

    // A trial starts only if it can end within the budget, and here none could.
    private static void CheckBudget(FaultList faults, MapNode node, Sweep sweep, Resources resources)
    {
        if (sweep.Budget?.Time < resources.MaxRuntime
            && (node.Find(SweepKeys.Budget.Key) as MapNode)?.Find(SweepKeys.Time.Key) is { } time)
            faults.Add(time.Mark, $"time must be at least the max_runtime of resources, not {time.Shown}: no trial could be started");
    }

    private static void CheckSwept(FieldValues values, MapNode node, Training train, Sweep sweep)
    {
        if (node.Find(SweepKeys.Space.Key) is not MapNode space) return;
        var declared = Declared(values);
        foreach (var (key, content) in space.Entries)
        {
            if (!declared.Contains(key.Text))
            {
                // A sweep may add parameters, but a name that is nearly a declared one is probably a typo.
                var known = space.Entries.Select(entry => entry.Key.Text).ToList();
                if (ParameterNames.Fault(key.Text) is null && Nearest.To(key.Text, declared.Except(known)) is { } near)
                    values.Faults.Add(key.Mark,
                        $"sweep varies {Excerpt.Of(key.Text)}, which train.params does not declare: "
                        + "correct the name, or declare it there too", near);
            }
            else if (train.Params.TryGetValue(key.Text, out var value)
                && sweep.Parameters.TryGetValue(key.Text, out var dimension) && !Fits(value, dimension))
            {
                values.Faults.Add(content.Mark,
                    $"sweep gives {key.Text} values of another type than train.params, "
                    + $"where it is {value.TypeWords} ({Excerpt.Of(value.Text)})"
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
        (RequiredValue, _) or (_, NullValue) or (NumberValue, IntegerValue) => true,
        _ => declared.GetType() == value.GetType(),
    };
}
