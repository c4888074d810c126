using System.Text.Json;
using Tenfold.Agent.Preparation;
using Tenfold.App.Targets;
using Tenfold.Core.Attempts;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Makes a plan from a project: takes the snapshot, hashes the data, checks that this machine can run it. Records and starts nothing.</summary>
/// <param name="services">The services of this home.</param>
public sealed class FitPlanner(Services services)
{
    /// <summary>Makes the plan.</summary>
    /// <exception cref="CommandException">Something is wrong with the project; the message has every fault.</exception>
    public async Task<FitPlan> PlanAsync(FitRequest request, CancellationToken cancellationToken)
    {
        if (request.Like is { } like) return await new RerunPlanner(services).PlanAsync(like, request, cancellationToken);
        var located = (request.Script is { } script && !Directory.Exists(script) ? OpenScript(script) : services.Projects.Open(request.Script ?? "."))
            .Match(project => project, faults => throw Faulty(faults));
        RefuseLater(located.Project);
        var where = await services.Targets.PlanNewAsync(located, request.On, cancellationToken);
        var parameters = Given(located.Project, request).Match(merged => merged, faults => throw Faulty(faults));
        if (MissingHere(located.Project.Train, where) is { } missing) throw new CommandException(ExitCodes.Unavailable, missing);

        var pins = new ChannelPinner(services);
        var data = await pins.PinAsync(located, where.Store, cancellationToken);
        var taken = await SnapshotAsync(located, where.Store, data, cancellationToken);
        var git = await GitFacts.ReadAsync(located.Folder, services.Time, cancellationToken);
        var spec = Spec(located, request, where, parameters, data, taken.Snapshot.Id);
        var group = new GroupRecord
        {
            Id = RunNames.NewGroup(),
            Root = located.Folder,
            Target = where.Name,
            CreatedAt = services.Time.GetUtcNow(),
            Host = Environment.MachineName,
            Version = Product.Version,
            BaseSeed = request.Seed,
            Repeat = request.Repeat ?? located.Project.Repeat,
            GitCommit = git?.Commit,
            GitBranch = git?.Branch,
            GitDirty = git?.Dirty,
            Spec = spec,
        };
        return new FitPlan(group, [.. Enumerable.Range(1, group.Repeat).Select(i => RunRecord.New(group, i, SeedSequence.Derive(group.BaseSeed, i)))], [.. pins.Notes, .. Notes(taken)])
        {
            Project = located.Project,
            Place = where,
        };
    }

    // What a sweep is still to give may be missing.
    private static Checked<Parameters> Given(ProjectFile project, FitRequest request) => (project.Train.AnyParameter, request.IsSweep) switch
    {
        (_, true) => project.Train.Params.Override(request.Parameters),
        (var anyName, _) => project.Train.Params.Merge(request.Parameters, anyName),
    };

    /// <summary>Faults as what the command ends with.</summary>
    public static CommandException Faulty(IReadOnlyList<Fault> faults) =>
        new(ExitCodes.BadInput, faults.Count == 1 ? faults[0].ToString() : $"{faults.Count} faults\n  {string.Join("\n  ", faults)}");

    private static Checked<LocatedProject> OpenScript(string script)
    {
        // Beside a tenfold.yaml its own settings hold, so that nothing of them is passed over silently.
        var folder = Path.GetDirectoryName(Path.GetFullPath(script))!;
        if (ProjectFinder.Find(folder) is not { } file) return AssumedProject.For(script);
        throw new CommandException(ExitCodes.BadInput, $"{script} belongs to the project of {file}: run `tenfold fit` without a script, or set train.script there");
    }

    private static void RefuseLater(ProjectFile project)
    {
        var later = project.Train.Environment.Kind switch
        {
            EnvironmentKind.Image or EnvironmentKind.Dockerfile =>
                $"train.environment: {project.Train.Environment.Reference} (a container image) is not available yet; use requirements.txt, environment.yml or system",
            _ => null,
        };
        if (later is not null) throw new CommandException(ExitCodes.Unavailable, later);
    }

