using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Results;

/// <summary>Finds what differs between two groups beside seeds and parameters, and so may explain a difference of their values.</summary>
public static class GroupDifferences
{
    /// <summary>The differences between two groups; empty when only seeds and parameters differ.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="candidate">The group that is compared with it.</param>
    public static IReadOnlyList<Note> Between(GroupRecord baseline, GroupRecord candidate)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        var (one, other) = (baseline.Spec, candidate.Spec);
        var notes = new List<Note>();
        if (one.Project != other.Project) notes.Add(new Note.ProjectDiffers(one.Project, other.Project));
        if (one.Snapshot != other.Snapshot) notes.Add(new Note.CodeDiffers(one.Snapshot, other.Snapshot));
        if (CommandOf(one) != CommandOf(other)) notes.Add(new Note.CommandDiffers(CommandOf(one), CommandOf(other)));
        notes.AddRange(one.Data.Keys.Union(other.Data.Keys)
            .Where(channel => one.Data.GetValueOrDefault(channel)?.Hash != other.Data.GetValueOrDefault(channel)?.Hash)
            .Select(channel => new Note.DataDiffers(channel)));
        if (one.Environment != other.Environment) notes.Add(new Note.EnvironmentDiffers(one.Environment, other.Environment));
        if (one.Metric != other.Metric) notes.Add(new Note.MetricDiffers(one.Metric, other.Metric));
        return notes;
    }

    private static string CommandOf(WorkSpec spec) => spec.Command ?? spec.Script ?? "";
}
