using System.Diagnostics;
using Tenfold.App.Fitting;
using Tenfold.App.Listing;
using Tenfold.App.Sweeping;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.App.Showing;

/// <summary>Loads everything that is recorded about a study, a group or a run.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RecordLoader(Services services)
{
    /// <summary>Loads the study, group or run with the given prefix of an id.</summary>
    /// <returns>The record; or NotFound when the prefix matches nothing or several things.</returns>
    public async Task<Outcome<LoadedRecord>> LoadAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (await services.Studies.FindStudyAsync(id, cancellationToken) is not null)
            return new LoadedRecord.Study(await StudyResult.LoadAsync(services, id, cancellationToken));
        var group = (await services.Ledger.FindGroupAsync(RunNames.GroupOf(id), cancellationToken))!;
        var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        if (!RunNames.IsOfRun(id))
        {
            var reproduction = await new ReproductionCheck(services).OfAsync(group, runs, cancellationToken);
            return new LoadedRecord.Group(GroupListing.Of(group, runs) with
            {
                Reproduction = reproduction,
                Cost = await GroupCost.ReadAsync(
                    services.Ledger, group, runs.Select(run => run.Run), services.Time.GetUtcNow(), cancellationToken),
            });
        }

        return new LoadedRecord.Run(await LoadRunAsync(group, runs.Single(run => run.Run.Id == id), cancellationToken));
    }

    private async Task<RunDetails> LoadRunAsync(GroupRecord group, RunWithMetrics run, CancellationToken cancellationToken)
    {
        var isReadable = services.StoreOf(group).Succeeded(out var store, out var refusal);
        var attempts = await services.Ledger.ListAttemptsAsync(run.Run.Id, cancellationToken);
        return new RunDetails
        {
            Group = group,
            Run = run,
            Attempts = attempts,
            Jobs = await LocateAsync(group, [.. attempts.Select(attempt => attempt.Id)], cancellationToken),
            Events = EventOrder.Sort(await services.Ledger.ListEventsAsync(run.Run.Id, cancellationToken)),
            MissingFilesReason = refusal?.Message,
            Environment = isReadable ? await ReadEnvironmentAsync(store!, run.Run.Attempt, cancellationToken) : null,
            Files = isReadable ? await ReadFilesAsync(store!, run.Run.Attempt, cancellationToken) : [],
            Checkpoints = await CheckpointsAsync(group, run.Run, cancellationToken),
        };
    }

    // What a backend does not tell now is not shown: the rest of the record is.
    private async Task<IReadOnlyDictionary<string, BackendJob>> LocateAsync(
        GroupRecord group, IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, BackendJob>();
        try
        {
            if ((await services.Targets.FindAsync(group, cancellationToken)).Target?.Target is not ILocatesJobs target) return found;
            foreach (var (attempt, job) in attempts.Zip(await target.LocateAsync(attempts, cancellationToken)))
                if (job is not null) found[attempt] = job;
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            // A warning has said that the target gives no answer.
        }

        return found;
    }

    private static async Task<RunEnvironment?> ReadEnvironmentAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return (await new AttemptReports(store).ReadAsync(attempt, cancellationToken))?.Environment;
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return null; // The run's own state says what is known.
        }
    }

    private static async Task<IReadOnlyList<ArtifactFile>> ReadFilesAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(ArtifactManifest.ManifestKey(attempt), cancellationToken);
        return bytes is null || ArtifactManifest.FromJson(bytes) is not { } manifest ? [] : manifest.Files;
    }

    // Runs on this machine have one folder for all attempts. Runs on a backend have a folder in the store for each attempt.
    private async Task<string> CheckpointsAsync(GroupRecord group, RunRecord run, CancellationToken cancellationToken)
    {
        if (!group.Spec.IsLocal)
        {
            var url = services.Stores.Open(group.Spec.Store).Match(store => store.Url, _ => group.Spec.Store);
            return $"{url}/{AttemptKeys.Checkpoints(run.Attempt)}";
        }

        if ((await services.Targets.FindAsync(group.Spec, cancellationToken)).Target is not null)
            return Path.Combine(services.AgentHome, "checkpoints", run.Id);
        // The place of a local target is machine:home. The first versions recorded no target.
        return group.Spec.Target is { } target ? $"{target.Place}/local/checkpoints/{run.Id}" : $"on {group.Host}";
    }
}

/// <summary>A study, a group or a run, with everything that is recorded about it.</summary>
public abstract record LoadedRecord
{
    private LoadedRecord()
    {
    }

    /// <summary>A study.</summary>
    /// <param name="Result">The study with its trials and its leaders.</param>
    public sealed record Study(StudyResult Result) : LoadedRecord;

    /// <summary>A group.</summary>
    /// <param name="Listing">The group with its runs.</param>
    public sealed record Group(GroupListing Listing) : LoadedRecord;

    /// <summary>A run.</summary>
    /// <param name="Details">The run with its attempts, events and files.</param>
    public sealed record Run(RunDetails Details) : LoadedRecord;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Study, T> study, Func<Group, T> group, Func<Run, T> run) => this switch
    {
        Study it => study(it),
        Group it => group(it),
        Run it => run(it),
        _ => throw new UnreachableException($"no case of {nameof(LoadedRecord)}: {this}"),
    };
}

/// <summary>Everything that is recorded about a run.</summary>
public sealed record RunDetails
{
    /// <summary>The run's group.</summary>
    public required GroupRecord Group { get; init; }

    /// <summary>The run with its metrics.</summary>
    public required RunWithMetrics Run { get; init; }

    /// <summary>The run's attempts, first to last.</summary>
    public required IReadOnlyList<AttemptRecord> Attempts { get; init; }

    /// <summary>The jobs of its attempts at the target's backend, by attempt, as far as they are known.</summary>
    public required IReadOnlyDictionary<string, BackendJob> Jobs { get; init; }

    /// <summary>What happened to the run, its attempts and its group, oldest first.</summary>
    public required IReadOnlyList<EventRecord> Events { get; init; }

    /// <summary>
    /// What the last attempt ran in; null before it started, in runs of earlier versions, and when its files are elsewhere.
    /// </summary>
    public required RunEnvironment? Environment { get; init; }

    /// <summary>The files that the last attempt uploaded; empty before its end, or when the files are on another machine.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>Why this machine can't read the run's files; null when it can.</summary>
    public required string? MissingFilesReason { get; init; }

    /// <summary>Where the run's checkpoints lie: a folder, or a URL.</summary>
    public required string Checkpoints { get; init; }
}
