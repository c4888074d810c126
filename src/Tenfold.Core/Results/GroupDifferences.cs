using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Results;

/// <summary>Finds what differs between two groups beside seeds and parameters, and so may explain a difference of their values.</summary>
public static class GroupDifferences
{
    /// <summary>The differences between two groups; empty when only seeds and parameters differ.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="candidate">The group that is compared with it.</param>
    public static IReadOnlyList<Note> Between(GroupRecord baseline, GroupRecord candidate) => Between(baseline, candidate, null);

    /// <inheritdoc cref="Between(GroupRecord, GroupRecord)"/>
    /// <remarks>Names the files that differ, when both groups have their lists of files.</remarks>
    public static IReadOnlyList<Note> Between(GroupRuns baseline, GroupRuns candidate)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        var files = baseline.Files is { } before && candidate.Files is { } after ? FileDifference.Between(before, after) : null;
        return Between(baseline.Group, candidate.Group, files);
    }

    private static List<Note> Between(GroupRecord baseline, GroupRecord candidate, IReadOnlyList<FileDifference>? files)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        var (one, other) = (baseline.Spec, candidate.Spec);
        var notes = new List<Note>();
        if (one.Project != other.Project) notes.Add(new Note.ProjectDiffers(one.Project, other.Project));
        if (one.Snapshot != other.Snapshot) notes.Add(new Note.CodeDiffers(one.Snapshot, other.Snapshot) { Files = files });
        if (CommandOf(one) != CommandOf(other)) notes.Add(new Note.CommandDiffers(CommandOf(one), CommandOf(other)));
        notes.AddRange(one.Data.Keys.Union(other.Data.Keys)
            .Where(channel => one.Data.GetValueOrDefault(channel)?.Hash != other.Data.GetValueOrDefault(channel)?.Hash)
            .Select(channel => new Note.DataDiffers(channel)));
        if (Differing(one.Variables, other.Variables) is { Count: > 0 } names) notes.Add(new Note.VariablesDiffer(names));
        if (one.Environment != other.Environment) notes.Add(new Note.EnvironmentDiffers(one.Environment, other.Environment));
        if (one.Metric != other.Metric) notes.Add(new Note.MetricDiffers(one.Metric, other.Metric));
        return notes;
    }

    private static IReadOnlyList<string> Differing(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other)
    {
        var (first, second) = (one ?? new Dictionary<string, string>(), other ?? new Dictionary<string, string>());
        return
        [
            .. first.Keys.Union(second.Keys).Where(name => first.GetValueOrDefault(name) != second.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string CommandOf(WorkSpec spec) => spec.Command ?? spec.Script ?? "";
}
