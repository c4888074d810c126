using System.Text.Json.Serialization;
using Tenfold.App.Diagnosis;
using Tenfold.App.Fetching;
using Tenfold.App.Ledgers;
using Tenfold.App.Listing;
using Tenfold.App.Logs;
using Tenfold.App.Showing;
using Tenfold.App.Targets;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>A run, in <c>runs</c>, <c>show</c> and <c>fit</c>.</summary>
public sealed record RunView(
    string Id, string Group, int Repeat, long Seed, string State, string? Reason, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt, double? DurationSeconds, int Attempts, string? Project, string? Target, string? Metric, double? Value,
    IReadOnlyList<MetricView>? Metrics, string? ReasonCode, IReadOnlyList<WarningView> Warnings,
    string? ReasonFact)
{
    /// <summary>The view of a record.</summary>
    public static RunView Of(RunListing row) =>
        Of(row.Run, row.Project, row.Target, row.Metric, row.Value, null);

    /// <summary>The view of a record.</summary>
    public static RunView Of(RunWithMetrics run, GroupRecord group) =>
        Of(run, group.Spec.Project, group.Target, group.Spec.Metric?.Name) with
        {
            Drawn = group.Spec.Variation?.WordOf(run.Run.Repeat),
        };

    /// <summary>The view of a run of a study.</summary>
    public static RunView Of(RunWithMetrics run, StudyRecord study) =>
        Of(run, study.Spec.Project, study.Target, study.Spec.Metric.Name);

    /// <summary>What was drawn anew for the run: a source's name, or <c>all</c>; only in a group that varies several sources.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Drawn { get; init; }

    private static RunView Of(RunWithMetrics run, string project, string target, string? metric) => Of(
        run.Run, project, target, metric, run.Metrics.FirstOrDefault(one => one.Name == metric)?.Last,
        [.. run.Metrics.Select(MetricView.Of)]);

    private static RunView Of(
        RunRecord run, string project, string target, string? metric, double? value, IReadOnlyList<MetricView>? metrics)
    {
        var seconds = (run.EndedAt - run.StartedAt) is { } took ? Math.Max(0, took.TotalSeconds) : (double?)null;
        return new RunView(
            run.Id, run.Group, run.Repeat, run.Seed, run.State.ToString().ToLowerInvariant(), ReasonText.Of(run.Reason, run.Warnings),
            run.CreatedAt, run.StartedAt, run.EndedAt, seconds, run.Attempts, project, target, metric, value, metrics, run.Reason?.Code,
            [.. run.Warnings.Select(WarningView.Of)], run.Reason?.FindBackendFact());
    }
}

/// <summary>A warning of an attempt.</summary>
public sealed record WarningView(string Code, string Text)
{
    /// <summary>The view of a warning.</summary>
    public static WarningView Of(Warning warning) => new(warning.Code, warning.ToString());
}

/// <summary>A metric of a run, joined from its attempts. Resumes are the steps at which a later attempt continued.</summary>
public sealed record MetricView(
    string Name, long Count, long NonFinite, double First, double Last, long LastStep, double Min, double Max, string? Pattern,
    IReadOnlyList<long> Resumes)
{
    /// <summary>The view of a record.</summary>
    public static MetricView Of(MetricSummary metric) => new(
        metric.Name, metric.Count, metric.NonFinite, metric.First, metric.Last, metric.LastStep, metric.Min, metric.Max, metric.Pattern,
        metric.Resumes);
}

/// <summary>The statistics of a group's metric.</summary>
public sealed record StatisticsView(
    string Metric, string Goal, int N, double? Mean, double? StandardDeviation, double? Confidence, double? Low, double? High,
    double? Median, double? Min, double? Max, IReadOnlyList<SeedView> Values, IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes)
{
    /// <summary>True when the interval allows for skewed values.</summary>
    public bool Skewed { get; init; }

    /// <summary>The view of a record.</summary>
    public static StatisticsView Of(GroupStatistics group)
    {
        var summary = group.Summary;
        return new StatisticsView(
            group.Metric.Name, group.Metric.Goal.ToString().ToLowerInvariant(), summary?.N ?? 0, summary?.Mean, summary?.StandardDeviation,
            summary?.Confidence, summary?.Interval?.Low, summary?.Interval?.High, summary?.Median, summary?.Min, summary?.Max,
            [.. group.Values.Select(value => new SeedView(value.Seed, value.Value))],
            [.. group.Notes.Select(NoteText.Sentence)], [.. group.Notes.Select(note => note.Code)])
        {
            Skewed = summary?.IsSkewed ?? false,
        };
    }
}

/// <summary>The value of one seed.</summary>
public sealed record SeedView(long Seed, double? Value);

