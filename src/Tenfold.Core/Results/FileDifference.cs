using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Results;

/// <summary>A file in which two snapshots differ.</summary>
/// <param name="Path">The file, relative to the project.</param>
/// <param name="Change">How it differs.</param>
public sealed record FileDifference(string Path, FileChange Change)
{
    /// <summary>The files in which a candidate's snapshot differs from a baseline's, in the order of their paths.</summary>
    public static IReadOnlyList<FileDifference> Between(IReadOnlyList<SnapshotFile> baseline, IReadOnlyList<SnapshotFile> candidate)
    {
        var before = baseline.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var differences = new List<FileDifference>();
        foreach (var file in candidate)
        {
            if (!before.Remove(file.Path, out var other)) differences.Add(new FileDifference(file.Path, FileChange.Added));
            else if (other != file) differences.Add(new FileDifference(file.Path, FileChange.Changed));
        }

        differences.AddRange(before.Keys.Select(path => new FileDifference(path, FileChange.Removed)));
        return [.. differences.OrderBy(difference => difference.Path, StringComparer.Ordinal)];
    }
}

/// <summary>How a file differs.</summary>
public enum FileChange
{
    /// <summary>Its content, its kind or its right to be executed.</summary>
    Changed,

    /// <summary>Only the candidate has it.</summary>
    Added,

    /// <summary>Only the baseline has it.</summary>
    Removed,
}
