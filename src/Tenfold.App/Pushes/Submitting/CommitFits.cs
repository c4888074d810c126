using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes.Planning;
using Tenfold.Core.Control;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Queueing;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>
/// Records the runs of a commit that a user asks a server for. Only what a branch of one of the server's repositories has is trained, as
/// its <c>tenfold.yaml</c> says.
/// </summary>
/// <param name="services">The services of the server's home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
public sealed class CommitFits(Services services, RepositoryAccess repositories, ILogger<CommitFits> logger)
{
    // A round of pushes plans in the same work trees.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Records the runs, or finds those that the same request has recorded before.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="cancellationToken">Stops it. Nothing is recorded then, or everything.</param>
    /// <returns>
    /// The group; or a refusal: there is no such repository, branch, commit or project, its <c>tenfold.yaml</c> has faults, the key of the
    /// request stands for another request, or the repository can't be fetched now.
    /// </returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task<Outcome<CommitFit>> SubmitAsync(CommitFitRequest request, CancellationToken cancellationToken)
    {
        if (repositories.FindName(request.Repository) is not { } name || repositories.OpenMirror(name) is not { } mirror)
            return Refusal.NotFound($"the server has no repository {request.Repository}: {ServerFile.FileName} names those that it trains");
        var id = request.Key is { } key ? DerivedIds.Of($"fit {request.User} {key}") : null;
        if (await FindKnownAsync(id, request, mirror, cancellationToken) is { } known) return known;
        var lease = new SubmissionLease(services.Ledger, PushRounds.LeaseName, LeaseHolder.New(), services.Time, logger);
        if (await AcquireAsync(lease, cancellationToken) is not { } held)
            return Refusal.Unavailable("the server is busy with planning what was pushed: try again in a minute");
        try
        {
            return await lease.RunWithRenewalAsync(
                    held, token => RecordAsync(id, request with { Repository = name }, mirror, token), cancellationToken)
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

    private async Task<Outcome<CommitFit>> RecordAsync(
        string? id, CommitFitRequest request, GitMirror mirror, CancellationToken cancellationToken)
    {
        // Again, since the lease's last holder may have recorded it.
        if (await FindKnownAsync(id, request, mirror, cancellationToken) is { } known) return known;
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

        if (!(await FindFolderAsync(request, commit, mirror, cancellationToken)).Succeeded(out var folder, out var refusal))
            return refusal;
        var recorded = await new CommitPlanner(services, mirror).RecordAsync(
            new FitOfCommit(place, folder.Path, commit, id, request), cancellationToken);
        return recorded.Match<Outcome<CommitFit>>(group => new CommitFit(group, IsNew: true), refused => refused);
    }

    // That a commit is in the copy proves nothing: it may be that of a fork.
    private static async Task<string?> FindCommitAsync(
        string wanted, PushRef place, GitMirror mirror, CancellationToken cancellationToken) =>
        await mirror.ResolveAsync(wanted, cancellationToken) is { } commit
            && await mirror.ContainsAsync(place, commit, cancellationToken) ? commit : null;

    private static async Task<Outcome<Folder>> FindFolderAsync(
        CommitFitRequest request, string commit, GitMirror mirror, CancellationToken cancellationToken)
    {
        var files = await mirror.ListFilesAsync(commit, cancellationToken);
        var folders = files.Where(path => Path.GetFileName(path) == ProjectFinder.FileName)
            .Select(path => Path.GetDirectoryName(path) ?? "").Order(StringComparer.Ordinal).ToList();
        var names = string.Join(", ", folders.Select(one => one.Length == 0 ? "." : one));
        if (folders.Count == 0) return Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName}");
        if (request.Folder is null && folders.Count > 1 && folders[0].Length > 0)
            return Refusal.BadInput($"{commit[..10]} has several projects, so name the folder of one: {names}");
        var wanted = request.Folder is null ? folders[0] : request.Folder == "." ? "" : request.Folder.Trim('/');
        return folders.Contains(wanted) ? new Folder(wanted)
            : Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName} in '{wanted}'; it has one in: {names}");
    }

    // What a request leaves out may have another value by now, so that only what it names is compared.
    private async Task<Outcome<CommitFit>?> FindKnownAsync(
        string? id, CommitFitRequest request, GitMirror mirror, CancellationToken cancellationToken)
    {
        if (id is null || await services.Ledger.FindGroupAsync(id, cancellationToken) is not { } group) return null;
        var inTree = Path.GetRelativePath(mirror.WorkTree, group.Root);
        var isAlike = !inTree.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(inTree)
            && (request.Folder is null || (request.Folder is "." or "" ? "." : request.Folder.Trim('/')) == inTree)
            && (request.Branch is null || group.GitBranch == request.Branch)
            && (request.Commit is null || group.GitCommit?.StartsWith(request.Commit, StringComparison.OrdinalIgnoreCase) == true)
            // A group may have grown.
            && (request.Repeat is null || group.Repeat >= request.Repeat)
            && (request.Target is null || group.Target == request.Target);
        return isAlike ? new CommitFit(group, IsNew: false)
            : Refusal.AlreadyExists($"this key of a request stands for another request, which made {group.Id}: use a new one");
    }

    private sealed record Folder(string Path);
}

/// <summary>A commit that a user asks a server to train.</summary>
public sealed record CommitFitRequest
{
    /// <summary>The repository, as <c>server.yaml</c> names it; or the URL from which git fetches it.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that has the commit; null for the repository's default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit: at least seven digits of its hash; null for the branch's newest.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// The project's folder in the repository, <c>.</c> for its root; null for the root, or for the only project that there is.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>How many runs; null for what <c>tenfold.yaml</c> says.</summary>
    public int? Repeat { get; init; }

    /// <summary>The target's name; null for the only target of the file, or the server's machine when the file has none.</summary>
    public string? Target { get; init; }

    /// <summary>How urgent the runs are.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>Who asks. Runs take turns by users.</summary>
    public required string User { get; init; }

    /// <summary>A text by which a request that is sent again is recognised, unique among the user's; null for none.</summary>
    public string? Key { get; init; }
}

/// <summary>The group of a request.</summary>
/// <param name="Group">The group.</param>
/// <param name="IsNew">False when the same request had recorded it before.</param>
public sealed record CommitFit(GroupRecord Group, bool IsNew);