/// <summary>A group with its runs.</summary>
public sealed record GroupResultView(GroupView Group, IReadOnlyList<RunView> Runs, StatisticsView? Statistics)
{
    /// <summary>The view of a group with its runs.</summary>
    public static GroupResultView Of(GroupListing listing) => new(
        GroupView.Of(listing.Group), [.. listing.Runs.Select(run => RunView.Of(run, listing.Group))],
        listing.Statistics is { } statistics ? StatisticsView.Of(statistics) : null)
    {
        Reproduction = ReproductionView.Of(listing.Reproduction),
        Variance = VarianceView.Of(listing.Variance),
        Cost = listing.Group.Spec.UsdPerHour is { } usd
            ? new GroupCostView(usd, listing.Group.Spec.MaxUsd, listing.Cost?.Usd, listing.Cost?.MachineTime.TotalHours) : null,
    };

    /// <summary>What would be submitted; only with <c>--dry-run</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Submission { get; init; }

    /// <summary>What its machines cost; only of a group whose price is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GroupCostView? Cost { get; init; }

    /// <summary>Where the variance comes from; only of a group that varies several sources.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VarianceView? Variance { get; init; }

    /// <summary>Whether the group gave what its original gave; only of a group that was made with <c>--like</c> and has ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReproductionView? Reproduction { get; init; }
}

/// <summary>Whether a group gave what its original gave.</summary>
public sealed record ReproductionView(
    string Original, bool Reproduced, int ValuesCompared, int FilesCompared, int RunsNotCompared, IReadOnlyList<ValueDifferenceView> Values,
    IReadOnlyList<string> Files, IReadOnlyList<EnvironmentChange> Environment, string Text)
{
    /// <summary>The view of a comparison; null for none.</summary>
    public static ReproductionView? Of(Reproduction? reproduction) => reproduction is null ? null : new(
        reproduction.Original, reproduction.IsReproduced, reproduction.Values, reproduction.Files, reproduction.Incomparable,
        [.. reproduction.Runs.SelectMany(run => run.DifferingValues.Select(difference =>
            new ValueDifferenceView(run.Run, difference.Metric, difference.Original, difference.Value)))],
        [.. reproduction.Runs.SelectMany(run => run.DifferingFiles.Select(path => $"{run.Run}:{path}"))],
        reproduction.Changes, string.Join('\n', ReproductionText.Lines(reproduction)));
}

/// <summary>A metric whose last value differs from the original's.</summary>
public sealed record ValueDifferenceView(string Run, string Metric, double? Original, double? Value);

/// <summary>A run with everything that is recorded about it.</summary>
public sealed record RunResultView(
    GroupView Group, RunView Run, IReadOnlyList<AttemptView> Attempts, IReadOnlyList<EventView> Events, IReadOnlyList<FileView> Files,
    RunEnvironment? Environment)
{
    /// <summary>The view of a record.</summary>
    public static RunResultView Of(RunDetails run) => new(
        // With the parameters that the run got.
        GroupView.Of(run.Group with { Spec = run.Group.SpecOf(run.Run.Run.Repeat) with { Variation = run.Group.Spec.Variation } }),
        RunView.Of(run.Run, run.Group),
        [.. run.Attempts.Select(attempt => AttemptView.Of(attempt, run.Jobs.GetValueOrDefault(attempt.Id)))],
        [.. run.Events.Select(e => new EventView(e.At, e.Subject, e.Kind, e.Detail, e.Reason?.Code, e.Reason?.FindBackendFact()))],
        [.. run.Files.Select(file => new FileView(file.Path, file.SizeBytes, file.Sha256))], run.Environment)
    {
        Checkpoints = run.Checkpoints,
        MissingFilesReason = run.MissingFilesReason,
    };

    /// <summary>Where the run's checkpoints lie: a folder, or a URL; null from a server of an earlier version.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Why the run's files can't be read there; null when they can.</summary>
    public string? MissingFilesReason { get; init; }
}

/// <summary>An attempt of a run.</summary>
public sealed record AttemptView(
    string Id, int Number, string State, string? Reason, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int? ExitCode, int? Signal,
    string? Host, long? PeakMemoryBytes, double? CpuSeconds, string? ReasonCode, IReadOnlyList<WarningView> Warnings,
    string? ReasonFact, JobView? Job)
{
    /// <summary>The view of a record.</summary>
    public static AttemptView Of(AttemptRecord attempt, BackendJob? job) => new(
        attempt.Id, attempt.Number, attempt.State.ToString().ToLowerInvariant(), ReasonText.Of(attempt.Reason, attempt.Warnings),
        attempt.StartedAt, attempt.EndedAt, attempt.ExitCode, attempt.Signal, attempt.Host, attempt.PeakMemoryBytes,
        attempt.CpuTime?.TotalSeconds, attempt.Reason?.Code, [.. attempt.Warnings.Select(WarningView.Of)],
        attempt.Reason?.FindBackendFact(), job is null ? null : new JobView(job.Name, job.Command));
}

/// <summary>The job of an attempt at its backend, and a command that shows it.</summary>
public sealed record JobView(string Name, string Command);

/// <summary>Something that happened to a group, a run or an attempt.</summary>
public sealed record EventView(DateTimeOffset At, string Subject, string Kind, string? Detail, string? ReasonCode, string? ReasonFact);

/// <summary>A file that a run wrote.</summary>
public sealed record FileView(string Path, long SizeBytes, string Sha256);

