using Tenfold.Core.Projects.Yaml;

namespace Tenfold.Core.Projects.Shapes;

/// <summary>What no single key of <c>sweep</c> shows.</summary>
internal static class SweepChecks
{
    public static void Run(FieldValues values, Sweep sweep)
    {
        var space = values.Node.Find(SweepShapes.Space.Key) as MapNode;
        foreach (var (name, dimension) in sweep.Parameters)
        {
            var conditions = ((space?.Find(name) as MapNode)?.Find(SweepShapes.When.Key) as MapNode)?.Entries ?? [];
            foreach (var condition in conditions) CheckCondition(values.Faults, space!, sweep, name, condition.Key, dimension);
        }

        CheckCycles(values.Faults, space, sweep);
        CheckStart(values, space, sweep);
    }

    private static void CheckCondition(FaultList faults, MapNode space, Sweep sweep, string name, ScalarNode other,
        SearchDimension dimension)
    {
        if (other.Text == name)
            faults.Add(other.Mark, $"'when' of {name} names {name} itself; name another parameter");
        else if (!space.Entries.Any(entry => entry.Key.Text == other.Text))
            faults.Add(other.Mark, $"'when' of {name} names {Excerpt.Of(other.Text)}, which is no parameter of this sweep",
                Nearest.To(other.Text, sweep.Parameters.Keys));
        else if (sweep.Parameters.TryGetValue(other.Text, out var parent) && dimension.When.TryGetValue(other.Text, out var wanted))
            CheckParent(faults, name, other, parent, wanted);
    }

    private static void CheckParent(FaultList faults, string name, ScalarNode other, SearchDimension parent,
        IReadOnlyList<ParameterValue> wanted)
    {
        if (parent is not ChoiceDimension choice)
        {
            faults.Add(other.Mark,
                $"'when' of {name} names {Excerpt.Of(other.Text)}, which has no values to choose from; give it 'values'");
            return;
        }

        foreach (var value in wanted.Where(value => choice.Values.Count > 0 && !choice.Values.Contains(value)))
            faults.Add(other.Mark, $"'when' of {name} wants {other.Text} to be {Excerpt.Of(value.Text)}, which is none of its values",
                Nearest.To(value.Text, choice.Values.Select(known => known.Text)));
    }

    private static void CheckCycles(FaultList faults, MapNode? space, Sweep sweep)
    {
        // Takes away what depends on nothing that is left; what remains goes round in a circle.
        var left = new HashSet<string>(sweep.Parameters.Keys, StringComparer.Ordinal);
        while (left.RemoveWhere(name => !sweep.Parameters[name].When.Keys.Any(other => other != name && left.Contains(other))) > 0)
        {
        }

        if (left.Count == 0) return;
        var names = sweep.Parameters.Keys.Where(left.Contains).ToList();
        faults.Add(space!.Find(names[0])!.Mark,
            $"'when' goes round in a circle among {string.Join(", ", names)}; remove one of the conditions");
    }

    private static void CheckStart(FieldValues values, MapNode? space, Sweep sweep)
    {
        if (values.Node.Find(SweepShapes.Start.Key) is not ListNode points) return;
        foreach (var (key, node) in points.Items.OfType<MapNode>().SelectMany(point => point.Entries))
        {
            if (sweep.Parameters.TryGetValue(key.Text, out var dimension))
            {
                if (node is ScalarNode scalar && CoreSchema.Resolve(scalar) is { Ok: true, Value: { } value } && !Holds(dimension, value))
                    values.Faults.Add(node.Mark,
                        $"start wants a value that {key.Text} may have in this sweep, not {Excerpt.Of(value.Text)}");
            }
            else if (space is not null && !space.Entries.Any(entry => entry.Key.Text == key.Text))
            {
                values.Faults.Add(key.Mark, $"start names {Excerpt.Of(key.Text)}, which is no parameter of this sweep",
                    Nearest.To(key.Text, sweep.Parameters.Keys));
            }
        }
    }

    private static bool Holds(SearchDimension dimension, ParameterValue value) => dimension switch
    {
        FixedDimension only => Same(only.Value, value),
        ChoiceDimension choice => choice.Values.Count == 0 || choice.Values.Any(known => Same(known, value)),
        RangeDimension { Max: var max, Min: var min } when max <= min => true,
        RangeDimension range => DimensionChecks.Number(value) is { } number && number >= range.Min && number <= range.Max
            && (!range.Whole || value is IntegerValue),
        _ => true,
    };

    private static bool Same(ParameterValue a, ParameterValue b) => a == b
        || (DimensionChecks.Number(a) is { } number && number == DimensionChecks.Number(b));
}
