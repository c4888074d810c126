using Tenfold.Core.Artifacts;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.App.Fetching;

/// <summary>Copies a run's files from the store to this machine, and checks every file.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunFetcher(Services services)
{
    /// <summary>Fetches all files of a run, or some of them. An interrupted transfer is resumed.</summary>
    /// <param name="request">Which files to fetch, and where to.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The fetched files; or a refusal: no such run or file, the run has not ended, files exist and differ, or stored files are damaged.
    /// </returns>
    public async Task<Outcome<FetchedRun>> FetchAsync(
        RunFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken) =>
        (await FindAsync(request.Run, cancellationToken)).Succeeded(out var found, out var refusal)
            ? await FetchAsync(found.Store, found.Run.Attempt, request, services.Outputs, progress, cancellationToken) : refusal;

    /// <summary>Fetches files of an attempt that has ended.</summary>
    /// <param name="store">What has the files. It may be another machine's, whose answers are checked.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="request">Which files, and where to. Without a destination it is a folder with the run's id.</param>
    /// <param name="outputs">Where the new folder is recorded.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>As <see cref="FetchAsync(RunFetch, IProgress{FetchProgress}?, CancellationToken)"/>.</returns>
    public static async Task<Outcome<FetchedRun>> FetchAsync(
        IStoreReader store, string attempt, RunFetch request, OwnOutputs outputs, IProgress<FetchProgress>? progress,
        CancellationToken cancellationToken)
    {
        var destination = request.Destination ?? RunNames.RunOf(attempt);
        var fetch = new FetchRequest
        {
            AttemptId = attempt,
            Destination = destination,
            Path = request.Path,
            Overwrite = request.Overwrite,
        };
        var isNew = request.Path is null && !Path.Exists(destination);
        FetchOutcome outcome;
        try
        {
            outcome = await new ArtifactFetcher(store).FetchAsync(fetch, progress, cancellationToken);
        }
        finally
        {
            // The copy of a run is no part of the next run's code, even when it is not complete.
            if (isNew && Directory.Exists(destination)) outputs.Record(destination);
        }

        if (outcome.Fault is not { } fault) return new FetchedRun(attempt, destination, outcome.Fetched, outcome.Unchanged);
        if (outcome.Refused.Count > 0) return Refusal.AlreadyExists(fault);
        return outcome.Corrupted.Count > 0 ? Refusal.Damaged(fault) : Refusal.NotFound(fault);
    }

    /// <summary>Lists the files of a run that has ended, for somebody who fetches them from here.</summary>
    /// <param name="prefix">A prefix of the run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The files; or a refusal: no such run, it has not ended, or its list is damaged.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Outcome<ListedFiles>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(prefix, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        var (run, store) = (found.Run, found.Store);
        var key = ArtifactManifest.ManifestKey(run.Attempt);
        if (await store.ReadAsync(key, cancellationToken) is not { } json) return new ListedFiles(run.Attempt, store.Url, null);
        return ArtifactManifest.FromJson(json) is { } manifest ? new ListedFiles(run.Attempt, store.Url, manifest)
            : Refusal.Damaged($"{key} in {store.Url} is corrupted: it is not a manifest. Restore it, or run again");
    }

    /// <summary>Opens a file of a run that has ended.</summary>
    /// <param name="prefix">A prefix of the run's id.</param>
    /// <param name="attempt">The number of the attempt that wrote it.</param>
    /// <param name="path">Its path, as the list has it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its content; or a refusal: no such run, attempt or file.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Outcome<Stream>> OpenAsync(string prefix, int attempt, string path, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(prefix, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        var (run, store) = (found.Run, found.Store);
        // Only what was published lies there. The path must not lead elsewhere.
        if ((SafePath.Fault(path) ?? StoreKey.Fault(path)) is { } fault) return Refusal.BadInput($"'{Excerpt.Bare(path)}': {fault}");
        if (attempt < 1 || attempt > run.Attempts) return Refusal.NotFound($"{run.Id} has no attempt {attempt}");
        var key = ArtifactManifest.FilesKey(RunNames.Attempt(run.Id, attempt)) + path;
        return await store.OpenReadAsync(key, cancellationToken) is { } content ? content
            : Refusal.NotFound($"{run.Id} has no file '{Excerpt.Bare(path)}' in {store.Url}");
    }

    private async Task<Outcome<EndedRun>> FindAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveRunAsync(prefix, cancellationToken)).Succeeded(out var run, out var refusal)) return refusal;
        if (FaultOf(run) is { } fault) return fault;
        var group = (await services.Ledger.FindGroupAsync(run.Group, cancellationToken))!;
        return services.StoreOf(group).Succeeded(out var store, out refusal) ? new EndedRun(run, store) : refusal;
    }

    private static Refusal? FaultOf(RunRecord run) => run.State.IsFinal() ? null : Refusal.NotFound(
        $"{run.Id} has not ended yet ({run.State.ToString().ToLowerInvariant()}); its files are uploaded when it ends. " +
        $"`tenfold logs -f {run.Id}` follows it");

    private sealed record EndedRun(RunRecord Run, IStore Store);

    /// <summary>Reads <c>RUN:PATH</c>.</summary>
    /// <returns>The prefix of the run's id, and the path; or BadInput.</returns>
    public static Outcome<(string Run, string Path)> ReadSource(string text)
    {
        if (text.IndexOf(':') is var colon and > 0 && colon < text.Length - 1) return Outcome.Of((text[..colon], text[(colon + 1)..]));
        return Refusal.BadInput(
            $"'{Excerpt.Bare(text)}' names no path in a run; write RUN:PATH, such as k7m2xqab-3:model/model.json " +
            "(`tenfold show RUN` lists the files)");
    }
}

/// <summary>The files of a run.</summary>
/// <param name="Attempt">The attempt that wrote them.</param>
/// <param name="Store">The URL of the store that has them.</param>
/// <param name="Manifest">The list; null when the attempt left none.</param>
public sealed record ListedFiles(string Attempt, string Store, ArtifactManifest? Manifest);

/// <summary>Which files of a run to fetch, and where to.</summary>
/// <param name="Run">A prefix of the run's id.</param>
/// <param name="Path">A file or folder of the run; null for everything.</param>
/// <param name="Destination">A folder, or a new file; null for a folder with the run's id.</param>
/// <param name="Overwrite">True to replace files that exist and differ.</param>
public sealed record RunFetch(string Run, string? Path, string? Destination, bool Overwrite);

/// <summary>What was fetched.</summary>
/// <param name="Attempt">The attempt that wrote the files.</param>
/// <param name="Destination">Where the files are now.</param>
/// <param name="Fetched">The files that were copied.</param>
/// <param name="Kept">The files that existed already with the same content.</param>
public sealed record FetchedRun(string Attempt, string Destination, IReadOnlyList<string> Fetched, IReadOnlyList<string> Kept);
