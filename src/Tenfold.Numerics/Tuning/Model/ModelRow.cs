using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>A row of the model: a point with the mean of its observations.</summary>
/// <param name="Point">The snapped point.</param>
/// <param name="Vector">The embedded point.</param>
/// <param name="Value">The mean of the point's runs; larger is better.</param>
/// <param name="Count">The number of runs in the mean.</param>
/// <param name="Variance">
/// The variance of the value beside the noise of a run, where the value is a forecast. 0 for a measured value. In the squared unit of the
/// observations, until <see cref="ValueTransform.Scaled"/> makes it that of the transformed values.
/// </param>
internal sealed record ModelRow(double[] Point, double[] Vector, double Value, int Count, double Variance = 0)
{
    /// <summary>
    /// Turns observations into rows, without the failed ones. Observations of equal points become one row with the mean of all their runs,
    /// which is inverse-variance weighting because every run has the same noise.
    /// </summary>
    public static List<ModelRow> Of(Embedding embedding, IReadOnlyList<Observation> observations)
    {
        var (rows, places) = (new List<ModelRow>(), new Dictionary<string, int>(observations.Count));
        foreach (var observation in observations.Where(observation => double.IsFinite(observation.Value)))
        {
            var value = observation.Value;
            var count = Math.Max(1, observation.Count);
            if (places.TryGetValue(SearchSpace.Key(observation.Point), out var place))
            {
                var row = rows[place];
                // A measured value needs no forecast.
                if (observation.Variance > 0 || row.Variance > 0)
                {
                    if (observation.Variance < row.Variance)
                        rows[place] = row with { Value = value, Count = count, Variance = observation.Variance };
                    continue;
                }

                var weight = (double)count / (row.Count + count);
                rows[place] = row with { Value = (row.Value * (1 - weight)) + (value * weight), Count = row.Count + count };
            }
            else
            {
                places.Add(SearchSpace.Key(observation.Point), rows.Count);
                rows.Add(new ModelRow(observation.Point, embedding.Embed(observation.Point), value, count, observation.Variance));
            }
        }

        return rows;
    }

    /// <summary>Sorts observations by trial number, so that their order doesn't depend on when they arrived.</summary>
    public static List<Observation> Sorted(IReadOnlyList<Observation> observations)
    {
        var sorted = observations.ToList();
        sorted.Sort((a, b) =>
        {
            var order = a.Trial.CompareTo(b.Trial);
            if (order == 0) order = a.Point.AsSpan().SequenceCompareTo(b.Point);
            if (order == 0) order = a.Value.CompareTo(b.Value);
            if (order == 0) order = a.Count.CompareTo(b.Count);
            return order == 0 ? a.Variance.CompareTo(b.Variance) : order;
        });
        return sorted;
    }
}
