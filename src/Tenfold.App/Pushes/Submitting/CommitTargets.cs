using Microsoft.Extensions.Logging;
using Tenfold.App.Targets;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>Lists where a server can execute the runs of a commit.</summary>
/// <param name="services">The services of the server's home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
public sealed class CommitTargets(Services services, RepositoryAccess repositories, ILogger<CommitTargets> logger)
{
    private readonly CommitDesk _desk = new(services, repositories, logger);

    /// <summary>Lists the server's machine and the targets of the project. Each is asked whether it can be used.</summary>
    /// <param name="request">The commit.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The targets; or a refusal, see <see cref="CommitFits.SubmitAsync"/>.</returns>
    public Task<Outcome<IReadOnlyList<TargetListing>>> ListAsync(CommitRequest request, CancellationToken cancellationToken) =>
        _desk.SubmitAsync<IReadOnlyList<TargetListing>>(
            request, (_, _) => Task.FromResult<Outcome<IReadOnlyList<TargetListing>>?>(null),
            (planner, commit, token) => planner.ListTargetsAsync(commit, token), cancellationToken);
}
