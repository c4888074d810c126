using Tenfold.App.Fitting;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Targets;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
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
        if (!(await LocateAsync(push.Ref, folder, commit, cancellationToken)).Succeeded(out var located, out var refusal)) return refusal;
        if (ProjectChooser.TriggerOf(push, located.Project) is not { } trigger)
            return Refusal.NotFound($"{ProjectFinder.FileName} at {commit[..10]} has no trigger for {push.Ref}");
        var request = new FitRequest
        {
            GroupId = group,
            Repeat = trigger.Repeat,
            On = trigger.Target ?? located.Project.Targets.Keys.FirstOrDefault(),
        };
        var plan = await PlanAsync(located, push.Ref, commit, request, cancellationToken);
        if (!plan.Succeeded(out var made, out refusal)) return refusal;
        // What is scheduled trains again: that is what it is for.
        if (push.Ref.Schedule is null && await FindAlikeAsync(made.Group, cancellationToken) is { } alike) return alike;
        return await new Submitter(services).RecordAsync(made, _ => { }, cancellationToken);
    }

    /// <summary>Records the runs of a commit that a user asks for, also when runs that are alike are recorded already.</summary>
    /// <param name="at">The project at the commit.</param>
    /// <param name="id">The id for the group; null to choose one.</param>
    /// <param name="asked">Where and how urgently, and who asks.</param>
    /// <param name="repeat">How many runs; null for what <c>tenfold.yaml</c> says.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The group; or a refusal with every fault of the project.</returns>
    /// <exception cref="GitException">The commit can't be checked out.</exception>
    public async Task<Outcome<GroupRecord>> RecordAsync(
        FoundCommit at, string? id, CommitRequest asked, int? repeat, CancellationToken cancellationToken)
    {
        if (!(await LocateAsync(at.Place, at.Folder, at.Commit, cancellationToken)).Succeeded(out var located, out var refusal))
            return refusal;
        if (!TargetOf(located, asked).Succeeded(out var target, out refusal)) return refusal;
        var request = new FitRequest { GroupId = id, Repeat = repeat, On = target.Name, Priority = asked.Priority };
        var plan = await PlanAsync(located, at.Place, at.Commit, request, cancellationToken);
        if (!plan.Succeeded(out var made, out refusal)) return refusal;
        made = made with { Group = made.Group with { Spec = made.Group.Spec with { User = asked.User } } };
        return await new Submitter(services).RecordAsync(made, _ => { }, cancellationToken);
    }

    /// <summary>Records a study of a commit that a user asks for.</summary>
    /// <param name="at">The project at the commit.</param>
    /// <param name="id">The id for the study; null to choose one.</param>
    /// <param name="asked">Where and how urgently, and who asks.</param>
    /// <param name="settings">How to search; what it leaves out is as <c>tenfold.yaml</c> says.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The study; or a refusal with every fault of the project or the settings.</returns>
    /// <exception cref="GitException">The commit can't be checked out.</exception>
    public async Task<Outcome<StudyRecord>> RecordStudyAsync(
        FoundCommit at, string? id, CommitRequest asked, SweepRequest settings, CancellationToken cancellationToken)
    {
        if (!(await LocateAsync(at.Place, at.Folder, at.Commit, cancellationToken)).Succeeded(out var located, out var refusal))
            return refusal;
        if (!TargetOf(located, asked).Succeeded(out var target, out refusal)) return refusal;
        var request = settings with
        {
            On = target.Name,
            Priority = asked.Priority,
            Parameters = [],
            Variables = [],
        };
        return await RecordStudyAsync(at, located, id, request, asked.User, cancellationToken);
    }

    /// <summary>Records a study of the pushed commit. A study with this id that is recorded already is returned.</summary>
    /// <param name="push">The push.</param>
    /// <param name="folder">The project's folder in the repository.</param>
    /// <param name="study">The id for the study.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The study; or a refusal with every fault of the project.</returns>
    /// <exception cref="GitException">The commit can't be checked out.</exception>
    public async Task<Outcome<StudyRecord>> RecordStudyAsync(
        PushRecord push, string folder, string study, CancellationToken cancellationToken)
    {
        if (await services.Studies.FindStudyAsync(study, cancellationToken) is { } recorded) return recorded;
        if (!(await LocateAsync(push.Ref, folder, push.Commit, cancellationToken)).Succeeded(out var located, out var refusal))
            return refusal;
        if (ProjectChooser.TriggerOf(push, located.Project) is not { } trigger)
            return Refusal.NotFound($"{ProjectFinder.FileName} at {push.Commit[..10]} has no schedule");
        var request = new SweepRequest { On = trigger.Target ?? located.Project.Targets.Keys.FirstOrDefault() };
        return await RecordStudyAsync(
            new FoundCommit(push.Ref, folder, push.Commit), located, study, request, user: null, cancellationToken);
    }

    private async Task<Outcome<StudyRecord>> RecordStudyAsync(
        FoundCommit at, LocatedProject located, string? id, SweepRequest request, string? user, CancellationToken cancellationToken)
    {
        request = request with { Folder = located.Folder, IsPushed = true };
        if (!(await new StudyPlanner(services).PlanAsync(request, cancellationToken)).Succeeded(out var plan, out var refusal))
            return refusal;
        var spec = plan.Study.Spec;
        var made = plan.Study with
        {
            Id = id ?? plan.Study.Id,
            GitCommit = at.Commit,
            GitDirty = false,
            GitBranch = NameOf(at.Place),
            Spec = user is null ? spec : spec with { Work = spec.Work! with { User = user } },
        };
        return await new Submitter(services).RecordAsync(made, _ => { }, cancellationToken);
    }

    /// <summary>Checks a commit out and reads the project of a folder in it.</summary>
    /// <param name="at">The project at the commit.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The project; or a refusal with every fault of it.</returns>
    /// <exception cref="GitException">The commit can't be checked out.</exception>
    public Task<Outcome<LocatedProject>> LocateAsync(FoundCommit at, CancellationToken cancellationToken) =>
        LocateAsync(at.Place, at.Folder, at.Commit, cancellationToken);

    private static Outcome<ChosenTarget> TargetOf(LocatedProject located, CommitRequest asked)
    {
        var targets = located.Project.Targets.Keys.ToList();
        return asked.Target is null && targets.Count > 1
            ? Refusal.BadInput($"{located.Project.Name} has several targets, so name one: {string.Join(", ", targets)}")
            : new ChosenTarget(asked.Target ?? targets.FirstOrDefault());
    }

    private async Task<Outcome<FitPlan>> PlanAsync(
        LocatedProject located, PushRef place, string commit, FitRequest request, CancellationToken cancellationToken)
    {
        var target = await services.Targets.PlanNewAsync(located, request.On, cancellationToken);
        if (!target.Succeeded(out var planned, out var refusal)) return refusal;
        var plan = await new FitPlanner(services).PlanAsync(located, planned, price: null, request, cancellationToken);
        return plan.Succeeded(out var made, out refusal)
            ? made with { Group = made.Group with { GitCommit = commit, GitDirty = false, GitBranch = NameOf(place) } } : refusal;
    }

    private static string NameOf(PushRef place) => place.IsPullRequest ? $"{place}" : place.Branch;

    private async Task<Outcome<LocatedProject>> LocateAsync(
        PushRef place, string folder, string commit, CancellationToken cancellationToken)
    {
        await mirror.CheckOutAsync(commit, cancellationToken);
        var path = Path.Combine(mirror.WorkTree, folder);
        var file = Path.Combine(folder, ProjectFinder.FileName);
        if (!File.Exists(Path.Combine(mirror.WorkTree, file)))
            return Refusal.NotFound($"{commit[..10]} has no {ProjectFinder.FileName} in '{folder}'");
        if (!new WorkTreeLinks(mirror.WorkTree).IsPlain(file))
            return Refusal.BadInput($"{file} is a link at {commit[..10]}, and could lead to any file of the server: commit a file instead");
        if (!services.Projects.Open(path).ToOutcome().Succeeded(out var located, out var refusal) || !place.IsFromFork)
            return refusal is null ? located! : refusal;
        return await RestrictAsync(place, folder, located, cancellationToken);
    }

    // The author of a fork chooses the command and its parameters. Where the runs execute, what they may read and which secrets they get is
    // for the repository's own file to say.
    private async Task<Outcome<LocatedProject>> RestrictAsync(
        PushRef place, string folder, LocatedProject fork, CancellationToken cancellationToken)
    {
        var file = folder.Length == 0 ? ProjectFinder.FileName : $"{folder}/{ProjectFinder.FileName}";
        if (await mirror.ReadAsync(GitMirror.RefOf(place.Branch), file, cancellationToken) is not { } text)
            return Refusal.NotFound($"{place.Branch} has no {file}");
        var read = new ProjectReader(TargetKinds.Declarations).Read(text, file).ToOutcome();
        if (!read.Succeeded(out var own, out var refusal)) return refusal;
        if (FindEscape(place, fork.Folder, own) is { } escape) return escape;
        if (own.Targets.Values.SelectMany(TargetFiles.In).FirstOrDefault() is { } listed)
        {
            // The file would be the fork's.
            return Refusal.BadInput(
                $"{listed} is not read for pull requests from forks: list its instances in the {file} of {place.Branch} itself");
        }

        var hasSecrets = own.On?.PullRequest?.Forks == ForkPolicy.WithSecrets;
        return fork with
        {
            Project = own with
            {
                Train = fork.Project.Train with { Data = own.Train.Data, Secrets = hasSecrets ? own.Train.Secrets : [] },
            },
        };
    }

    // The base names the paths. What lies there is the fork's, and may be a link.
    private Refusal? FindEscape(PushRef place, string folder, ProjectFile own)
    {
        var links = new WorkTreeLinks(mirror.WorkTree);
        foreach (var (channel, location) in own.Train.Data)
        {
            if (IsRelative(location) && !links.IsInside(location.PathFrom(folder, "")))
            {
                return Refusal.BadInput(
                    $"data.{channel}: {location} is missing in this pull request, or leads out of the repository, which a fork may not do. "
                    + $"Commit the data, or name an absolute path or a bucket in the tenfold.yaml of {place.Branch}");
            }
        }

        if (own.Store is not { } store || !IsRelative(store) || links.WritesInside(store.PathFrom(folder, ""))) return null;
        return Refusal.BadInput(
            $"store: {store} leads out of the repository in this pull request, which a fork may not do. Name an absolute path or a "
            + $"bucket in the tenfold.yaml of {place.Branch}");
    }

    private static bool IsRelative(Location location) =>
        !location.IsS3 && !Path.IsPathRooted(location.Text) && !location.Text.StartsWith("~/", StringComparison.Ordinal);

    // The same files, parameters, data and seeds give the same results, so they need not run again.
    private async Task<GroupRecord?> FindAlikeAsync(GroupRecord wanted, CancellationToken cancellationToken)
    {
        foreach (var group in await services.Ledger.ListGroupsAsync(Newest, cancellationToken))
        {
            if (!IsAlike(group, wanted)) continue;
            if (await CountsAsync(group.Id, cancellationToken)) return group;
        }

        return null;
    }

    // Nothing here starts or retries the runs of another home, so a push could wait for them for ever.
    private async Task<bool> CountsAsync(string group, CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(group, cancellationToken);
        if (runs.All(run => run.Run.State == RunState.Succeeded)) return true;
        if (!runs.All(run => run.Run.State == RunState.Succeeded || (!run.Run.State.IsFinal() && run.Run.CancelRequestedAt is null)))
            return false;
        var live = await services.Ledger.ListLiveAttemptsAsync(cancellationToken);
        return live.Where(attempt => attempt.Group.Id == group).All(attempt => attempt.IsOwn);
    }

    private static bool IsAlike(GroupRecord one, GroupRecord other)
    {
        var (a, b) = (one.Spec, other.Spec);
        return (one.BaseSeed, one.Repeat, a.Project, a.Snapshot, a.Command, a.Script, a.Environment, a.Metric, PlaceOf(a))
                == (other.BaseSeed, other.Repeat, b.Project, b.Snapshot, b.Command, b.Script, b.Environment, b.Metric, PlaceOf(b))
            && a.Parameters.GetRawText() == b.Parameters.GetRawText() && a.Secrets.SequenceEqual(b.Secrets)
            && HashesOf(a).SequenceEqual(HashesOf(b)) && VariablesOf(a).SequenceEqual(VariablesOf(b));
    }

    private static (string Kind, string? Place) PlaceOf(WorkSpec spec) =>
        spec.Target is { IsLocal: false } target ? (target.Kind, target.Place) : (TargetSettings.LocalKind, null);

    private static IEnumerable<(string, string)> HashesOf(WorkSpec spec) =>
        spec.Data.OrderBy(channel => channel.Key, StringComparer.Ordinal).Select(channel => (channel.Key, channel.Value.Hash));

    private static IEnumerable<(string, string)> VariablesOf(WorkSpec spec) =>
        (spec.Variables ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, pair.Value));

    // Null for the server's machine.
    private sealed record ChosenTarget(string? Name);
}
