using Microsoft.Extensions.Logging;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>Records the runs of a commit that a user asks a server for, as the commit's <c>tenfold.yaml</c> says.</summary>
/// <param name="services">The services of the server's home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
public sealed class CommitFits(Services services, RepositoryAccess repositories, ILogger<CommitFits> logger)
{
    private readonly CommitDesk _desk = new(services, repositories, logger);

    /// <summary>Records the runs, or finds those that the same request has recorded before.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="repeat">How many runs; null for what <c>tenfold.yaml</c> says.</param>
    /// <param name="cancellationToken">Stops it. Nothing is recorded then, or everything.</param>
    /// <returns>
    /// The group; or a refusal: there is no such repository, branch, commit or project, its <c>tenfold.yaml</c> has faults, the key of the
    /// request stands for another request, or the repository can't be fetched now.
    /// </returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public Task<Outcome<CommitFit>> SubmitAsync(CommitRequest request, int? repeat, CancellationToken cancellationToken)
    {
        var id = CommitDesk.IdOf(request, "fit");
        return _desk.SubmitAsync<CommitFit>(
            request, (mirror, token) => FindKnownAsync(id, request, repeat, mirror, token),
            async (planner, commit, token) => (await planner.RecordAsync(commit, id, request, repeat, token)).Match<Outcome<CommitFit>>(
                group => new CommitFit(group, IsNew: true), refused => refused),
            cancellationToken);
    }

    private async Task<Outcome<CommitFit>?> FindKnownAsync(
        string? id, CommitRequest request, int? repeat, GitMirror mirror, CancellationToken cancellationToken)
    {
        if (id is null || await services.Ledger.FindGroupAsync(id, cancellationToken) is not { } group) return null;
        // A group may have grown.
        var isAlike = CommitDesk.IsOf(request, mirror, group.Root, group.GitBranch, group.GitCommit, group.Target)
            && (repeat is null || group.Repeat >= repeat);
        return isAlike ? new CommitFit(group, IsNew: false) : CommitDesk.OtherRequest(group.Id);
    }
}

/// <summary>The group of a request.</summary>
/// <param name="Group">The group.</param>
/// <param name="IsNew">False when the same request had recorded it before.</param>
public sealed record CommitFit(GroupRecord Group, bool IsNew);
