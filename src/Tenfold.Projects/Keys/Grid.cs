using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Keys;

/// <summary>A search space as every combination of its values.</summary>
internal static class Grid
{
    /// <summary>The most points of a grid. A larger grid is almost certainly a mistake.</summary>
    public const int Largest = 1_000_000;

    /// <summary>What keeps a sweep with <c>method: grid</c> from being a grid; empty for other methods.</summary>
    public static IEnumerable<GridProblem> Problems(Sweep sweep)
    {
        if (sweep.Method != SweepMethod.Grid) yield break;
        foreach (var (name, dimension) in sweep.Parameters)
        {
            if (dimension is RangeDimension { IsContinuous: true })
            {
                yield return new GridProblem(name,
                    $"method: grid wants a step or values for {name}, not a range without steps; give it one, or use method: sobol");
            }
        }

        if (Count(sweep.Parameters) > Largest)
        {
            yield return new GridProblem(null,
                $"method: grid has more than {Largest:N0} points here; widen the steps, or use method: sobol");
        }
    }

    /// <summary>
    /// The number of points. <see cref="Largest"/> + 1 stands for every number above <see cref="Largest"/>. A continuous or faulty range
    /// counts as one value.
    /// </summary>
    public static long Count(IReadOnlyDictionary<string, SearchDimension> space)
    {
        // Only parameters that others depend on are enumerated. The others are multiplied, so that a large grid takes no time.
        var parents = space.Keys.Where(name => space.Values.Any(other => other.When.ContainsKey(name))).ToList();
        var leaves = space.Where(parameter => !parents.Contains(parameter.Key)).Select(parameter => parameter.Value).ToList();
        return Walk(space, parents, leaves, []);
    }

    private static long Walk(IReadOnlyDictionary<string, SearchDimension> space, List<string> left, List<SearchDimension> leaves,
        Dictionary<string, ParameterValue> chosen)
    {
        // A circle of conditions is reported elsewhere. Its parameters are never in play.
        var next = left.Find(name => !space[name].When.Keys.Any(left.Contains));
        if (next is null)
        {
            var inPlay = leaves.Where(leaf => IsInPlay(leaf, chosen));
            return inPlay.Aggregate(1L, (count, leaf) => Math.Min(Largest + 1L, count * Levels(leaf)));
        }

        var rest = left.Where(name => name != next).ToList();
        if (!IsInPlay(space[next], chosen) || space[next] is not ChoiceDimension { Values.Count: > 0 } choice)
            return Walk(space, rest, leaves, chosen);
        var sum = 0L;
        foreach (var value in choice.Values)
        {
            chosen[next] = value;
            sum += Walk(space, rest, leaves, chosen);
            chosen.Remove(next);
            if (sum > Largest) break;
        }

        return Math.Min(Largest + 1L, sum);
    }

    private static bool IsInPlay(SearchDimension dimension, Dictionary<string, ParameterValue> chosen) =>
        dimension.When.All(condition => chosen.TryGetValue(condition.Key, out var value) && condition.Value.Contains(value));

    private static long Levels(SearchDimension dimension) => dimension switch
    {
        ChoiceDimension choice => Math.Max(1, choice.Values.Count),
        RangeDimension { IsContinuous: false } range when range.Max > range.Min && range.Step is null or > 0 =>
            (long)Math.Min(Largest + 1L, Math.Floor(((range.Max - range.Min) / (range.Step ?? 1)) + 1e-9) + 1),
        _ => 1,
    };
}

/// <summary>What keeps a sweep from being a grid.</summary>
/// <param name="Parameter">The parameter at fault; null when the whole space is.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record GridProblem(string? Parameter, string Message);
