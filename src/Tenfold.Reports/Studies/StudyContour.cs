using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Reports.Studies;

/// <summary>The model's mean over two parameters, with all other parameters as in the best trial.</summary>
/// <param name="Across">The more important parameter.</param>
/// <param name="Up">The less important parameter.</param>
/// <param name="AcrossEdges">The edges of the cells as shares of the width; one more than there are columns.</param>
/// <param name="UpEdges">The edges of the cells as shares of the height, from the bottom.</param>
/// <param name="Means">The means by column, then by row from the bottom; null where one of the parameters is inactive.</param>
public sealed record StudyContour(StudyAxis Across, StudyAxis Up, double[] AcrossEdges, double[] UpEdges, double?[][] Means)
{
    private const int MaxCells = 44;

    /// <summary>The best mean, and the worst mean that gets its own colour. Most colours go to the better half.</summary>
    /// <param name="sign">1 when higher is better, −1 when lower is better.</param>
    public (double Best, double Worst) Ends(int sign)
    {
        double[] ranked = [.. Means.SelectMany(column => column).OfType<double>().OrderByDescending(mean => sign * mean)];
        var (best, middle, worst) = (ranked[0], ranked[ranked.Length / 2], ranked[^1]);
        var limit = best + (1.25 * (middle - best));
        return (best, double.IsFinite(limit) && limit != best && sign * limit > sign * worst ? limit : worst);
    }

    /// <summary>
    /// Evaluates the model over the two most important parameters that are active in the best trial; null when there are fewer.
    /// </summary>
    internal static StudyContour? Of(IReadOnlyList<StudyAxis> axes, SearchSpace space, Importance importance, double[] best,
        StudyModelView view)
    {
        StudyAxis[] chosen = [.. axes.Where(axis => space.IsActive(best, axis.Index))
            .OrderByDescending(axis => importance.Axes[axis.Index].Total).Take(2)];
        if (chosen is not [var across, var up] || importance.Variance == 0) return null;
        var (columns, rows) = (view.Along(across, MaxCells), view.Along(up, MaxCells));
        double?[][] means = [.. columns.Select(x => rows.Select(y => MeanAt(x, y)).ToArray())];
        if (!means.Any(column => column.Any(mean => mean is not null))) return null;
        return new(across, up, Edges(across, columns), Edges(up, rows), means);

        double? MeanAt(double x, double y) => view.Moved(best, (across, x), (up, y)) is { } point ? Finite(view.Mean(point)) : null;

        double[] Edges(StudyAxis axis, double[] coordinates)
        {
            double?[] places =
                [.. coordinates.Select(coordinate => view.Moved(best, (axis, coordinate)) is { } point ? view.PlaceOf(point, axis) : null)];
            return EdgesOf([.. places.Select((place, i) => place is { } some ? axis.Axis.At(some) : coordinates[i])]);
        }
    }

    private static double? Finite(double mean) => double.IsFinite(mean) ? mean : null;

    /// <summary>The edges of cells: half-way between neighbouring centres. Outer cells are symmetric around their centre.</summary>
    private static double[] EdgesOf(double[] middles)
    {
        if (middles.Length == 1) return [0, 1];
        var edges = new double[middles.Length + 1];
        for (var i = 1; i < middles.Length; i++) edges[i] = (middles[i - 1] + middles[i]) / 2;
        edges[0] = Math.Max(0, (2 * middles[0]) - edges[1]);
        edges[^1] = Math.Min(1, (2 * middles[^1]) - edges[^2]);
        return edges;
    }
}
