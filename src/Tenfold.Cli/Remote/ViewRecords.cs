using System.Text.Json;
using Tenfold.App.Listing;
using Tenfold.App.Showing;
using Tenfold.App.Views;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Cli.Remote;

/// <summary>Turns what a server tells into records, so that a command prints them as it prints those of this machine.</summary>
internal static class ViewRecords
{
    // Texts show the beginnings of hashes.
    private const int ShortestHash = 16;

    // No time span of a run or its machines is longer than a century.
    private const double MostSeconds = 3.2e9;

    /// <summary>Prints an answer, which may be anything.</summary>
    /// <param name="print">Turns it into records and prints them.</param>
    /// <exception cref="CommandException">The answer says what no server of this version says.</exception>
    public static T Print<T>(Func<T> print)
    {
        try
        {
            return print();
        }
        catch (Exception e) when (IsOfAnswer(e))
        {
            throw Unprintable();
        }
    }

    /// <inheritdoc cref="Print{T}(Func{T})"/>
    public static async Task<T> PrintAsync<T>(Func<Task<T>> print)
    {
        try
        {
            return await print();
        }
        catch (Exception e) when (IsOfAnswer(e))
        {
            throw Unprintable();
        }
    }

    private static bool IsOfAnswer(Exception e) =>
        e is ArgumentException or FormatException or OverflowException or InvalidOperationException or KeyNotFoundException
            or IndexOutOfRangeException or JsonException;

    /// <summary>Refuses what no server of this version says.</summary>
    public static CommandException Unprintable() => new(
        ExitCodes.Unavailable,
        "the server told something that this version of tenfold can't print: use the server's version, or add --json");

    /// <inheritdoc cref="Print{T}(Func{T})"/>
    public static void Print(Action print) => Print(() =>
    {
        print();
        return true;
    });

    /// <summary>A group with its runs.</summary>
    public static GroupListing Of(GroupResultView view) => GroupListing.Of(Of(view.Group), [.. view.Runs.Select(Of)]) with
    {
        Cost = view.Cost is { MachineHours: { } hours } cost ? new GroupCost(cost.UsdPerHour, Span(hours * 3600)) : null,
    };

    /// <summary>A run with everything that is recorded about it.</summary>
    public static RunDetails Of(RunResultView view) => new()
    {
        Group = Of(view.Group),
        Run = Of(view.Run),
        Attempts = [.. view.Attempts.Select(attempt => Of(attempt, view.Run.Id))],
        Jobs = view.Attempts.Where(attempt => attempt.Job is not null)
            .ToDictionary(attempt => attempt.Id, attempt => new BackendJob(attempt.Job!.Name, attempt.Job.Command)),
        Events = [.. view.Events.Select(e => new EventRecord(e.At, e.Subject, e.Kind, e.Detail))],
        Environment = view.Environment is { Packages.Length: < ShortestHash } ? throw new FormatException() : view.Environment,
        Files = [.. view.Files.Select(file => new ArtifactFile { Path = file.Path, SizeBytes = file.SizeBytes, Sha256 = file.Sha256 })],
        MissingFilesReason = view.MissingFilesReason,
        Checkpoints = view.Checkpoints ?? "",
    };

