using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Shapes;

/// <summary>What no single key of a sweep's parameter shows.</summary>
internal static class DimensionChecks
{
    // Above this a double no longer knows every whole number.
    private const double LargestWhole = 1L << 53;

    public static void Run(FieldValues values, SearchDimension dimension)
    {
        var rangeKeys = new Field[] { SweepShapes.Min, SweepShapes.Max, SweepShapes.Scale, SweepShapes.Step }.Where(values.Has).ToList();
        if (dimension is ChoiceDimension choice)
        {
            foreach (var key in rangeKeys) Add(values, key, $"'{key.Key}' belongs to a range and 'values' to a choice; keep one of them");
            CheckDifferent(values, choice);
            return;
        }

        if (values.Has(SweepShapes.Ordered)) Add(values, SweepShapes.Ordered, "'ordered' belongs to 'values', which are missing here");
        var missing = new Field[] { SweepShapes.Min, SweepShapes.Max }
            .Where(key => !values.Has(key)).Select(key => $"'{key.Key}'").ToList();
        if (missing.Count > 0)
            values.Faults.Add(values.Node.Mark,
                $"{string.Join(" and ", missing)} missing: write {{ min: …, max: … }}, or {{ values: [ … ] }}");
        else if (values.Get(SweepShapes.Min) is not null && values.Get(SweepShapes.Max) is not null)
            CheckRange(values, (RangeDimension)dimension);
    }

    public static double? Number(ParameterValue? value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };

    private static void CheckRange(FieldValues values, RangeDimension range)
    {
        if (range.Max <= range.Min)
            Add(values, SweepShapes.Max,
                $"max wants a number above min, which is {values.Get(SweepShapes.Min)}, not '{values.Get(SweepShapes.Max)}'");
        else if (!double.IsFinite(range.Max - range.Min))
            Add(values, SweepShapes.Max, "max - min is more than a number can hold; narrow the range, or search it with scale: log");
        if (range.Scale == RangeScale.Log && range.Min <= 0)
            Add(values, SweepShapes.Min, $"min wants a number above 0 for scale: log, not '{values.Get(SweepShapes.Min)}'");
        if (range.Whole && (Math.Abs(range.Min) > LargestWhole || Math.Abs(range.Max) > LargestWhole))
            Add(values, SweepShapes.Max,
                $"whole numbers of a range go up to 2^53, not '{values.Get(SweepShapes.Max)}'; write a point for other numbers");
        if (range.Step is not { } step) return;
        if (range.Scale == RangeScale.Log)
            Add(values, SweepShapes.Step, "step does not go with scale: log; remove one, or list the values");
        else if (!(step > 0) || step > range.Max - range.Min)
            Add(values, SweepShapes.Step, $"step wants a number above 0 and at most max - min, not '{values.Get(SweepShapes.Step)}'");
        else if ((range.Max - range.Min) / step > LargestWhole)
            Add(values, SweepShapes.Step,
                $"step is so small that neighbours cannot be told apart: '{values.Get(SweepShapes.Step)}'; leave it out");
    }

    private static void CheckDifferent(FieldValues values, ChoiceDimension choice)
    {
        var seen = new HashSet<ParameterValue>();
        foreach (var value in choice.Values)
        {
            if (!seen.Add(value)) Add(values, SweepShapes.Values, $"values holds {Excerpt.Of(value.Text)} twice; remove one");
        }
    }

    private static void Add(FieldValues values, Field field, string message) => values.Faults.Add(values.MarkOf(field), message);
}