    private static string? MissingHere(Training training, PlannedTarget where)
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        var script = training.Script is { } file && training.Environment.Kind == EnvironmentKind.System ? ScriptRunner.Missing(file, path) : null;
        if (training.Secrets.FirstOrDefault(secret => Environment.GetEnvironmentVariable(secret) is null) is { } secret)
            throw new CommandException(ExitCodes.BadInput, $"secrets names {secret}, and this shell has no such variable: export {secret}=…");
        // What another machine has is seen there.
        return where.IsHere ? script ?? EnvironmentCache.Missing(Environments(training), path) : null;
    }

    private static EnvironmentSpec Environments(Training training, string? hash = null) => training.Environment.Kind switch
    {
        EnvironmentKind.Requirements => new EnvironmentSpec("requirements", training.Environment.Reference, hash),
        EnvironmentKind.Conda => new EnvironmentSpec("conda", training.Environment.Reference, hash),
        _ => new EnvironmentSpec("system"),
    };

    private async Task<SnapshotOutcome.Taken> SnapshotAsync(LocatedProject located, IStore store, Dictionary<string, DataSpec> data, CancellationToken cancellationToken)
    {
        var request = new SnapshotRequest
        {
            Root = located.Folder,
            Exclude = located.Project.Train.Exclude,
            // Data is pinned by its own hash; and where Tenfold itself writes must not be part of what it pins.
            LeftOut = [.. data.Values.Select(channel => channel.Link).Append(Path.GetRelativePath(located.Folder, services.Home)).OfType<string>().Where(ChannelPinner.IsInside)],
        };
        var taken = (await new SnapshotTaker(store, services.Index, services.Time).TakeAsync(request, cancellationToken)).Match(
            taken => taken,
            refused => throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", refused.Faults.Select(fault => fault.Message))));
        var training = located.Project.Train;
        if (training.Script is not null || training.Environment.Kind != EnvironmentKind.System)
        {
            var (manifest, failure) = await new SnapshotReader(store).ReadManifestAsync(taken.Snapshot.Id, cancellationToken);
            if (manifest is null) throw new CommandException(ExitCodes.Damaged, failure!.Fault!);
            foreach (var needed in new[] { training.Script, Environments(training).File }.OfType<string>())
                if (!manifest.Files.Any(file => file.Path == needed)) throw new CommandException(ExitCodes.BadInput, NotPinned(located.Folder, needed));
        }

        return taken;
    }

    private static string NotPinned(string folder, string needed) => File.Exists(Path.Combine(folder, needed))
        ? $"{needed} is left out of the snapshot by .gitignore or train.exclude, and the run needs it: take it back in with exclude: [ \"!{needed}\" ]"
        : $"{needed} is not in {folder}: correct its path in tenfold.yaml, or create it";

    private static WorkSpec Spec(LocatedProject located, FitRequest request, PlannedTarget where, Parameters parameters, Dictionary<string, DataSpec> data, string snapshot)
    {
        var (project, training) = (located.Project, located.Project.Train);
        var file = Environments(training).File;
        return new WorkSpec
        {
            Project = project.Name,
            Snapshot = snapshot,
            Command = training.Command,
            Script = training.Script,
            Environment = Environments(training, file is null ? null : Hash(Path.Combine(located.Folder, file))),
            Parameters = JsonDocument.Parse(parameters.ToJson()).RootElement,
            Data = data,
            Metric = MetricChoice.From(request.Metric, training.Metric is { } metric ? new MetricSpec(metric.Name, metric.Goal) : null),
            MetricPatterns = new Dictionary<string, string>(training.Metrics),
            EarlyStopping = training.EarlyStopping is { } early ? new EarlyStoppingSpec(early.Metric, early.Goal, early.Patience, early.MinDelta) : null,
            Resources = new ResourceSpec
            {
                Cpus = project.Resources.Cpus,
                MemoryBytes = project.Resources.MemoryBytes,
                Gpus = project.Resources.Gpus,
                MaxRuntime = project.Resources.MaxRuntime,
                Retries = project.Resources.Retries,
                Spot = project.Resources.Spot,
            },
            Secrets = training.Secrets,
            Exclude = training.Exclude,
            Shell = ShellVariables.ToRecord(),
            Parallel = request.Parallel ?? (int?)where.Settings.Whole("parallel"),
            Store = where.StoreUrl,
            Target = where.Spec,
        };
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file));
    }

    private static List<string> Notes(SnapshotOutcome.Taken taken)
    {
        var notes = new List<string>();
        if (taken.Warning is { } warning) notes.Add(warning);
        if (taken.Skipped.Count > 0) notes.Add($"left out of the snapshot, since they are no files: {string.Join(", ", taken.Skipped.Take(5))}");
        return notes;
    }
}
