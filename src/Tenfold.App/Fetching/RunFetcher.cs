using Tenfold.Core.Artifacts;
using Tenfold.Core.Input;
using Tenfold.Core.Runs;

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
        RunFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveRunAsync(request.Run, cancellationToken)).Succeeded(out var run, out var refusal)) return refusal;
        if (!run.State.IsFinal())
        {
            return Refusal.NotFound(
                $"{run.Id} has not ended yet ({run.State.ToString().ToLowerInvariant()}); its files are uploaded when it ends. " +
                $"`tenfold logs -f {run.Id}` follows it");
        }

        var group = (await services.Ledger.FindGroupAsync(run.Group, cancellationToken))!;
        if (!services.StoreOf(group).Succeeded(out var store, out refusal)) return refusal;
        var destination = request.Destination ?? run.Id;
        var fetch = new FetchRequest
        {
            AttemptId = run.Attempt,
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
            if (isNew && Directory.Exists(destination)) services.Outputs.Record(destination);
        }

        if (outcome.Fault is not { } fault) return new FetchedRun(run.Attempt, destination, outcome.Fetched, outcome.Unchanged);
        if (outcome.Refused.Count > 0) return Refusal.AlreadyExists(fault);
        return outcome.Corrupted.Count > 0 ? Refusal.Damaged(fault) : Refusal.NotFound(fault);
    }

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
