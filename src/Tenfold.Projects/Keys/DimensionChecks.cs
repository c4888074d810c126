using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the keys of a sweep's parameter against each other.</summary>
internal static class DimensionChecks
{
    // A double represents every whole number up to this one.
    private const double LargestWhole = 1L << 53;

    public static void Run(FieldValues values, SearchDimension dimension)
    {
        var rangeKeys = new Field[] { SweepKeys.Min, SweepKeys.Max, SweepKeys.Scale, SweepKeys.Step }.Where(values.Has).ToList();
        if (dimension is ChoiceDimension choice)
        {
            foreach (var key in rangeKeys) Add(values, key, $"'{key.Key}' belongs to a range and 'values' to a choice; keep one of them");
            CheckDifferent(values, choice);
            return;
        }

        if (values.Has(SweepKeys.Ordered)) Add(values, SweepKeys.Ordered, "'ordered' belongs to 'values', which are missing here");
        var missing = new Field[] { SweepKeys.Min, SweepKeys.Max }
            .Where(key => !values.Has(key)).Select(key => $"'{key.Key}'").ToList();
        if (missing.Count > 0)
            values.Faults.Add(values.Node.Mark,
                $"{string.Join(" and ", missing)} missing: write {{ min: …, max: … }}, or {{ values: [ … ] }}");
        else if (values.Get(SweepKeys.Min) is not null && values.Get(SweepKeys.Max) is not null)
            CheckRange(values, (RangeDimension)dimension);
    }

    private static void CheckRange(FieldValues values, RangeDimension range)
    {
        if (range.Max <= range.Min)
            Add(values, SweepKeys.Max,
                $"max must be a number above min, which is {values.Get(SweepKeys.Min)}, not '{values.Get(SweepKeys.Max)}'");
        else if (!double.IsFinite(range.Max - range.Min))
            Add(values, SweepKeys.Max, "max - min is more than a number can hold; narrow the range, or search it with scale: log");
        if (range.Scale == RangeScale.Log && range.Min <= 0)
            Add(values, SweepKeys.Min, $"min must be a number above 0 for scale: log, not '{values.Get(SweepKeys.Min)}'");
        if (range.Whole && (Math.Abs(range.Min) > LargestWhole || Math.Abs(range.Max) > LargestWhole))
            Add(values, SweepKeys.Max,
                $"whole numbers of a range go up to 2^53, not '{values.Get(SweepKeys.Max)}'; write a point for other numbers");
        if (range.Step is not { } step) return;
        if (range.Scale == RangeScale.Log)
            Add(values, SweepKeys.Step, "step does not go with scale: log; remove one, or list the values");
        else if (!(step > 0) || step > range.Max - range.Min)
            Add(values, SweepKeys.Step, $"step must be a number above 0 and at most max - min, not '{values.Get(SweepKeys.Step)}'");
        else if ((range.Max - range.Min) / step > LargestWhole)
            Add(values, SweepKeys.Step,
                $"step is so small that neighbouring values are equal as numbers: '{values.Get(SweepKeys.Step)}'; leave it out");
    }

    private static void CheckDifferent(FieldValues values, ChoiceDimension choice)
    {
        var seen = new HashSet<ParameterValue>();
        foreach (var value in choice.Values)
        {
            if (!seen.Add(value)) Add(values, SweepKeys.Values, $"values holds {Excerpt.Of(value.Text)} twice; remove one");
        }
    }

    private static void Add(FieldValues values, Field field, string message) => values.Faults.Add(values.MarkOf(field), message);
}
