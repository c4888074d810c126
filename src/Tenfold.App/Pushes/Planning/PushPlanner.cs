using Tenfold.App.Targets;
using Tenfold.Core.Git;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Planning;

/// <summary>
/// Turns a waiting push into recorded runs, in steps that may be interrupted anywhere: the ids of groups are recorded before the groups, so
/// that no group is recorded twice.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="repositories">The repositories of the server.</param>
internal sealed class PushPlanner(Services services, RepositoryAccess repositories)
{
    private const int Earlier = 200;

    private readonly ProjectReader _reader = new(TargetKinds.Declarations);

    /// <summary>Plans a waiting push.</summary>
    /// <returns>The push as it is recorded now.</returns>
    /// <exception cref="GitException">The repository can't be fetched now.</exception>
    public async Task<PushRecord> PlanAsync(PushRecord push, CancellationToken cancellationToken)
    {
        if (repositories.OpenMirror(push.Repository) is not { } mirror)
        {
            var failed = push with { State = PushState.Failed, Detail = "server.yaml no longer names the repository" };
            return await SaveAsync(failed, cancellationToken);
        }

        // The projects are chosen once: what was trained before changes with each push.
        if (push.Projects.Count == 0)
        {
            push = await ChooseAsync(push, mirror, cancellationToken);
            if (push.State != PushState.Waiting) return push;
        }

        var planner = new CommitPlanner(services, mirror);
        var projects = new List<PushProject>();
        foreach (var project in push.Projects)
            projects.Add(project.Outcome is null ? await RecordAsync(push, project, planner, cancellationToken) : project);
        return await SaveAsync(push with { State = PushState.Running, Projects = projects }, cancellationToken);
    }

    private async Task<PushRecord> ChooseAsync(PushRecord push, GitMirror mirror, CancellationToken cancellationToken)
    {
        if (await mirror.FetchAsync(push.Ref, cancellationToken) is not { } newest)
            return await SaveAsync(Done(push, $"{push.Ref} no longer exists"), cancellationToken);
        if (push.Ref.Schedule is not null) push = push with { Commit = newest };
        if (await mirror.ResolveAsync(push.Commit, cancellationToken) is null
            || !await mirror.ContainsAsync(push.Ref, push.Commit, cancellationToken))
            return await SaveAsync(Done(push, $"{push.Ref} no longer has {push.Commit[..10]}"), cancellationToken);
        var earlier = await services.Pushes.ListPlannedPushesAsync(push.Repository, push.Ref, Earlier, cancellationToken);
        var chooser = new ProjectChooser(mirror, _reader, earlier, group => CanCompareAsync(group, cancellationToken));
        var projects = await chooser.ChooseAsync(push, cancellationToken);
        push = push with { IsWatched = chooser.IsWatched, IsIgnoredFork = projects.Count == 0 && chooser.IgnoresFork };
        return await SaveAsync(
            projects.Count > 0 ? push with { Projects = projects }
            : Done(push, WhyNothing(push)), cancellationToken);
    }

    private static string WhyNothing(PushRecord push) => push switch
    {
        { Ref.Schedule: not null } => "it is no longer scheduled",
        { IsIgnoredFork: true } => "it comes from a fork; open it from a branch of this repository, or set on.pull_request.forks",
        _ => "no file of a project that trains here changed",
    };

    private async Task<bool> CanCompareAsync(string group, CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(group, cancellationToken);
        return runs.Count > 0 && runs.All(run => run.Run.State == RunState.Succeeded || !run.Run.State.IsFinal());
    }

    // The candidate first: what can't be planned has no use for a baseline.
    private static async Task<PushProject> RecordAsync(
        PushRecord push, PushProject project, CommitPlanner planner, CancellationToken cancellationToken)
    {
        if (project.Study is { } study)
        {
            return (await planner.RecordStudyAsync(push, project.Folder, study, cancellationToken)).Match(
                _ => project, fault => project with { Study = null, Outcome = PushOutcome.Error, Detail = fault.Message });
        }

        var recorded = await planner.RecordAsync(push, project.Folder, push.Commit, project.Group!, cancellationToken);
        if (!recorded.Succeeded(out var group, out var refusal))
            return project with { Group = null, Outcome = PushOutcome.Error, Detail = refusal.Message };
        project = project with { Group = group.Id, Notice = group.Spec.Missing is { } missing ? $"{missing}" : null };
        if (project.Baseline == group.Id) project = SameAsBaseline(project);
        if (!push.Ref.IsPullRequest || project.BaselineCommit is not { } commit) return project;
        // Its id is derived, so that a planner that was interrupted here chooses it again.
        var baseline = await planner.RecordAsync(push, project.Folder, commit, DerivedIds.Of($"{group.Id} {commit}"), cancellationToken);
        return baseline.Match(
            found => found.Id == group.Id ? SameAsBaseline(project) : project with { Baseline = found.Id },
            fault => project with { Baseline = null, Detail = $"there is nothing to compare with: {fault.Message}" });
    }

    // A group is not compared with itself.
    private static PushProject SameAsBaseline(PushProject project) => project with
    {
        Baseline = null,
        Detail = $"its files, parameters and data are those of {project.BaselineCommit?[..10]}, so there is nothing to compare",
    };

    private static PushRecord Done(PushRecord push, string detail) => push with { State = PushState.Done, Detail = detail };

    private async Task<PushRecord> SaveAsync(PushRecord push, CancellationToken cancellationToken)
    {
        await services.Pushes.SavePushAsync(push, isOpen: true, cancellationToken);
        return push;
    }
}
