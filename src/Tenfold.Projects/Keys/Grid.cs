using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Keys;

/// <summary>Counts the points of a search space, which a grid search visits all.</summary>
internal static class Grid
{
    /// <summary>The maximum number of points of a grid. A larger grid is almost certainly a mistake.</summary>
    public const int MaxPoints = 1_000_000;

    /// <summary>The reasons why a sweep with <c>method: grid</c> can't be a grid; empty for other methods.</summary>
    public static IEnumerable<GridProblem> Problems(Sweep sweep)
    {
        if (sweep.Method != SweepMethod.Grid) yield break;
        foreach (var (name, dimension) in sweep.Parameters)
        {
            if (dimension is RangeDimension { IsContinuous: true })
            {
                yield return new GridProblem(name,
                    $"method: grid needs a step or values for {name}, which is a range without steps; "
                    + "give it a step, or use method: sobol");
            }
        }

        if (Count(sweep.Parameters) > MaxPoints)
        {
            yield return new GridProblem(null,
                $"method: grid has more than {MaxPoints:N0} points here; widen the steps, or use method: sobol");
        }
    }

    /// <summary>
    /// The number of points; <see cref="MaxPoints"/> + 1 means any larger number. A continuous or faulty range counts as one value.
    /// </summary>
    public static long Count(IReadOnlyDictionary<string, SearchDimension> space)
    {
        // Enumerate only the parameters that others depend on, and multiply the rest, so that a large grid takes no time.
        var parents = space.Keys.Where(name => space.Values.Any(other => other.When.ContainsKey(name))).ToList();
        var leaves = space.Where(parameter => !parents.Contains(parameter.Key)).Select(parameter => parameter.Value).ToList();
        return Walk(space, parents, leaves, []);
    }

    private static long Walk(IReadOnlyDictionary<string, SearchDimension> space, List<string> left, List<SearchDimension> leaves,
        Dictionary<string, ParameterValue> chosen)
    {
        // SweepChecks reports a cycle of conditions. Its parameters are never active.
        var next = left.Find(name => !space[name].When.Keys.Any(left.Contains));
        if (next is null)
        {
            var active = leaves.Where(leaf => IsActive(leaf, chosen));
            return active.Aggregate(1L, (count, leaf) => Math.Min(MaxPoints + 1L, count * Levels(leaf)));
        }

        var rest = left.Where(name => name != next).ToList();
        if (!IsActive(space[next], chosen) || space[next] is not ChoiceDimension { Values.Count: > 0 } choice)
            return Walk(space, rest, leaves, chosen);
        var sum = 0L;
        foreach (var value in choice.Values)
        {
            chosen[next] = value;
            sum += Walk(space, rest, leaves, chosen);
            chosen.Remove(next);
            if (sum > MaxPoints) break;
        }

        return Math.Min(MaxPoints + 1L, sum);
    }

    private static bool IsActive(SearchDimension dimension, Dictionary<string, ParameterValue> chosen) =>
        dimension.When.All(condition => chosen.TryGetValue(condition.Key, out var value) && condition.Value.Contains(value));

    private static long Levels(SearchDimension dimension) => dimension switch
    {
        ChoiceDimension choice => Math.Max(1, choice.Values.Count),
        RangeDimension { IsContinuous: false } range when range.Max > range.Min && range.Step is null or > 0 =>
            (long)Math.Min(MaxPoints + 1L, Math.Floor(((range.Max - range.Min) / (range.Step ?? 1)) + 1e-9) + 1),
        _ => 1,
    };
}

/// <summary>A reason why a sweep can't be a grid.</summary>
/// <param name="Parameter">The faulty parameter; null when the fault is in the whole space.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record GridProblem(string? Parameter, string Message);
