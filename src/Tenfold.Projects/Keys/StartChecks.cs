using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks that the points in <c>start</c> lie in the sweep's space, and the names in <c>baseline</c>.</summary>
internal static class StartChecks
{
    /// <summary>Checks every point.</summary>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="node">The <c>sweep</c> part.</param>
    /// <param name="sweep">The sweep, with the types that <c>train.params</c> declares.</param>
    public static void Run(FaultList faults, MapNode node, Sweep sweep)
    {
        var space = (node.Find(SweepKeys.Space.Key) as MapNode)?.Entries.Select(entry => entry.Key.Text).ToList();
        // The baseline may lie outside the space, but a misspelt name would silently be ignored.
        foreach (var (key, _) in (node.Find(SweepKeys.Baseline.Key) as MapNode)?.Entries ?? [])
            if (space?.Contains(key.Text) == false) AddUnknown(faults, key, "baseline", sweep);
        if (node.Find(SweepKeys.Start.Key) is not ListNode points) return;
        foreach (var point in points.Items.OfType<MapNode>())
        {
            foreach (var (key, value) in point.Entries)
            {
                if (sweep.Parameters.TryGetValue(key.Text, out var dimension))
                {
                    CheckValue(faults, key.Text, value, dimension);
                    CheckConditions(faults, key, dimension, point, sweep);
                }
                else if (space is not null && !space.Contains(key.Text))
                {
                    AddUnknown(faults, key, "start", sweep);
                }
            }
        }
    }

    private static void AddUnknown(FaultList faults, ScalarNode key, string part, Sweep sweep) => faults.Add(
        key.Mark, $"{part} names {Excerpt.Of(key.Text)}, which is not a parameter of this sweep",
        Nearest.To(key.Text, sweep.Parameters.Keys));

    private static void CheckValue(FaultList faults, string name, Node node, SearchDimension dimension)
    {
        if (Value(node) is not { } value) return;
        if (!Holds(dimension, value))
            faults.Add(node.Mark, $"start gives {name} the value {Excerpt.Of(value.Text)}, which this sweep does not allow",
                dimension is ChoiceDimension choice ? Nearest.To(value.Text, choice.Values.Select(known => known.Text)) : null);
        else if (dimension is RangeDimension { Step: > 0 and var step } range && Scalars.AsNumber(value) is { } number
            && OffStep(range, step, number) is { } near)
            faults.Add(node.Mark, $"start gives {name} the value {Excerpt.Of(value.Text)}, which is not on its steps", near);
    }

    // An inactive setting would otherwise be ignored silently.
    private static void CheckConditions(FaultList faults, ScalarNode key, SearchDimension dimension, MapNode point, Sweep sweep)
    {
        foreach (var (other, wanted) in dimension.When)
        {
            if (sweep.Parameters.GetValueOrDefault(other) is not ChoiceDimension || wanted.Count == 0) continue;
            var words = string.Join(" or ", wanted.Select(value => Excerpt.Bare(value.Text)));
            if (point.Find(other) is not { } node)
                faults.Add(key.Mark, $"start gives {key.Text} a value, which is active only where {other} is {words}; add {other}: "
                    + Excerpt.Bare(wanted[0].Text) + " to this point");
            else if (Value(node) is { } value && !wanted.Any(known => Same(known, value)))
                faults.Add(key.Mark, $"start gives {key.Text} a value, which is active only where {other} is {words}, "
                    + $"not {Excerpt.Of(value.Text)}; remove one of the two");
        }
    }

    // The point's own shape has reported faults of the value itself.
    private static ParameterValue? Value(Node node) => SweptValueShape.Instance.Read(node, "", new FaultList(""));

    private static bool Holds(SearchDimension dimension, ParameterValue value) => dimension switch
    {
        FixedDimension only => Same(only.Value, value),
        ChoiceDimension choice => choice.Values.Count == 0 || choice.Values.Any(known => Same(known, value)),
        RangeDimension { Max: var max, Min: var min } when max <= min => true,
        RangeDimension range => Scalars.AsNumber(value) is { } number && number >= range.Min && number <= range.Max
            && (!range.Whole || value is IntegerValue),
        _ => true,
    };

    /// <summary>The nearest value on the steps; null when the number lies on a step, apart from rounding.</summary>
    private static string? OffStep(RangeDimension range, double step, double number)
    {
        if (range.Max <= range.Min || step > range.Max - range.Min) return null;
        var steps = (number - range.Min) / step;
        var nearest = Math.Min(Math.Round(steps), Math.Floor(((range.Max - range.Min) / step) + 1e-9));
        if (Math.Abs(steps - nearest) < 1e-6) return null;
        var value = range.Min + (nearest * step);
        return range.Whole ? new IntegerValue((long)value).Text : value.ToString("G12", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Same(ParameterValue a, ParameterValue b) => a == b
        || (Scalars.AsNumber(a) is { } number && number == Scalars.AsNumber(b));
}
