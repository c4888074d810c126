using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>
/// Something a reader should know before believing the values of a group or a study, or a comparison: a code and its data, without words.
/// </summary>
/// <remarks>Hosts find the words in <c>Tenfold.Reports.Text.NoteText</c>.</remarks>
public abstract partial record Note
{
    private Note(string code) => Code = code;

    /// <summary>The kind of note, stable from release to release: <c>runs-failed</c>.</summary>
    public string Code { get; }

    /// <summary>No group names a metric that decides, and the user gave none.</summary>
    public sealed record NoMetric() : Note("no-metric");

    /// <summary>Runs have not ended, so that their values don't count yet.</summary>
    /// <param name="Unfinished">How many of them.</param>
    /// <param name="Runs">All the group's runs.</param>
    public sealed record RunsUnfinished(int Unfinished, int Runs) : Note("runs-unfinished");

    /// <summary>Runs failed or were cancelled. If bad runs fail more often, the others look too good.</summary>
    /// <param name="Failed">How many failed.</param>
    /// <param name="Cancelled">How many were cancelled.</param>
    /// <param name="Runs">All the group's runs.</param>
    public sealed record RunsFailed(int Failed, int Cancelled, int Runs) : Note("runs-failed");

    /// <summary>Runs succeeded without ever reporting the metric.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Runs">The ids of these runs; at least one.</param>
    /// <param name="Reported">Names of metrics that the first of these runs did report; at most eight.</param>
    public sealed record MetricMissing(string Metric, IReadOnlyList<string> Runs, IReadOnlyList<string> Reported) : Note("metric-missing");

    /// <summary>Runs succeeded with a last value that is NaN or infinite.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Value">The value: NaN, or an infinity.</param>
    /// <param name="Runs">The ids of the runs that ended with this value; at least one.</param>
    public sealed record MetricNotFinite(string Metric, double Value, IReadOnlyList<string> Runs) : Note("metric-not-finite");

    /// <summary>Runs printed lines of metrics that could not be read, so that their last value may be an older one.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Runs">The ids of these runs, which have a value; at least one.</param>
    public sealed record MetricLinesUnread(string Metric, IReadOnlyList<string> Runs) : Note("metric-lines-unread");

    /// <summary>The last values of runs belong to different steps, so they may not be comparable.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="FirstStep">The smallest of the last steps.</param>
    /// <param name="LastStep">The largest of the last steps.</param>
    /// <param name="Runs">The ids of the runs whose last step is smaller than <paramref name="LastStep"/>; at least one.</param>
    public sealed record StepsDiffer(string Metric, long FirstStep, long LastStep, IReadOnlyList<string> Runs) : Note("steps-differ");

    /// <summary>Values were read from the runs' logs after the runs had ended.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Pattern">The regular expression by which they were read.</param>
    /// <param name="Runs">The ids of these runs; at least one.</param>
    public sealed record MetricReread(string Metric, string Pattern, IReadOnlyList<string> Runs) : Note("metric-reread");

    /// <summary>The group has fewer than <see cref="Summary.Few"/> values.</summary>
    /// <param name="Values">How many it has; at least one.</param>
    public sealed record FewValues(int Values) : Note("few-values");

    /// <summary>
    /// The values look skewed (<see cref="Summary.IsSkewed"/>), and there are fewer than <see cref="Summary.FewSkewed"/>: if they are,
    /// their interval covers the mean less often than it says.
    /// </summary>
    /// <param name="Values">How many there are.</param>
    public sealed record SkewedValues(int Values) : Note("skewed-values");

    /// <summary>All values of the group are equal, and it has several.</summary>
    /// <param name="Values">How many it has.</param>
    public sealed record EqualValues(int Values) : Note("equal-values");

    /// <summary>Files differed from the commit when the group or the study was made.</summary>
    /// <param name="Commit">The commit; null when there was none yet.</param>
    public sealed record UncommittedChanges(string? Commit) : Note("uncommitted-changes");

    /// <summary>Two groups belong to different projects.</summary>
    /// <param name="Baseline">The baseline's project.</param>
    /// <param name="Candidate">The candidate's project.</param>
    public sealed record ProjectDiffers(string Baseline, string Candidate) : Note("project-differs");

    /// <summary>Two groups ran different files.</summary>
    /// <param name="Baseline">The id of the baseline's snapshot.</param>
    /// <param name="Candidate">The id of the candidate's snapshot.</param>
    public sealed record CodeDiffers(string Baseline, string Candidate) : Note("code-differs")
    {
        /// <summary>The files that differ; null when the snapshots' lists of files were not loaded.</summary>
        public IReadOnlyList<FileDifference>? Files { get; init; }
    }

    /// <summary>Two groups ran different commands or scripts.</summary>
    /// <param name="Baseline">The baseline's command, with its placeholders, or its script.</param>
    /// <param name="Candidate">The candidate's command or script.</param>
    public sealed record CommandDiffers(string Baseline, string Candidate) : Note("command-differs");

    /// <summary>A data channel holds different data in two groups, or only one of them has it.</summary>
    /// <param name="Channel">The channel.</param>
    public sealed record DataDiffers(string Channel) : Note("data-differs");

    /// <summary>The project gave two groups different environment variables.</summary>
    /// <param name="Names">The variables whose values differ, or that only one group has; at least one.</param>
    public sealed record VariablesDiffer(IReadOnlyList<string> Names) : Note("variables-differ")
    {
        /// <inheritdoc/>
        public bool Equals(VariablesDiffer? other) => other is not null && Names.SequenceEqual(other.Names);

        /// <inheritdoc/>
        public override int GetHashCode() => Names.Aggregate(0, HashCode.Combine);
    }

    /// <summary>Two groups ran in different environments.</summary>
    /// <param name="Baseline">The baseline's environment.</param>
    /// <param name="Candidate">The candidate's environment.</param>
    public sealed record EnvironmentDiffers(EnvironmentSpec Baseline, EnvironmentSpec Candidate) : Note("environment-differs");

    /// <summary>Two groups name different metrics, or different goals of one metric.</summary>
    /// <param name="Baseline">The baseline's own metric; null when it names none.</param>
    /// <param name="Candidate">The candidate's own metric; null when it names none.</param>
    public sealed record MetricDiffers(MetricSpec? Baseline, MetricSpec? Candidate) : Note("metric-differs");

    /// <summary>What the statistics of a comparison note themselves.</summary>
    /// <param name="Detail">The note; its code is this note's code.</param>
    public sealed record OfComparison(ComparisonNote Detail) : Note(Detail.Code);
}

/// <summary>A note with the group that it is about.</summary>
/// <param name="Group">The group's id; null when the note is about a comparison, or about all groups.</param>
/// <param name="Note">The note.</param>
public sealed record GroupNote(string? Group, Note Note);
