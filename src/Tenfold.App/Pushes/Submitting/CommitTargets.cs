using Microsoft.Extensions.Logging;
using Tenfold.App.Targets;
using Tenfold.Projects;

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
    public async Task<Outcome<IReadOnlyList<TargetListing>>> ListAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        // Targets may take long to answer, and nobody else can plan while the commit is checked out: they are asked after that.
        var read = await _desk.SubmitAsync<LocatedProject>(
            request, (_, _) => Task.FromResult<Outcome<LocatedProject>?>(null),
            (planner, commit, token) => planner.LocateAsync(commit, token), cancellationToken);
        return read.Succeeded(out var located, out var refusal)
            ? Outcome.Of(await new TargetLister(services).ListAsync(located, cancellationToken)) : refusal;
    }
}