    /// <summary>The value of a word.</summary>
    /// <exception cref="FormatException">The word is none of these.</exception>
    public static T Word<T>(string? word)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(word, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(word!, ignoreCase: true)
            : throw new FormatException();

    private static GroupRecord Of(GroupView view) => new()
    {
        Id = view.Id,
        Root = view.Root,
        Target = view.Target,
        CreatedAt = view.CreatedAt,
        Host = view.Host,
        Version = view.Version,
        BaseSeed = view.BaseSeed,
        Repeat = view.Repeat,
        Like = view.Like,
        GitCommit = view.GitCommit,
        GitBranch = view.GitBranch,
        GitDirty = view.GitDirty,
        Spec = new WorkSpec
        {
            Project = view.Project,
            Snapshot = Hash(view.Snapshot)!,
            Command = view.Command,
            Script = view.Script,
            Environment = view.Environment with { Hash = Hash(view.Environment.Hash) },
            Parameters = view.Parameters,
            Data = view.Data.ToDictionary(one => one.Key, one => one.Value with { Hash = Hash(one.Value.Hash)! }),
            Metric = view.Metric is { } metric ? new MetricSpec(metric, Word<MetricGoal>(view.Goal)) : null,
            TestFraction = view.TestFraction,
            Variation = view.Vary is { } sources ? Of(sources) : null,
            EarlyStopping = view.EarlyStopping is { } early
                ? new EarlyStoppingSpec(early.Metric, Word<MetricGoal>(early.Goal), early.Patience, early.MinDelta) : null,
            Resources = view.Resources is { } needs ? Of(needs) : new ResourceSpec(),
            Variables = view.Variables,
            Store = view.Store,
            Target = view.TargetKind is { } kind ? new TargetSpec(kind, view.TargetPlace ?? "", default) : null,
            UsdPerHour = view.UsdPerHour,
            MaxUsd = view.MaxUsd,
            Missing = view.Missing,
        },
    };

    private static Variation Of(IReadOnlyList<VariedSourceView> sources) => sources.Count < 2 ? throw new FormatException()
        : new Variation([.. sources.Select(source => new VariedSource(source.Name, source.Parameter))]);

    private static ResourceSpec Of(ResourcesView needs) => new()
    {
        Cpus = needs.Cpus,
        MemoryBytes = needs.MemoryBytes,
        Gpus = needs.Gpus,
        Spot = needs.Spot,
        MaxRuntime = needs.MaxRuntimeSeconds is { } seconds ? Span(seconds) : null,
        Retries = needs.Retries,
        LostRetries = needs.LostRetries,
    };

    /// <summary>A run with its metrics.</summary>
    public static RunWithMetrics Of(RunView view)
    {
        var (reason, warnings) = Split(view.Reason, view.Warnings);
        var run = new RunRecord
        {
            Id = view.Id,
            Group = view.Group,
            Repeat = view.Repeat,
            Seed = view.Seed,
            State = Word<RunState>(view.State),
            Reason = reason,
            Warnings = warnings,
            CreatedAt = view.CreatedAt,
            StartedAt = view.StartedAt,
            EndedAt = view.EndedAt,
            Attempts = view.Attempts,
        };
        return new RunWithMetrics(run, [.. (view.Metrics ?? []).Select(Of)]);
    }

    private static MetricSummary Of(MetricView view) => new()
    {
        Name = view.Name,
        Count = view.Count,
        NonFinite = view.NonFinite,
        First = view.First,
        Last = view.Last,
        LastStep = view.LastStep,
        Min = view.Min,
        Max = view.Max,
        Pattern = view.Pattern,
        Resumes = view.Resumes,
    };

    private static AttemptRecord Of(AttemptView view, string run)
    {
        var (reason, warnings) = Split(view.Reason, view.Warnings);
        return new AttemptRecord
        {
            Id = view.Id,
            Run = run,
            Number = view.Number,
            State = Word<AttemptState>(view.State),
            Reason = reason,
            Warnings = warnings,
            CreatedAt = view.StartedAt ?? default,
            StartedAt = view.StartedAt,
            EndedAt = view.EndedAt,
            ExitCode = view.ExitCode,
            Signal = view.Signal,
            Host = view.Host,
            PeakMemoryBytes = view.PeakMemoryBytes,
            CpuTime = view.CpuSeconds is { } seconds ? Span(seconds) : null,
        };
    }

    // A view's reason has the warnings as its last lines.
    private static (Reason? Reason, IReadOnlyList<Warning> Warnings) Split(string? text, IReadOnlyList<WarningView> views)
    {
        List<Warning> warnings = [.. views.Select(view => new Warning.Note(view.Text))];
        var end = ReasonText.Of(null, warnings);
        if (text is null || text == end) return (null, warnings);
        return end is not null && text.EndsWith($"\n{end}", StringComparison.Ordinal)
            ? (new Reason.Note(text[..^(end.Length + 1)]), warnings) : (new Reason.Note(text), []);
    }

    private static string? Hash(string? hash) => hash is { Length: < ShortestHash } ? throw new FormatException() : hash;

    /// <summary>A time span of as many seconds.</summary>
    /// <exception cref="FormatException">No time span of a run is as long.</exception>
    public static TimeSpan Span(double seconds) =>
        seconds is >= 0 and < MostSeconds ? TimeSpan.FromSeconds(seconds) : throw new FormatException();
}
