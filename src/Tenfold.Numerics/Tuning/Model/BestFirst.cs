using System.Collections;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// Points in the descending order of an acquisition function. Values are computed only as far as the order is read: a point whose upper
/// bound is below the values that were read needs no value.
/// </summary>
/// <param name="acquisition">The acquisition function.</param>
/// <param name="points">Snapped points. Of points with equal values, the earlier comes first.</param>
internal sealed class BestFirst(IAcquisition acquisition, IReadOnlyList<double[]> points) : IEnumerable<double[]>
{
    private double[]? _values; // upper bounds where the value is unknown
    private bool[] _isKnown = [];

    /// <inheritdoc/>
    public IEnumerator<double[]> GetEnumerator()
    {
        var values = _values ??= Start();
        var queue = new PriorityQueue<int, (double Negated, int Index)>(points.Select((_, i) => (i, (-values[i], i))));
        var batch = new List<int>();
        while (queue.Count > 0)
        {
            if (_isKnown[queue.Peek()])
            {
                yield return points[queue.Dequeue()];
                continue;
            }

            // As many at once as one triangular solve handles.
            batch.Clear();
            while (batch.Count < 2 * VectorKernels.Width && queue.TryPeek(out var next, out _) && !_isKnown[next])
                batch.Add(queue.Dequeue());
            var found = acquisition.Evaluate([.. batch.Select(i => points[i])]);
            for (var k = 0; k < batch.Count; k++)
            {
                var i = batch[k];
                (values[i], _isKnown[i]) = (found[k], true);
                queue.Enqueue(i, (-found[k], i));
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private double[] Start()
    {
        _isKnown = new bool[points.Count];
        if (acquisition.Bounds(points) is { } bounds) return bounds;
        Array.Fill(_isKnown, true);
        return acquisition.Evaluate(points);
    }
}
