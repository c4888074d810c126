using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The posterior of a history.</summary>
/// <param name="Process">The Gaussian process.</param>
/// <param name="Scale">The transform of the values.</param>
/// <param name="Values">The transformed value of each row of the process.</param>
/// <param name="Success">How likely trials are to succeed; null when none has failed.</param>
internal sealed record Posterior(GaussianProcess Process, ValueTransform Scale, double[] Values, SuccessModel? Success = null)
{
    /// <summary>
    /// The posterior with pruned trials added at the median value, or at their predicted value where that is lower. A pruned trial has no
    /// final value, only the fact that it fell behind. Without such rows the search would suggest similar points again and again.
    /// </summary>
    /// <param name="pruned">The snapped points of pruned trials.</param>
    public Posterior WithPruned(IReadOnlyList<double[]> pruned)
    {
        // A pruned point that was also observed, in this study or an earlier one, already has a row.
        var observed = Process.Rows.Select(row => SearchSpace.Key(row.Point)).ToHashSet();
        var unobserved = pruned.Where(point => !observed.Contains(SearchSpace.Key(point))).ToList();
        if (unobserved.Count == 0) return this;
        var median = Values.Order().ElementAt((Values.Length - 1) / 2);
        var added = unobserved.Select(point => new ModelRow(point, Process.Embedding.Embed(point), double.NaN, 1));
        List<ModelRow> rows = [.. Process.Rows, .. added];
        double[] values = [.. Values, .. unobserved.Select(point => Math.Min(median, Process.MeanAt(point)))];
        return this with { Process = GaussianProcess.Of(Process.Embedding, Process.Parameters, rows, values, Process), Values = values };
    }
}

/// <summary>
/// Makes posteriors. It caches the latest fits by their observations, and the latest factor. The cache saves time and never changes a
/// result. Thread-safe.
/// </summary>
/// <param name="store">Keeps the fits for other processes; null for none.</param>
internal sealed class ModelCache(IFitStore? store = null)
{
    private const int Capacity = 8;

    // Other code, or vectors of another width, may fit differently.
    private static readonly string Code =
        $"{typeof(ModelCache).Assembly.ManifestModule.ModuleVersionId:N}{VectorKernels.Width}";

    private readonly Lock _lock = new();
    private readonly List<(Embedding Embedding, string Key, Lazy<FittedModel?> Fit)> _fits = [];
    private GaussianProcess? _last, _lastSuccess, _lastDuration;
    private Embedding? _embedding;

    /// <summary>Makes the posterior; null when there are too few observations, or when all their values are equal.</summary>
    public Posterior? Of(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        var sorted = ModelRow.Sorted(observations);
        var embedding = EmbeddingOf(space);
        if (Model(embedding, Succeeded(sorted), ref _last) is not { } posterior) return null;
        if (sorted.TrueForAll(HasSucceeded) || Model(embedding, Labels(sorted), ref _lastSuccess) is not { } labels) return posterior;
        return posterior with { Success = new SuccessModel(labels.Process, labels.Scale) };
    }

    /// <summary>Makes the model of durations; null when there are too few, or when all are equal.</summary>
    public DurationModel? Of(SearchSpace space, IReadOnlyList<TrialDuration> durations) =>
        Model(EmbeddingOf(space), Logarithms(durations), ref _lastDuration) is { } posterior
            ? new DurationModel(posterior.Process, posterior.Scale) : null;

    /// <summary>Computes the fit of the durations that the next suggestions need.</summary>
    public void Prepare(SearchSpace space, IReadOnlyList<TrialDuration> durations) => Prepare(EmbeddingOf(space), Logarithms(durations));

    /// <summary>Computes the fits that the next suggestions need, as far as the observations allow.</summary>
    public void Prepare(SearchSpace space, IReadOnlyList<Observation> observations)
    {
        Of(space, observations);
        var sorted = ModelRow.Sorted(observations);
        Prepare(EmbeddingOf(space), Succeeded(sorted));
        if (!sorted.TrueForAll(HasSucceeded)) Prepare(EmbeddingOf(space), Labels(sorted));
    }

    private void Prepare(Embedding embedding, List<Observation> sorted)
    {
        var level = FitSchedule.Complete(sorted.Count);
        if (level > FitSchedule.InUse(sorted.Count)) Fit(embedding, sorted, level);
    }

    private static List<Observation> Logarithms(IReadOnlyList<TrialDuration> durations) =>
        ModelRow.Sorted([.. durations.Select(one => new Observation(one.Trial, one.Point, Math.Log(one.Seconds)))]);

    private static bool HasSucceeded(Observation observation) => double.IsFinite(observation.Value);

    private static List<Observation> Succeeded(List<Observation> sorted) => sorted.FindAll(HasSucceeded);

    private static List<Observation> Labels(List<Observation> sorted) =>
        sorted.ConvertAll(one =>
            one with { Value = HasSucceeded(one) ? SuccessModel.Succeeded : SuccessModel.Failed, Count = 1, Variance = 0 });

    private Posterior? Model(Embedding embedding, List<Observation> sorted, ref GaussianProcess? last)
    {
        var level = FitSchedule.InUse(sorted.Count);
        if (level == 0 || Fit(embedding, sorted, level) is not { } fit) return null;
        var rows = fit.Scale.Scaled(ModelRow.Of(embedding, sorted));
        double[] values = [.. rows.Select(row => fit.Scale.Apply(row.Value))];
        var process = GaussianProcess.Of(embedding, fit.Parameters, rows, values, last);
        last = process;
        return new Posterior(process, fit.Scale, values);
    }

    private FittedModel? Fit(Embedding embedding, List<Observation> sorted, int level)
    {
        var observations = sorted[..level];
        var key = KeyOf(observations);
        Lazy<FittedModel?> fit;
        lock (_lock)
        {
            var index = _fits.FindIndex(kept => ReferenceEquals(kept.Embedding, embedding) && kept.Key == key);
            fit = index >= 0
                ? _fits[index].Fit
                : new Lazy<FittedModel?>(() => Stored(embedding, observations, key));
            if (index >= 0) _fits.RemoveAt(index);
            else if (_fits.Count == Capacity) _fits.RemoveAt(0);
            _fits.Add((embedding, key, fit));
        }

        return fit.Value;
    }

    private FittedModel? Stored(Embedding embedding, List<Observation> observations, string key)
    {
        if (store?.Find(key) is { } text && FittedModel.Read(text, embedding.Axes) is { } stored) return stored;
        var fit = FittedModel.Of(embedding, ModelRow.Of(embedding, observations));
        if (fit is not null) store?.Add(key, fit.Write());
        return fit;
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
        hash.AppendData(MemoryMarshal.AsBytes(Code.AsSpan()));
        foreach (var observation in observations)
        {
            hash.AppendData(MemoryMarshal.AsBytes<double>(observation.Point));
            hash.AppendData(MemoryMarshal.AsBytes<double>([observation.Value, observation.Count, observation.Variance]));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
