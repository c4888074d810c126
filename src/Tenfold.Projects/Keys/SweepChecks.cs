using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the keys of <c>sweep</c> against each other.</summary>
internal static class SweepChecks
{
    public static void Run(FieldValues values, Sweep sweep)
    {
        var space = values.Node.Find(SweepKeys.Space.Key) as MapNode;
        foreach (var (name, dimension) in sweep.Parameters)
        {
            var conditions = ((space?.Find(name) as MapNode)?.Find(SweepKeys.When.Key) as MapNode)?.Entries ?? [];
            foreach (var condition in conditions) CheckCondition(values.Faults, space!, sweep, name, condition.Key, dimension);
        }

        CheckCycles(values.Faults, space, sweep);
        if (values.Node.Find(SweepKeys.Forbidden.Key) is not ListNode combinations || space is null) return;
        foreach (var (combination, known) in combinations.Items.OfType<MapNode>().Zip(sweep.Forbidden))
        {
            foreach (var (key, _) in combination.Entries)
                if (known.TryGetValue(key.Text, out var wanted)) CheckForbidden(values.Faults, space, sweep, key, wanted);
        }
    }

    private static void CheckForbidden(FaultList faults, MapNode space, Sweep sweep, ScalarNode key, IReadOnlyList<ParameterValue> wanted)
    {
        if (!space.Entries.Any(entry => entry.Key.Text == key.Text))
            faults.Add(key.Mark, $"forbidden names {Excerpt.Of(key.Text)}, which is not a parameter of this sweep",
                Nearest.To(key.Text, sweep.Parameters.Keys));
        else if (sweep.Parameters.TryGetValue(key.Text, out var dimension))
            CheckParent(faults, "forbidden", key, dimension, wanted);
    }

    private static void CheckCondition(FaultList faults, MapNode space, Sweep sweep, string name, ScalarNode other,
        SearchDimension dimension)
    {
        if (other.Text == name)
            faults.Add(other.Mark, $"'when' of {name} names {name} itself; name another parameter");
        else if (!space.Entries.Any(entry => entry.Key.Text == other.Text))
            faults.Add(other.Mark, $"'when' of {name} names {Excerpt.Of(other.Text)}, which is not a parameter of this sweep",
                Nearest.To(other.Text, sweep.Parameters.Keys));
        else if (sweep.Parameters.TryGetValue(other.Text, out var parent) && dimension.When.TryGetValue(other.Text, out var wanted))
            CheckParent(faults, $"'when' of {name}", other, parent, wanted);
    }

    private static void CheckParent(FaultList faults, string what, ScalarNode other, SearchDimension parent,
        IReadOnlyList<ParameterValue> wanted)
    {
        if (parent is not ChoiceDimension choice)
        {
            faults.Add(other.Mark,
                $"{what} names {Excerpt.Of(other.Text)}, which is a range and has no values to choose from; give it 'values'");
            return;
        }

        foreach (var value in wanted.Where(value => choice.Values.Count > 0 && !choice.Values.Contains(value)))
            faults.Add(other.Mark, $"{what} has {Excerpt.Of(value.Text)} for {other.Text}, which is not one of its values",
                Nearest.To(value.Text, choice.Values.Select(known => known.Text)));
    }

    private static void CheckCycles(FaultList faults, MapNode? space, Sweep sweep)
    {
        // Remove the parameters that don't depend on a remaining one. The parameters that are left contain a cycle.
        var left = new HashSet<string>(sweep.Parameters.Keys, StringComparer.Ordinal);
        while (left.RemoveWhere(name => !sweep.Parameters[name].When.Keys.Any(other => other != name && left.Contains(other))) > 0)
        {
        }

        if (left.Count == 0) return;
        var names = sweep.Parameters.Keys.Where(left.Contains).ToList();
        faults.Add(space!.Find(names[0])!.Mark,
            $"'when' forms a cycle among {string.Join(", ", names)}; remove one of the conditions");
    }

    /// <summary>Checks that there are enough trials for the points in <c>start</c> and for <c>confirm</c>.</summary>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="node">The <c>sweep</c> part.</param>
    /// <param name="sweep">The sweep, with the types that <c>train.params</c> declares.</param>
    public static void CheckCounts(FaultList faults, MapNode node, Sweep sweep)
    {
        var given = node.Find(SweepKeys.Trials.Key);
        // An absent or faulty number of trials can't be checked.
        if ((given is null ? Planned(sweep) : sweep.Trials) is not { } trials) return;
        if (given is not null && sweep.Start.Count > trials)
            faults.Add(given.Mark, $"trials must be at least the number of points in start, {sweep.Start.Count}, not '{trials}'");
        if ((node.Find(SweepKeys.Confirm.Key) as MapNode)?.Find(SweepKeys.Top.Key) is { } top && sweep.Confirm?.Top > trials)
            faults.Add(top.Mark, $"top must be at most the number of trials, {trials}, not '{sweep.Confirm.Top}'");
    }

    private static int? Planned(Sweep sweep) => sweep.Method != SweepMethod.Grid ? Sweep.DefaultTrials
        : Grid.Problems(sweep).Any() ? null : (int)Grid.Count(sweep.Parameters);
}
