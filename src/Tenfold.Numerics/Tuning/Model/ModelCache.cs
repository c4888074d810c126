using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>A posterior for a history, and what it was made of.</summary>
/// <param name="Process">The posterior.</param>
/// <param name="Scale">How values were scaled.</param>
/// <param name="Values">The rows' scaled values.</param>
internal sealed record Posterior(GaussianProcess Process, ValueTransform Scale, double[] Values)
{
    /// <summary>
    /// The posterior when pruned trials are taken to be no better than the middle one that did not, or than predicted where that is
    /// less. All that is known of them is that they fell behind; without it, what looks good there would be tried again and again.
    /// </summary>
    public Posterior Doubting(IReadOnlyList<double[]> pruned)
    {
        // A point with a value of its own, from before or from another try, needs no doubt.
        var seen = Process.Rows.Select(row => SearchSpace.Key(row.Point)).ToHashSet();
        var fallen = pruned.Where(point => !seen.Contains(SearchSpace.Key(point))).ToList();
        if (fallen.Count == 0) return this;
        var middle = Values.Order().ElementAt((Values.Length - 1) / 2);
        var added = fallen.Select(point => new ModelRow(point, Process.Embedding.Embed(point), double.NaN, 1));
        List<ModelRow> rows = [.. Process.Rows, .. added];
        double[] values = [.. Values, .. fallen.Select(point => Math.Min(middle, Process.MeanAt(point)))];
        return this with { Process = GaussianProcess.Of(Process.Embedding, Process.Parameters, rows, values, Process), Values = values };
    }
}

/// <summary>
/// Makes posteriors, and keeps the last fits and the last factor by what they were made of: a cache that spares time and changes nothing.
/// May be used by several threads.
/// </summary>
internal sealed class ModelCache
{
    private const int Kept = 6;

    private readonly Lock _lock = new();
    private readonly List<(Embedding Embedding, string Key, Lazy<FittedModel?> Fit)> _fits = [];
    private GaussianProcess? _last;
    private Embedding? _embedding;

    /// <summary>The posterior; null when there are too few observations, or they all have the same value.</summary>
    public Posterior? Of(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        var sorted = ModelRow.Sorted(observations);
        var level = FitSchedule.InUse(sorted.Count);
        if (level == 0) return null;
        var embedding = EmbeddingOf(space);
        if (Fit(embedding, sorted, level) is not { } fit) return null;
        var rows = ModelRow.Of(embedding, sorted);
        double[] values = [.. rows.Select(row => fit.Scale.Apply(row.Value))];
        var process = GaussianProcess.Of(embedding, fit.Parameters, rows, values, _last);
        _last = process;
        return new Posterior(process, fit.Scale, values);
    }

    /// <summary>Makes what the next asks will need, as far as the observations allow.</summary>
    public void Prepare(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        Of(space, observations);
        var sorted = ModelRow.Sorted(observations);
        var level = FitSchedule.Complete(sorted.Count);
        if (level > FitSchedule.InUse(sorted.Count)) Fit(EmbeddingOf(space), sorted, level);
    }

    private FittedModel? Fit(Embedding embedding, List<Observation> sorted, int level)
    {
        var observations = sorted[..level];
        var key = KeyOf(observations);
        Lazy<FittedModel?> fit;
        lock (_lock)
        {
            var place = _fits.FindIndex(kept => ReferenceEquals(kept.Embedding, embedding) && kept.Key == key);
            fit = place >= 0
                ? _fits[place].Fit
                : new Lazy<FittedModel?>(() => FittedModel.Of(embedding, ModelRow.Of(embedding, observations)));
            if (place >= 0) _fits.RemoveAt(place);
            else if (_fits.Count == Kept) _fits.RemoveAt(0);
            _fits.Add((embedding, key, fit));
        }

        return fit.Value;
    }

    private Embedding EmbeddingOf(SearchSpace space)
    {
        lock (_lock)
        {
            if (_embedding is null || !ReferenceEquals(_embedding.Space, space)) _embedding = new Embedding(space);
            return _embedding;
        }
    }

    private static string KeyOf(List<Observation> observations)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var observation in observations)
        {
            hash.AppendData(MemoryMarshal.AsBytes<double>(observation.Point));
            hash.AppendData(MemoryMarshal.AsBytes<double>([observation.Value, observation.Count]));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
