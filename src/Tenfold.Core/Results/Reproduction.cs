using Tenfold.Core.Artifacts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Results;

/// <summary>Whether a group that was run again (<c>fit --like</c>) gave what its original gave.</summary>
/// <param name="Original">The id of the group or run that was done again.</param>
/// <param name="Runs">The pairs of runs with the same seed.</param>
public sealed record Reproduction(string Original, IReadOnlyList<ReproducedRun> Runs)
{
    /// <summary>True when every pair could be compared, something was, and all values and files are equal.</summary>
    public bool IsReproduced => Runs.Count > 0 && Runs.All(run => run is { IsComparable: true, Differing: 0 }) && Values + Files > 0;

    /// <summary>The pairs in which a run did not succeed.</summary>
    public int Incomparable => Runs.Count(run => !run.IsComparable);

    /// <summary>How many values were compared: the last of each metric.</summary>
    public int Values => Runs.Sum(run => run.Values);

    /// <summary>How many files were compared.</summary>
    public int Files => Runs.Sum(run => run.Files);

    /// <summary>
    /// What differs in what the first pair ran in: each entry says what is now, and what was; empty for nothing, or when it is not known.
    /// </summary>
    public IReadOnlyList<EnvironmentChange> Changes { get; init; } = [];
}

/// <summary>A run and the run that it repeats.</summary>
public sealed record ReproducedRun
{
    /// <summary>The original.</summary>
    public required string Original { get; init; }

    /// <summary>The repetition.</summary>
    public required string Run { get; init; }

    /// <summary>True when both succeeded.</summary>
    public required bool IsComparable { get; init; }

    /// <summary>How many metrics were compared.</summary>
    public int Values { get; init; }

    /// <summary>The metrics whose last values differ, or that only one run has.</summary>
    public IReadOnlyList<ValueDifference> DifferingValues { get; init; } = [];

    /// <summary>How many files were compared; 0 when the files of a run can't be read.</summary>
    public int Files { get; init; }

    /// <summary>The files that differ, or that only one run has.</summary>
    public IReadOnlyList<string> DifferingFiles { get; init; } = [];

    /// <summary>How many values and files differ.</summary>
    public int Differing => DifferingValues.Count + DifferingFiles.Count;

    /// <summary>Compares two runs.</summary>
    /// <param name="original">The original with its metrics.</param>
    /// <param name="run">The repetition with its metrics.</param>
    /// <param name="files">The files of the original, then of the repetition; null when one of the lists can't be read.</param>
    /// <param name="ignored">A file that never repeats, such as an executed notebook with its times; null for none.</param>
    public static ReproducedRun Of(
        RunWithMetrics original, RunWithMetrics run, (IReadOnlyList<ArtifactFile> Original, IReadOnlyList<ArtifactFile> Run)? files,
        string? ignored)
    {
        var compared = new ReproducedRun { Original = original.Run.Id, Run = run.Run.Id, IsComparable = false };
        if (original.Run.State != RunState.Succeeded || run.Run.State != RunState.Succeeded) return compared;
        var (before, after) = (original.Metrics.ToDictionary(m => m.Name), run.Metrics.ToDictionary(m => m.Name));
        var names = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal).ToList();
        var hashes = (Original: Hashes(files?.Original, ignored), Run: Hashes(files?.Run, ignored));
        var paths = hashes.Original.Keys.Union(hashes.Run.Keys).Order(StringComparer.Ordinal).ToList();
        return compared with
        {
            IsComparable = true,
            Values = names.Count,
            DifferingValues =
            [
                .. names.Select(name =>
                        new ValueDifference(name, before.GetValueOrDefault(name)?.Last, after.GetValueOrDefault(name)?.Last))
                    .Where(difference => !Nullable.Equals(difference.Original, difference.Value)),
            ],
            Files = paths.Count,
            DifferingFiles = [.. paths.Where(path => hashes.Original.GetValueOrDefault(path) != hashes.Run.GetValueOrDefault(path))],
        };
    }

    private static Dictionary<string, string> Hashes(IReadOnlyList<ArtifactFile>? files, string? ignored) =>
        (files ?? []).Where(file => file.Path != ignored).ToDictionary(file => file.Path, file => file.Sha256);
}

/// <summary>A metric with two different last values.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Original">The original's value; null when it never reported the metric.</param>
/// <param name="Value">The repetition's value; null when it never reported the metric.</param>
public sealed record ValueDifference(string Metric, double? Original, double? Value)
{
    /// <summary>By how much they differ; infinity when one of them is missing or not finite.</summary>
    public double Size => Original is { } before && Value is { } after && double.IsFinite(before - after) ? Math.Abs(after - before)
        : double.PositiveInfinity;
}

/// <summary>A part of a run's environment that has changed.</summary>
/// <param name="What">What it is: <c>Python</c>, <c>platform</c>, <c>processor</c>, or a package.</param>
/// <param name="Was">What the original had; null for nothing.</param>
/// <param name="Is">What the repetition has; null for nothing.</param>
public sealed record EnvironmentChange(string What, string? Was, string? Is);