/// <summary>A line of a log; <c>Source</c> is <c>out</c>, <c>err</c> or <c>tenfold</c>.</summary>
public sealed record LogView(DateTimeOffset At, string Source, string Text, bool Continues)
{
    /// <summary>The view of a line.</summary>
    public static LogView Of(LogText line) =>
        new(line.At, line.Source switch { 'o' => "out", 'e' => "err", _ => "tenfold" }, line.Text, !line.Ends);
}

/// <summary>A place where runs can execute.</summary>
public sealed record TargetView(
    string Name, string Kind, string State, double? Cores, bool LiveLogs, bool Stop, bool Resume, bool Gpus, string? Note)
{
    /// <summary>True when runs can be submitted to it now; <c>Note</c> says why not.</summary>
    public bool Usable { get; init; }

    /// <summary>The view of a target.</summary>
    public static TargetView Of(TargetListing target) => new(
        target.Name, target.Kind, target.State.ToString(), target.Capabilities?.Cores, target.Capabilities?.ReportsLive == true,
        target.Capabilities?.CanStop == true, target.Capabilities?.CanResume == true, target.Capabilities?.HasGpus == true, target.Note)
    {
        Usable = target.Capabilities is not null,
    };
}

/// <summary>A check of <c>doctor</c>; <c>State</c> is <c>ok</c>, <c>missing</c> or <c>wrong</c>.</summary>
public sealed record CheckView(string What, string State, string? Detail, string? Mend)
{
    /// <summary>The view of a check.</summary>
    public static CheckView Of(Check check) => new(check.What, check.State.ToString().ToLowerInvariant(), check.Detail, check.Fix);
}

/// <summary>The files of a run that has ended.</summary>
/// <param name="Attempt">The attempt that wrote them.</param>
/// <param name="Store">The store that has them.</param>
/// <param name="Schema">The version of the list; null when there is none.</param>
/// <param name="Files">The files; null when the attempt left no list.</param>
public sealed record FilesView(string Attempt, string Store, int? Schema, IReadOnlyList<StoredFileView>? Files)
{
    /// <summary>The view of a list.</summary>
    public static FilesView Of(ListedFiles listed) => new(
        listed.Attempt, listed.Store, listed.Manifest?.Schema,
        listed.Manifest is { } manifest ? [.. manifest.Files.Select(StoredFileView.Of)] : null);
}

/// <summary>A file of a run.</summary>
public sealed record StoredFileView(string Path, long SizeBytes, string Sha256, bool Executable)
{
    /// <summary>The view of a file.</summary>
    public static StoredFileView Of(ArtifactFile file) => new(file.Path, file.SizeBytes, file.Sha256, file.Executable);
}

/// <summary>The files that were fetched from a run.</summary>
public sealed record FetchView(string Attempt, IReadOnlyList<string> Fetched, IReadOnlyList<string> Kept)
{
    /// <summary>The view of fetched files.</summary>
    public static FetchView Of(FetchedRun fetched) => new(fetched.Attempt, fetched.Fetched, fetched.Kept);
}

/// <summary>Something that was left behind.</summary>
public sealed record GarbageView(string Kind, string Where, string Name, long? SizeBytes, string Why, bool Removed, string? Fault)
{
    /// <summary>The view of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="isRemoved">True when it was removed.</param>
    /// <param name="fault">Why it could not be removed; null when it was, or when nothing was to be removed.</param>
    public static GarbageView Of(GarbageItem item, bool isRemoved, string? fault) =>
        new(item.Kind.ToString().ToLowerInvariant(), item.Where, item.Name, item.SizeBytes, item.Why, isRemoved, fault);
}

/// <summary>A ledger; the counts are null when the ledger has another version.</summary>
public sealed record LedgerView(
    string Kind, string Place, int Version, int NewestVersion, string? Id, long? Studies, long? Groups, long? Runs, long? Live,
    long? Attempts, long? Events)
{
    /// <summary>The view of a ledger.</summary>
    public static LedgerView Of(LedgerStatus ledger) => new(
        ledger.Kind, ledger.Place, ledger.Version, ledger.NewestVersion, ledger.Id, ledger.Counts?.Studies, ledger.Counts?.Groups,
        ledger.Counts?.Runs, ledger.Counts?.Live, ledger.Counts?.Attempts, ledger.Counts?.Events);
}

/// <summary>The result of importing a ledger.</summary>
public sealed record ImportView(
    string From, string Into, int Studies, int Groups, int Runs, int Live, int Attempts, int Present, int VersionsLeft)
{
    /// <summary>The view of an import.</summary>
    public static ImportView Of(ImportResult import) => new(
        import.From, import.Into, import.Report.Studies, import.Report.Groups, import.Report.Runs, import.Report.Live,
        import.Report.Attempts, import.Report.Present, import.Report.VersionsLeft);
}

/// <summary>The addresses to which credentials may be sent.</summary>
public sealed record AddressesView(IReadOnlyList<string> Addresses);

/// <summary>The runs that a command changed.</summary>
public sealed record ChangedView(IReadOnlyList<string> Runs);
