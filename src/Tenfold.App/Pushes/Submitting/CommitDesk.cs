using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes.Planning;
using Tenfold.Core.Control;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>
/// Finds the commit and the project of a request, and records work for it once. Only what a branch of one of the server's repositories has
/// is run.
/// </summary>
/// <param name="services">The services of the server's home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class CommitDesk(Services services, RepositoryAccess repositories, ILogger logger)
{
    // A round of pushes plans in the same work trees.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Records the work of a request, or finds what the same request has recorded before.</summary>
    /// <param name="request">The commit.</param>
    /// <param name="findKnown">Finds what the request has recorded in a copy of the repository; null for nothing.</param>
    /// <param name="record">Records the work of a commit. The planner has its repository.</param>
    /// <param name="cancellationToken">Stops it. Nothing is recorded then, or everything.</param>
    /// <returns>
    /// The work; or a refusal: there is no such repository, branch, commit or project, the work is refused, or the repository can't be
    /// fetched now.
    /// </returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task<Outcome<T>> SubmitAsync<T>(
        CommitRequest request, Func<GitMirror, CancellationToken, Task<Outcome<T>?>> findKnown,
        Func<CommitPlanner, FoundCommit, CancellationToken, Task<Outcome<T>>> record, CancellationToken cancellationToken)
        where T : notnull
    {
        if (repositories.FindName(request.Repository) is not { } name || repositories.OpenMirror(name) is not { } mirror)
            return Refusal.NotFound($"the server has no repository {request.Repository}: {ServerFile.FileName} names those that it trains");
        if (await findKnown(mirror, cancellationToken) is { } known) return known;
        var lease = new SubmissionLease(services.Ledger, PushRounds.LeaseName, LeaseHolder.New(), services.Time, logger);
        if (await AcquireAsync(lease, cancellationToken) is not { } held)
            return Refusal.Unavailable("the server is busy with planning what was pushed: try again in a minute");
        try
        {
            return await lease.RunWithRenewalAsync(
                held,
                async token =>
                {
                    // Again, since the lease's last holder may have recorded it.
                    if (await findKnown(mirror, token) is { } recorded) return recorded;
                    return (await FindAsync(request with { Repository = name }, mirror, token)).Succeeded(out var commit, out var refusal)
                        ? await record(new CommitPlanner(services, mirror), commit, token) : refusal;
                },
                cancellationToken)
                ?? Refusal.Unavailable("another server has taken over the planning of what is pushed: try again");
        }
        catch (GitException e)
        {
            return Refusal.Unavailable(e.Message);
        }
        finally
        {
            await services.Ledger.ReleaseAsync(held, CancellationToken.None);
        }
    }

    /// <summary>The id that follows from a request's key; null when the request has none.</summary>
    public static string? IdOf(CommitRequest request, string work) =>
        request.Key is { } key ? DerivedIds.Of($"{work} {request.User} {key}") : null;

    /// <summary>
    /// True when recorded work is of the commit that a request names. What the request leaves out may have another value by now, so that
    /// only what it names is compared.
    /// </summary>
    public static bool IsOf(CommitRequest request, GitMirror mirror, string root, string? branch, string? commit, string target)
    {
        var inTree = Path.GetRelativePath(mirror.WorkTree, root);
        return !inTree.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(inTree)
            && (request.Folder is null || (request.Folder is "." or "" ? "." : request.Folder.Trim('/')) == inTree)
            && (request.Branch is null || branch == request.Branch)
            && (request.Commit is null || commit?.StartsWith(request.Commit, StringComparison.OrdinalIgnoreCase) == true)
            && (request.Target is null || target == request.Target);
    }

    /// <summary>Says that the key of a request belongs to another one.</summary>
    public static Refusal OtherRequest(string id) =>
        Refusal.AlreadyExists($"this key of a request stands for another request, which made {id}: use a new one");

    private async Task<Lease?> AcquireAsync(SubmissionLease lease, CancellationToken cancellationToken)
    {
        var since = services.Time.GetTimestamp();
        while (true)
        {
            if (await lease.TryAcquireAsync(cancellationToken) is { } held) return held;
            if (services.Time.GetElapsedTime(since) > Patience) return null;
            await Task.Delay(Pause, services.Time, cancellationToken);
        }
    }

    private static async Task<Outcome<FoundCommit>> FindAsync(
        CommitRequest request, GitMirror mirror, CancellationToken cancellationToken)
    {
        if ((request.Branch ?? await mirror.FindDefaultBranchAsync(cancellationToken)) is not { } branch)
            return Refusal.NotFound($"{request.Repository} has no branch yet");
        var place = new PushRef(branch);
        if (await mirror.FetchAsync(place, cancellationToken) is not { } newest)
            return Refusal.NotFound($"{request.Repository} has no branch {branch}");
        if (await FindCommitAsync(request.Commit ?? newest, place, mirror, cancellationToken) is not { } commit)
        {
            return Refusal.NotFound(
                $"the branch {branch} of {request.Repository} has no commit {request.Commit}: push it first, or name its branch");
        }

        return await FindFolderAsync(request, place, commit, mirror, cancellationToken);
    }

    // That a commit is in the copy proves nothing: it may be that of a fork.
    private static async Task<string?> FindCommitAsync(
        string wanted, PushRef place, GitMirror mirror, CancellationToken cancellationToken) =>
        await mirror.ResolveAsync(wanted, cancellationToken) is { } commit
            && await mirror.ContainsAsync(place, commit, cancellationToken) ? commit : null;

    private static async Task<Outcome<FoundCommit>> FindFolderAsync(
        CommitRequest request, PushRef place, string commit, GitMirror mirror, CancellationToken cancellationToken)
    {
        var files = await mirror.ListFilesAsync(commit, cancellationToken);
        var folders = files.Where(path => Path.GetFileName(path) == ProjectFinder.FileName)
            .Select(path => Path.GetDirectoryName(path) ?? "").Order(StringComparer.Ordinal).ToList();
        var names = string.Join(", ", folders.Select(one => one.Length == 0 ? "." : one));
        if (folders.Count == 0) return Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName}");
        if (request.Folder is null && folders.Count > 1 && folders[0].Length > 0)
            return Refusal.BadInput($"{commit[..10]} has several projects, so name the folder of one: {names}");
        var wanted = request.Folder is null ? folders[0] : request.Folder == "." ? "" : request.Folder.Trim('/');
        return folders.Contains(wanted) ? new FoundCommit(place, wanted, commit)
            : Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName} in '{wanted}'; it has one in: {names}");
    }
}
