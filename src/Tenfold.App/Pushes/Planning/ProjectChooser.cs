using System.Diagnostics;
using Tenfold.Core.Git;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Planning;

/// <summary>Chooses the projects of a commit that a push concerns, and what to compare their runs with. Nothing is recorded.</summary>
/// <param name="mirror">The repository, with what the push needs.</param>
/// <param name="reader">Reads projects.</param>
/// <param name="earlier">Earlier pushes to the same place, the newest first.</param>
/// <param name="canCompare">True for a group whose runs have succeeded, or may yet.</param>
internal sealed class ProjectChooser(
    GitMirror mirror, ProjectReader reader, IReadOnlyList<PushRecord> earlier, Func<string, Task<bool>> canCompare)
{
    /// <summary>True when a project trains what is pushed to the place, also if no file of it changed.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>True when a project would train a pull request, but ignores it because it comes from a fork.</summary>
    public bool IgnoresFork { get; private set; }

    /// <summary>Chooses the projects.</summary>
    /// <returns>A project for each that runs, and for each that can't; others are not concerned.</returns>
    /// <exception cref="GitException">The repository can't be read.</exception>
    public async Task<IReadOnlyList<PushProject>> ChooseAsync(PushRecord push, CancellationToken cancellationToken)
    {
        var files = await mirror.ListFilesAsync(push.Commit, cancellationToken);
        var chosen = new List<PushProject>();
        foreach (var file in files.Where(path => Path.GetFileName(path) == ProjectFinder.FileName).Order(StringComparer.Ordinal))
        {
            var folder = Path.GetDirectoryName(file) ?? "";
            if (push.Ref.Schedule is { } scheduled && scheduled != folder) continue;
            if (await ChooseAsync(push, folder, file, cancellationToken) is { } project) chosen.Add(project);
        }

        return chosen;
    }

    /// <summary>The trigger by which a push concerns a project; null for none.</summary>
    public static PushTrigger? TriggerOf(PushRecord push, ProjectFile project)
    {
        if (push.Ref.Schedule is not null) return project.On?.Schedule;
        var trigger = push.Ref.IsPullRequest ? project.On?.PullRequest : project.On?.Push;
        return trigger is not null && TriggerMatch.IsForBranch(trigger, push.Ref.Branch) ? trigger : null;
    }

    private async Task<PushProject?> ChooseAsync(PushRecord push, string folder, string file, CancellationToken cancellationToken)
    {
        // Nobody but the repository's own people decides what may run: the base's file counts for a fork.
        var into = push.Ref.IsPullRequest ? await mirror.MergeBaseAsync(push.Commit, push.Ref.Branch, cancellationToken) : null;
        var source = push.Ref.IsFromFork ? GitMirror.RefOf(push.Ref.Branch) : push.Commit;
        if (await mirror.ReadAsync(source, file, cancellationToken) is not { } text) return null;
        var read = reader.Read(text, file);
        var fault = read.Match<string?>(_ => null, faults => $"{faults[0]}");
        if (fault is not null) return new PushProject(folder) { Outcome = PushOutcome.Error, Detail = fault };
        var project = read.Match(found => found, _ => throw new UnreachableException("a project without faults is there"));
        if (TriggerOf(push, project) is not { } trigger) return null;
        IsWatched = true;
        if (trigger is ScheduleTrigger { Work: ScheduledWork.Sweep })
        {
            return new PushProject(folder)
            {
                Study = RunNames.NewGroup(),
                SlackChannel = project.Notify?.Slack,
                Email = project.Notify?.Email,
            };
        }

        var trained = push.Ref.IsPullRequest ? [] : FindTrained(push, folder);
        if (push.Ref.Schedule is null && !await HasChangedAsync(push, folder, trigger, into, trained, cancellationToken)) return null;
        if (push.Ref.IsFromFork && trigger is PullRequestTrigger { Forks: ForkPolicy.Ignore })
        {
            IgnoresFork = true;
            return null;
        }

        var baseline = await FindBaselineAsync(trained);
        return new PushProject(folder)
        {
            Group = RunNames.NewGroup(),
            Baseline = baseline?.Group,
            BaselineCommit = push.Ref.IsPullRequest ? into : baseline?.Commit,
            FailsOn = trigger.FailOn,
            Margin = trigger.Margin,
            SlackChannel = project.Notify?.Slack,
            Email = project.Notify?.Email,
        };
    }

    private async Task<bool> HasChangedAsync(
        PushRecord push, string folder, PushTrigger trigger, string? into, List<Trained> trained, CancellationToken cancellationToken)
    {
        var from = into ?? trained.FirstOrDefault()?.Commit ?? await FindBaseAsync(push, cancellationToken);
        if (from is not null && await mirror.ResolveAsync(from, cancellationToken) is null) from = null;
        var changed = from is null
            ? await mirror.ListFilesAsync(push.Commit, cancellationToken)
            : await mirror.ListChangesAsync(from, push.Commit, cancellationToken);
        return TriggerMatch.IsForFiles(trigger, folder, changed);
    }

    // The commits of this place whose runs were recorded, the newest first.
    private List<Trained> FindTrained(PushRecord push, string folder) =>
    [
        .. from older in earlier
        where older.Id != push.Id && older.State is PushState.Done or PushState.Running
        from project in older.Projects
        where project.Folder == folder && project.Group is not null
        select new Trained(older.Commit, project.Group!),
    ];

    // A commit whose runs failed is no baseline: whatever follows it would pass.
    private async Task<Trained?> FindBaselineAsync(List<Trained> trained)
    {
        foreach (var one in trained)
            if (await canCompare(one.Group)) return one;
        return null;
    }

    // The host's word for the commit before may be wrong after a forced push: git is asked whether it exists.
    private async Task<string?> FindBaseAsync(PushRecord push, CancellationToken cancellationToken) =>
        push.Before is { } before && await mirror.ResolveAsync(before, cancellationToken) is { } known
            ? known : await mirror.DefaultBaseAsync(push.Commit, cancellationToken);

    private sealed record Trained(string Commit, string Group);
}
