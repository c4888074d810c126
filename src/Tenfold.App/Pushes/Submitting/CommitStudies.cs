using Microsoft.Extensions.Logging;
using Tenfold.App.Sweeping;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>
/// Records a study of a commit that a user asks a server for. The server's control loop drives it, as it drives what is scheduled.
/// </summary>
/// <param name="services">The services of the server's home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
public sealed class CommitStudies(Services services, RepositoryAccess repositories, ILogger<CommitStudies> logger)
{
    private readonly CommitDesk _desk = new(services, repositories, logger);

    /// <summary>Records the study, or finds the one that the same request has recorded before.</summary>
    /// <param name="request">The commit.</param>
    /// <param name="settings">
    /// How to search. What it leaves out is in the commit's <c>tenfold.yaml</c>, and so are parameters and variables, which are ignored.
    /// </param>
    /// <param name="cancellationToken">Stops it. Nothing is recorded then, or everything.</param>
    /// <returns>The study; or a refusal, see <see cref="CommitFits.SubmitAsync"/>: also one for settings that no sweep may have.</returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public Task<Outcome<CommitStudy>> SubmitAsync(CommitRequest request, SweepRequest settings, CancellationToken cancellationToken)
    {
        var id = CommitDesk.IdOf(request, "sweep");
        return _desk.SubmitAsync<CommitStudy>(
            request, (mirror, token) => FindKnownAsync(id, request, settings, mirror, token),
            async (planner, commit, token) => (await planner.RecordStudyAsync(commit, id, request, settings, token))
                .Match<Outcome<CommitStudy>>(study => new CommitStudy(study, IsNew: true), refused => refused),
            cancellationToken);
    }

    private async Task<Outcome<CommitStudy>?> FindKnownAsync(
        string? id, CommitRequest request, SweepRequest settings, GitMirror mirror, CancellationToken cancellationToken)
    {
        if (id is null || await services.Studies.FindStudyAsync(id, cancellationToken) is not { } study) return null;
        var spec = study.Spec;
        var isAlike = CommitDesk.IsOf(request, mirror, study.Root, study.GitBranch, study.GitCommit, study.Target)
            // A study may have been given more trials.
            && (settings.Trials is null || spec.Trials is null || spec.Trials >= settings.Trials)
            && (settings.Parallel is null || spec.Parallel == settings.Parallel)
            && (settings.Method is null || spec.Method == settings.Method)
            && (settings.Repeat is null || spec.Repeat == settings.Repeat)
            && (settings.Seed is null || spec.Seed == settings.Seed)
            && (settings.Prune is null || spec.Prune?.Rule == settings.Prune)
            && (!settings.IsUnpruned || spec.Prune is null)
            && (!settings.Synchronous || spec.Synchronous)
            && (settings.Time is null || spec.Budget?.Time == settings.Time)
            && (settings.Cost is null || spec.Budget?.Usd == settings.Cost)
            && (settings.From is null || spec.From?.StartsWith(settings.From, StringComparison.OrdinalIgnoreCase) == true);
        return isAlike ? new CommitStudy(study, IsNew: false) : CommitDesk.OtherRequest(study.Id);
    }
}

/// <summary>The study of a request.</summary>
/// <param name="Study">The study.</param>
/// <param name="IsNew">False when the same request had recorded it before.</param>
public sealed record CommitStudy(StudyRecord Study, bool IsNew);
