using System.Globalization;
using System.Text.Json;
using Tenfold.Agent.Preparation;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping.Optuna;
using Tenfold.App.Targets;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Sweeping;

/// <summary>Plans a study from the <c>sweep</c> section of a project and a request. Records and starts nothing.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyPlanner(Services services)
{
    private const int DefaultParallel = 8;

    /// <summary>Makes the plan.</summary>
    /// <returns>The plan; or a refusal with every fault of the project or the request.</returns>
    public async Task<Outcome<StudyPlan>> PlanAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        if (request.Folder is { } folder && !Directory.Exists(folder))
            return Refusal.BadInput($"there is no folder {folder}; name the folder of a project with a tenfold.yaml");
        if (!services.Projects.Open(request.Folder ?? ".").ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        var planned = await services.Targets.PlanNewAsync(located, request.On, cancellationToken);
        if (!planned.Succeeded(out var target, out refusal)) return refusal;
        var found = await PriceFinder.FindAsync(
            target.Target, target.IsLocal, FitPlanner.Resources(located.Project), target.Spec,
            request.HasWork ? located.Project.Resources.MaxUsd : null, cancellationToken);
        if (!found.Succeeded(out var price, out refusal)) return refusal;
        if (!SweepSettings.Merge(located.Project, request, price.UsdPerHour).Succeeded(out var sweep, out refusal)) return refusal;
        FitPlan? fit = null;
        if (request.HasWork && !(await PlanFitAsync(located, target, price, request, cancellationToken)).Succeeded(out fit, out refusal))
            return refusal;

        if (fit is not null && NotebookChecks.OfProject(located.Folder, located.Project.Train.Script, [.. sweep.Parameters.Keys]).Faults
            is { Count: > 0 } faults)
            return Refusal.BadInput(string.Join("\n  ", faults));
        if (!SweepSettings.Given(located.Project, request).Succeeded(out var parameters, out refusal)) return refusal;
        if (SweepSettings.CheckValues(located.Project, sweep, parameters) is { } missing) return missing;
        if (!MetricsOf(located.Project, sweep, request).Succeeded(out var metrics, out refusal)) return refusal;
        var space = new SearchSpace(sweep.Parameters, sweep.Forbidden);
        if (CheckForbidden(sweep, space) is { } nothing) return nothing;
        if (metrics is [var metric] && sweep.Constraints.FirstOrDefault(limit => limit.Metric == metric.Name) is { } own)
        {
            return Refusal.BadInput(
                $"constraints: {own.Metric} is the metric that decides, so it needs no limit; limit other metrics that the script prints");
        }

        EarlierStudy? earlier = null;
        if (sweep.From is { } from)
        {
            if (request.IsPushed && OptunaImport.IsMeant(from))
            {
                return Refusal.BadInput(
                    $"from: a pushed commit learns from studies of the ledger only, not from the file {Excerpt.Of(from)}");
            }

            var folderOfFile = request.From is null ? located.Folder : null;
            var loaded = await new EarlierTrials(services).LoadAsync(
                from, folderOfFile, located.Project, metrics, sweep, space, cancellationToken);
            if (!loaded.Succeeded(out earlier, out refusal)) return refusal;
        }

        JsonElement[] start = [.. sweep.Start.Select(point => Complete(point, parameters, space))];
        if (Array.FindIndex(start, point => IsForbidden(space, point)) is >= 0 and var at)
            return Refusal.BadInput($"start: {start[at].GetRawText()} is a forbidden combination; change it, or what is forbidden");
        var spec = Spec(located.Project, sweep, fit, metrics) with
        {
            Parallel = sweep.Parallel ?? DefaultParallelOn(target.Target.Capabilities, fit?.Group.Spec.Resources),
            Baseline = fit is null ? null : SweepSettings.BaselineOf(sweep, parameters),
            Start = start,
            From = earlier?.Name,
            Earlier = earlier?.Trials ?? [],
            Priority = fit is null || request.Priority == RunPriority.Normal ? null : request.Priority,
        };
        return new StudyPlan(
            await RecordAsync(located, spec, fit?.Group, cancellationToken), space,
            [
                .. fit?.Notes ?? [], .. earlier?.Note is { } note ? [note] : Array.Empty<string>(),
                .. sweep.Parameters.Select(parameter => OffStep(parameter.Key, parameter.Value)).OfType<string>(),
            ]);
    }

    // The steps begin at min, and may miss max.
    private static string? OffStep(string name, SearchDimension dimension)
    {
        if (dimension is not RangeDimension { Step: > 0 and var step } range) return null;
        var last = range.Min + ((range.Levels - 1) * step);
        return range.Max - last <= 1e-9 * step ? null : string.Create(CultureInfo.InvariantCulture,
            $"{name}: max {range.Max:G6} is not on its steps, so the largest value that is tried is {last:G6}");
    }

    private static bool IsForbidden(SearchSpace space, JsonElement point) =>
        space.Encode(Parameters.FromJson(point.GetRawText())) is { } encoded && space.IsForbidden(encoded);

    private static Refusal? CheckForbidden(Sweep sweep, SearchSpace space)
    {
        if (sweep.Forbidden.Count == 0) return null;
        var any = SearchMethods.Create(SweepMethod.Random).Suggest(new TuningHistory { Space = space, Number = 1 });
        return any is not null ? null
            : Refusal.BadInput("forbidden: every point of the space is a forbidden combination; remove one of the combinations");
    }

    private static StudySpec Spec(ProjectFile project, Sweep sweep, FitPlan? fit, IReadOnlyList<MetricSpec> metrics) => new()
    {
        Project = project.Name,
        Metric = metrics[0],
        Objectives = metrics.Count > 1 ? metrics : [],
        Space = SpaceJson.Write(sweep.Parameters),
        Forbidden = SpaceJson.WriteForbidden(sweep.Forbidden),
        Method = sweep.Method,
        Seed = sweep.Seed,
        Trials = sweep.Trials ?? (sweep.Method == SweepMethod.Grid ? null : Sweep.DefaultTrials),
        Synchronous = sweep.Synchronous,
        CostAware = sweep.CostAware,
        Prune = sweep.Prune,
        Constraints = sweep.Constraints,
        // A user who runs the trials also repeats, confirms and pays for them.
        Repeat = fit is null ? 1 : sweep.Repeat,
        Confirm = fit is null ? null : sweep.Confirm,
        Budget = fit is null ? null : sweep.Budget,
        Work = fit?.Group.Spec,
    };

    private Task<Outcome<FitPlan>> PlanFitAsync(
        LocatedProject located, PlannedTarget target, FoundPrice price, SweepRequest request, CancellationToken cancellationToken)
    {
        var fit = new FitRequest
        {
            Parameters = SweepSettings.Declared(located.Project, request),
            Variables = request.Variables,
            IsTrial = request.IsTrial,
            On = request.On,
            // Without train.metric, the first objective is the metric of a trial's runs.
            Metric = request.Metric ?? (located.Project is { Train.Metric: null, Sweep.Objectives: [var first, ..] }
                ? $"{first.Name}:{first.Goal}" : null),
            Priority = request.Priority,
            IsSweep = true,
        };
        return new FitPlanner(services).PlanAsync(located, target, price, fit, cancellationToken);
    }

    // The metrics that decide: one, or several objectives.
    private static Outcome<IReadOnlyList<MetricSpec>> MetricsOf(ProjectFile project, Sweep sweep, SweepRequest request)
    {
        if (sweep.Objectives.Count > 0)
        {
            return request.Metric is null ? Outcome.Of(sweep.Objectives) : Refusal.BadInput(
                "--metric names one metric, and sweep.objectives in tenfold.yaml names several; leave out one of both");
        }

        var own = project.Train.Metric is { } named ? new MetricSpec(named.Name, named.Goal) : null;
        if (!MetricChoice.TryRead(request.Metric, own, out var metric, out var refusal)) return refusal;
        if (metric is not null) return Outcome.Of<IReadOnlyList<MetricSpec>>([metric]);
        return Refusal.BadInput(
            "a sweep needs a metric to optimise: name it in tenfold.yaml (train.metric: { name: accuracy, goal: maximize }) " +
            "or with --metric accuracy:maximize");
    }

    private async Task<StudyRecord> RecordAsync(
        LocatedProject located, StudySpec spec, GroupRecord? planned, CancellationToken cancellationToken)
    {
        var git = planned is null
            ? await GitFacts.ReadAsync(located.Folder, services.Environment, services.Time, cancellationToken)
            : null;
        return new StudyRecord
        {
            Id = RunNames.NewGroup(),
            Root = located.Folder,
            Target = planned?.Target ?? TargetSettings.LocalKind,
            CreatedAt = services.Time.GetUtcNow(),
            Host = services.Session.Machine,
            Version = Product.Version,
            GitCommit = planned?.GitCommit ?? git?.Commit,
            GitBranch = planned?.GitBranch ?? git?.Branch,
            GitDirty = planned?.GitDirty ?? git?.Dirty,
            Spec = spec,
        };
    }

    private static JsonElement Complete(Parameters start, Parameters parameters, SearchSpace space)
    {
        var settings = start;
        foreach (var axis in space.Axes.Where(axis => !start.ContainsKey(axis.Name) && parameters.ContainsKey(axis.Name)))
        {
            var one = Parameters.From([KeyValuePair.Create(axis.Name, parameters[axis.Name])]);
            if (space.Encode(one) is not null) settings = settings.With(axis.Name, parameters[axis.Name]);
        }

        // Encoding and decoding 0.01 gives 0.010000000000000014, so continuous values are taken as they were written.
        var complete = space.Decode(space.Encode(settings)!);
        foreach (var axis in space.Axes.Where(axis => axis.Kind == AxisKind.Continuous))
        {
            if (complete.ContainsKey(axis.Name) && settings.ContainsKey(axis.Name))
                complete = complete.With(axis.Name, settings[axis.Name]);
        }

        using var document = JsonDocument.Parse(complete.ToJson());
        return document.RootElement.Clone();
    }

    // A cluster has no fixed number of cores. The default stays small there, because suggestions are worse the more are asked at once.
    private static int DefaultParallelOn(TargetCapabilities capabilities, ResourceSpec? needs) => capabilities.Cores is { } cores
        ? Math.Max(1, (int)(cores / Math.Max(needs?.Cpus ?? 1, 0.01)))
        : DefaultParallel;
}

/// <summary>A study that is ready to be recorded.</summary>
/// <param name="Study">The study.</param>
/// <param name="Space">The space that the study searches.</param>
/// <param name="Notes">What a user should know.</param>
public sealed record StudyPlan(StudyRecord Study, SearchSpace Space, IReadOnlyList<string> Notes);
