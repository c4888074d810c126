using Tenfold.App.Fitting;
using Tenfold.App.Targets;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Planning;

/// <summary>Plans and records the runs of a project at a commit, exactly as its files are there.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="mirror">The repository.</param>
internal sealed class CommitPlanner(Services services, GitMirror mirror)
{
    // Runs alike are looked for among the newest groups only.
    private const int Newest = 500;

    /// <summary>Records the runs of a commit, unless the ledger has runs that are alike.</summary>
    /// <param name="push">The push.</param>
    /// <param name="folder">The project's folder in the repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="group">The id for a new group. A group with this id that is recorded already is returned.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The group; or a refusal with every fault of the project.</returns>
    /// <exception cref="GitException">The commit can't be checked out.</exception>
    public async Task<Outcome<GroupRecord>> RecordAsync(
        PushRecord push, string folder, string commit, string group, CancellationToken cancellationToken)
    {
        if (await services.Ledger.FindGroupAsync(group, cancellationToken) is { } recorded) return recorded;
        if (!(await LocateAsync(push, folder, commit, cancellationToken)).Succeeded(out var located, out var refusal)) return refusal;
        if (ProjectChooser.TriggerOf(push, located.Project) is not { } trigger)
            return Refusal.NotFound($"{ProjectFinder.FileName} at {commit[..10]} has no trigger for {push.Ref}");
        var request = new FitRequest
        {
            GroupId = group,
            Repeat = trigger.Repeat,
            On = trigger.Target ?? located.Project.Targets.Keys.FirstOrDefault(),
        };
        var target = await services.Targets.PlanNewAsync(located, request.On, cancellationToken);
        if (!target.Succeeded(out var planned, out refusal)) return refusal;
        var plan = await new FitPlanner(services).PlanAsync(located, planned, price: null, request, cancellationToken);
        if (!plan.Succeeded(out var made, out refusal)) return refusal;
        made = made with { Group = made.Group with { GitCommit = commit, GitDirty = false, GitBranch = $"{push.Ref}" } };
        if (await FindAlikeAsync(made.Group, cancellationToken) is { } alike) return alike;
        return await new Submitter(services).RecordAsync(made, _ => { }, cancellationToken);
    }

    private async Task<Outcome<LocatedProject>> LocateAsync(
        PushRecord push, string folder, string commit, CancellationToken cancellationToken)
    {
        await mirror.CheckOutAsync(commit, cancellationToken);
        var path = Path.Combine(mirror.WorkTree, folder);
        if (!File.Exists(Path.Combine(path, ProjectFinder.FileName)))
            return Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName} in '{folder}'");
        if (!services.Projects.Open(path).ToOutcome().Succeeded(out var located, out var refusal) || !push.Ref.IsFromFork)
            return refusal is null ? located! : refusal;
        return await RestrictAsync(push, folder, located, cancellationToken);
    }

    // The author of a fork chooses the command and its parameters. Where the runs execute, what they may read and which secrets they get is
    // for the repository's own file to say.
    private async Task<Outcome<LocatedProject>> RestrictAsync(
        PushRecord push, string folder, LocatedProject fork, CancellationToken cancellationToken)
    {
        var file = folder.Length == 0 ? ProjectFinder.FileName : $"{folder}/{ProjectFinder.FileName}";
        if (await mirror.ReadAsync($"refs/heads/{push.Ref.Branch}", file, cancellationToken) is not { } text)
            return Refusal.NotFound($"{push.Ref.Branch} has no {file}");
        var read = new ProjectReader(TargetKinds.Declarations).Read(text, file).ToOutcome();
        if (!read.Succeeded(out var own, out var refusal)) return refusal;
        var hasSecrets = own.On?.PullRequest?.Forks == ForkPolicy.WithSecrets;
        return fork with
        {
            Project = own with
            {
                Train = fork.Project.Train with { Data = own.Train.Data, Secrets = hasSecrets ? own.Train.Secrets : [] },
            },
        };
    }

    // The same files, parameters, data and seeds give the same results, so they need not run again.
    private async Task<GroupRecord?> FindAlikeAsync(GroupRecord wanted, CancellationToken cancellationToken)
    {
        foreach (var group in await services.Ledger.ListGroupsAsync(Newest, cancellationToken))
        {
            if (!IsAlike(group, wanted)) continue;
            var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
            if (runs.All(run => run.Run.State is not (RunState.Failed or RunState.Cancelled))) return group;
        }

        return null;
    }

    private static bool IsAlike(GroupRecord one, GroupRecord other)
    {
        var (a, b) = (one.Spec, other.Spec);
        return (one.BaseSeed, one.Repeat, a.Project, a.Snapshot, a.Command, a.Script, a.Environment, a.Metric, KindOf(a))
                == (other.BaseSeed, other.Repeat, b.Project, b.Snapshot, b.Command, b.Script, b.Environment, b.Metric, KindOf(b))
            && a.Parameters.GetRawText() == b.Parameters.GetRawText() && a.Secrets.SequenceEqual(b.Secrets)
            && HashesOf(a).SequenceEqual(HashesOf(b)) && VariablesOf(a).SequenceEqual(VariablesOf(b));
    }

    private static string KindOf(WorkSpec spec) => spec.Target?.Kind ?? TargetSettings.LocalKind;

    private static IEnumerable<(string, string)> HashesOf(WorkSpec spec) =>
        spec.Data.OrderBy(channel => channel.Key, StringComparer.Ordinal).Select(channel => (channel.Key, channel.Value.Hash));

    private static IEnumerable<(string, string)> VariablesOf(WorkSpec spec) =>
        (spec.Variables ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, pair.Value));
}
