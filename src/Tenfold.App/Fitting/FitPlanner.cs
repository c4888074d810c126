using System.Text.Json;
using Tenfold.Agent.Preparation;
using Tenfold.App.Images;
using Tenfold.App.Targets;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>
/// Plans a group from a project: takes the snapshot, pins the data, and checks that the target can run it. Records and starts nothing.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class FitPlanner(Services services)
{
    /// <summary>Makes the plan.</summary>
    /// <returns>The plan; or a refusal with every fault of the project.</returns>
    public async Task<Outcome<FitPlan>> PlanAsync(FitRequest request, CancellationToken cancellationToken)
    {
        if (request.Like is { } like) return await new RerunPlanner(services).PlanAsync(like, request, cancellationToken);
        if (!Open(request.Script).Succeeded(out var located, out var refusal)) return refusal;
        var target = await services.Targets.PlanNewAsync(located, request.On, cancellationToken);
        if (!target.Succeeded(out var planned, out refusal)) return refusal;
        return await PlanAsync(located, planned, price: null, request, cancellationToken);
    }

    /// <summary>Makes the plan for a project and a target that the caller has resolved already, as a sweep has.</summary>
    /// <param name="located">The project.</param>
    /// <param name="target">The target.</param>
    /// <param name="price">The price of the target's machines; null to find it.</param>
    /// <param name="request">What to plan.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    internal async Task<Outcome<FitPlan>> PlanAsync(
        LocatedProject located, PlannedTarget target, FoundPrice? price, FitRequest request, CancellationToken cancellationToken)
    {
        var training = located.Project.Train;
        var judging = await JudgeAsync(located, target, price, request, cancellationToken);
        if (!judging.Succeeded(out var judged, out var refusal)) return refusal;
        var pinner = new ChannelPinner(services) { IsTrial = request.IsTrial };
        if (!(await pinner.PinAsync(located, target.Store, cancellationToken)).Succeeded(out var data, out refusal)) return refusal;
        var files = new ProjectSnapshot(services, located, EnvironmentOf(training).File) { IsTrial = request.IsTrial };
        if (!(await files.TakeAsync(target.Store, data, cancellationToken)).Succeeded(out var taken, out refusal)) return refusal;
        var git = await GitFacts.ReadAsync(located.Folder, services.Environment, services.Time, cancellationToken);
        var spec = Spec(located, request, target, judged, taken.Snapshot.Id, data) with
        {
            Missing = MissingContent.Find(located.Folder, [.. taken.Paths]),
        };
        var group = Group(located, target, request, git, spec);
        var runs = Enumerable.Range(1, group.Repeat).Select(i => RunRecord.New(group, i, group.SeedOf(i)));
        var live = ProjectFolders.Notes(group.Spec, taken.Paths, services.Home);
        return new FitPlan(
            group, [.. runs], [.. pinner.Notes, .. files.Notes(taken), .. live, .. NotesOn(located.Project, target, judged, group)]);
    }

    // Finds everything that is wrong with the request before anything is hashed or uploaded.
    private async Task<Outcome<JudgedRequest>> JudgeAsync(
        LocatedProject located, PlannedTarget target, FoundPrice? price, FitRequest request, CancellationToken cancellationToken)
    {
        var (project, training) = (located.Project, located.Project.Train);
        if (!MergeParameters(project, request).ToOutcome().Succeeded(out var parameters, out var refusal)) return refusal;
        if (!request.IsSweep
            && CommandCheck.FaultOf(training.Command, training.Script, training.Arguments, parameters) is { } unstartable)
            return unstartable;
        var merged = VariableArguments.Merge(services, training.Env, request.Variables, training.Secrets, project.Resources.Gpus);
        if (!merged.Succeeded(out var variables, out refusal)) return refusal;
        if (FindMissing(training, target) is { } missing) return missing;
        var chosen = await ImageChoice.MakeAsync(services, located, target, cancellationToken);
        if (!chosen.Succeeded(out var image, out refusal)) return refusal;
        if (await PlannedTarget.CheckAsync(target.Target, target.Spec, Resources(project), training.Secrets, cancellationToken)
            is { } never)
        {
            return never;
        }

        var notebook = NotebookChecks.OfProject(located.Folder, training.Script, [.. parameters.Keys]);
        if (notebook.Faults.Count > 0) return Refusal.BadInput(string.Join("\n  ", notebook.Faults));
        var own = training.Metric is { } named ? new MetricSpec(named.Name, named.Goal) : null;
        if (!MetricChoice.TryRead(request.Metric, own, out var metric, out refusal)) return refusal;
        if (!VariationChoice.TryRead(request, project, metric, out var variation, out refusal)) return refusal;
        var maxUsd = request.MaxUsd ?? project.Resources.MaxUsd;
        if (price is null)
        {
            var found = await PriceFinder.FindAsync(
                target.Target, target.IsLocal, Resources(project), target.Spec, maxUsd, cancellationToken);
            if (!found.Succeeded(out price, out refusal)) return refusal;
        }

        return new JudgedRequest(
            parameters, metric, variation, variables, price, maxUsd, image, [.. notebook.Warnings.Select(warning => $"{warning}")]);
    }

    private IEnumerable<string> NotesOn(ProjectFile project, PlannedTarget target, JudgedRequest judged, GroupRecord group)
    {
        var spot = project.Resources.Spot && !target.Target.Capabilities.HasSpot
            ? $"resources.spot has no effect on {target.Name}, which has no spot machines" : null;
        string?[] known =
        [
            .. judged.Warnings,
            VariableArguments.NotExpanded(services, judged.Variables),
            VariableArguments.NotPassed(services, group.Spec.Shell, judged.Variables, project.Train.Secrets),
            spot,
            judged.Price.Note,
            judged.Image.Note,
            group.Spec.Missing is { } missing ? $"{missing}" : null,
            LimitNotes.OfPrice(group.Spec),
            LimitNotes.OfPriority(group.Priority, target.Name, target.Target),
        ];
        return known.OfType<string>();
    }

    private Outcome<LocatedProject> Open(string? script)
    {
        if (script is null || Directory.Exists(script)) return services.Projects.Open(script ?? ".").ToOutcome();
        // Without the tenfold.yaml beside it, the script would silently run without the file's settings.
        var folder = Path.GetDirectoryName(Path.GetFullPath(script))!;
        if (ProjectFinder.Find(folder) is not { } file) return AssumedProject.For(script).ToOutcome();
        return Refusal.BadInput(
            $"{script} belongs to the project of {file}: run `tenfold fit` without a script, or set train.script there");
    }

    // A sweep gives values to parameters that have none.
    private static Checked<Parameters> MergeParameters(ProjectFile project, FitRequest request) => request.IsSweep
        ? project.Train.Params.Override(request.Parameters)
        : project.Train.Params.Merge(request.Parameters, project.Train.AnyParameter);

    private Refusal? FindMissing(Training training, PlannedTarget target)
    {
        if (!target.Target.Capabilities.HasSecrets
            && training.Secrets.FirstOrDefault(name => services.Secrets(name) is null) is { } secret)
        {
            return Refusal.BadInput(services.HostSecrets(secret) is null
                ? $"secrets names {secret}, but this shell has no such variable: export {secret}=…"
                : $"secrets names {secret}, which no run gets: {ServerFile.FileName} in {services.Home} names it for the server, or that "
                    + "file can't be read");
        }

        // Only this machine's programs can be checked from here.
        if (!target.IsLocal) return null;
        var path = services.SearchPath;
        var isSystem = training.Environment.Kind == EnvironmentKind.System;
        var interpreter = training.Script is { } file && isSystem ? ScriptRunner.Missing(file, path) : null;
        var missing = interpreter ?? EnvironmentCache.Missing(EnvironmentOf(training), path);
        return missing is null ? null : Refusal.Unavailable(missing);
    }

    private static EnvironmentSpec EnvironmentOf(Training training, string? hash = null) => training.Environment.Kind switch
    {
        EnvironmentKind.Requirements => new EnvironmentSpec("requirements", training.Environment.Reference, hash),
        EnvironmentKind.Conda => new EnvironmentSpec("conda", training.Environment.Reference, hash),
        _ => new EnvironmentSpec("system"),
    };

    /// <summary>The resources that each run of a project needs.</summary>
    internal static ResourceSpec Resources(ProjectFile project) => new()
    {
        Cpus = project.Resources.Cpus,
        MemoryBytes = project.Resources.MemoryBytes,
        Gpus = project.Resources.Gpus,
        MaxRuntime = project.Resources.MaxRuntime,
        Retries = project.Resources.Retries,
        LostRetries = project.Resources.LostRetries,
        Spot = project.Resources.Spot,
    };

    private GroupRecord Group(LocatedProject located, PlannedTarget target, FitRequest request, GitFacts? git, WorkSpec spec) => new()
    {
        Id = request.GroupId ?? RunNames.NewGroup(),
        Root = located.Folder,
        Target = target.Name,
        CreatedAt = services.Time.GetUtcNow(),
        Host = services.Session.Machine,
        Version = Product.Version,
        BaseSeed = request.Seed,
        Repeat = (request.Repeat ?? located.Project.Repeat) * (spec.Variation?.BlockSize ?? 1),
        GitCommit = git?.Commit,
        GitBranch = git?.Branch,
        GitDirty = git?.Dirty,
        Priority = request.Priority,
        Spec = spec,
    };

    private WorkSpec Spec(
        LocatedProject located, FitRequest request, PlannedTarget target, JudgedRequest judged, string snapshot,
        Dictionary<string, DataSpec> data)
    {
        var (project, training) = (located.Project, located.Project.Train);
        var file = EnvironmentOf(training).File;
        return new WorkSpec
        {
            Project = project.Name,
            Snapshot = snapshot,
            ProjectFolders = ProjectFolders.Of(located.Folder, services.ShellFolder),
            Command = training.Command,
            Script = training.Script,
            Arguments = training.Script is null ? null : training.Arguments,
            Environment = judged.Image.Spec
                ?? EnvironmentOf(training, file is null ? null : Digest.OfFile(Path.Combine(located.Folder, file))),
            Parameters = JsonDocument.Parse(judged.Parameters.ToJson()).RootElement,
            Data = data,
            Metric = judged.Metric,
            MetricPatterns = new Dictionary<string, string>(training.Metrics),
            TestFraction = training.TestFraction,
            Variation = judged.Variation,
            EarlyStopping = training.EarlyStopping is { } early
                ? new EarlyStoppingSpec(early.Metric, early.Goal, early.Patience, early.MinDelta)
                : null,
            Resources = Resources(project),
            Variables = judged.Variables.Count == 0 ? null : judged.Variables,
            Secrets = training.Secrets,
            Exclude = training.Exclude,
            Shell = services.RecordShell(),
            Parallel = request.Parallel ?? (int?)target.Settings.Whole("parallel"),
            Store = target.StoreUrl,
            Target = target.Spec,
            Limits = project.Limits is { IsEmpty: false } limits ? limits : null,
            User = services.Session.User,
            UsdPerHour = target.IsLocal ? null : judged.Price.UsdPerHour,
            MaxUsd = target.IsLocal ? null : judged.MaxUsd,
        };
    }

    /// <summary>A request with which nothing is wrong, as far as can be told before its files are read.</summary>
    private sealed record JudgedRequest(
        Parameters Parameters, MetricSpec? Metric, Variation? Variation, IReadOnlyDictionary<string, string> Variables, FoundPrice Price,
        decimal? MaxUsd, ImageChoice Image, IReadOnlyList<string> Warnings);
}
