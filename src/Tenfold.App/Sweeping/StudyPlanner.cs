using System.Text.Json;
using Tenfold.App.Fitting;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;

namespace Tenfold.App.Sweeping;

/// <summary>Makes a study from a project's <c>sweep</c> part and the command line. Records and starts nothing.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyPlanner(Services services)
{
    private const int DefaultParallel = 8;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="CommandException">Something is wrong with the project or the command line; the message has every fault.</exception>
    public async Task<StudyPlan> PlanAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        if (request.Folder is { } folder && !Directory.Exists(folder))
            throw new CommandException(ExitCodes.BadInput, $"there is no folder {folder}: a sweep wants a project's folder, with a tenfold.yaml in it");
        var located = services.Projects.Open(request.Folder ?? ".").Match(project => project, faults => throw FitPlanner.Faulty(faults));
        var capabilities = (await services.Targets.PlanNewAsync(located, request.On, cancellationToken)).Target.Capabilities;
        var sweep = Settings(located, request, capabilities);
        var fit = request.HasWork
            ? await new FitPlanner(services).PlanAsync(
                new FitRequest { Script = request.Folder, Parameters = Declared(located.Project, request), On = request.On, Metric = request.Metric, IsSweep = true }, cancellationToken)
            : null;
        var (parameters, space) = (Given(located.Project, request), new SearchSpace(sweep.Parameters));
        CheckValues(located.Project, sweep, parameters);
        var metric = MetricChoice.From(request.Metric, located.Project.Train.Metric is { } own ? new MetricSpec(own.Name, own.Goal) : null)
            ?? throw new CommandException(ExitCodes.BadInput, "a sweep needs a metric to decide by: name it in tenfold.yaml (train.metric: { name: accuracy, goal: maximize }) or with --metric accuracy:maximize");
        var earlier = sweep.From is { } from ? await EarlierAsync(from, located.Project, metric, sweep, space, cancellationToken) : (null, []);
        var git = fit is null ? await GitFacts.ReadAsync(located.Folder, services.Time, cancellationToken) : null;
        var study = new StudyRecord
        {
            Id = RunNames.NewGroup(),
            Root = located.Folder,
            Target = fit?.Group.Target ?? "local",
            CreatedAt = services.Time.GetUtcNow(),
            Host = Environment.MachineName,
            Version = Product.Version,
            GitCommit = fit?.Group.GitCommit ?? git?.Commit,
            GitBranch = fit?.Group.GitBranch ?? git?.Branch,
            GitDirty = fit?.Group.GitDirty ?? git?.Dirty,
            Spec = new StudySpec
            {
                Project = located.Project.Name,
                Metric = metric,
                Space = SpaceJson.Write(sweep.Parameters),
                Method = sweep.Method,
                Seed = sweep.Seed,
                Trials = sweep.Trials ?? (sweep.Method == SweepMethod.Grid ? null : Sweep.DefaultTrials),
                Parallel = sweep.Parallel ?? Room(capabilities, fit?.Group.Spec.Resources),
                Synchronous = sweep.Synchronous,
                // Whoever runs the trials repeats, ends, confirms and pays for them too.
                Repeat = fit is null ? 1 : sweep.Repeat,
                Prune = fit is null ? null : sweep.Prune,
                Confirm = fit is null ? null : sweep.Confirm,
                Budget = fit is null ? null : sweep.Budget,
                Start = [.. sweep.Start.Select(start => Whole(start, parameters, space))],
                From = earlier.Id,
                Earlier = earlier.Trials,
                Work = fit?.Group.Spec,
            },
        };
        return new StudyPlan(study, space, fit?.Notes ?? []);
    }

    private static Sweep Settings(LocatedProject located, SweepRequest request, TargetCapabilities capabilities)
    {
        var sweep = located.Project.Sweep ?? throw new CommandException(
            ExitCodes.BadInput, $"{located.Project.Name} has no 'sweep' in its tenfold.yaml, which says what is searched; for instance:\n  sweep:\n    parameters:\n      learning_rate: {{ min: 1e-4, max: 1e-1, scale: log }}");
        sweep = sweep with
        {
            Parameters = Fixed(sweep, Given(located.Project, request), request.Parameters),
            Method = request.Method ?? sweep.Method,
            Trials = request.Trials ?? sweep.Trials,
            Parallel = request.Parallel ?? sweep.Parallel,
            Repeat = request.Repeat ?? sweep.Repeat,
            Seed = request.Seed ?? sweep.Seed,
            Prune = request.IsUnpruned ? null : request.Prune is { } rule ? (sweep.Prune ?? new Pruning(rule)) with { Rule = rule } : sweep.Prune,
            Synchronous = request.Synchronous || sweep.Synchronous,
            From = request.From ?? sweep.From,
            Budget = request.Time is null && request.Cost is null ? sweep.Budget : new Budget(request.Time ?? sweep.Budget?.Time, request.Cost ?? sweep.Budget?.Usd),
        };
        var problems = sweep.Problems().ToList();
        if (sweep.Budget?.Usd is not null && capabilities.UsdPerHour is null)
            problems.Add($"budget: {request.On ?? "local"} doesn't know what its machines cost, so no cost can be kept to; give a time instead");
        return problems.Count == 0 ? sweep : throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", problems));
    }

    private static IReadOnlyList<string> Declared(ProjectFile project, SweepRequest request) =>
        [.. request.Parameters.Where(argument => project.Train.Params.ContainsKey(argument.Split('=')[0].Trim()))];

    private static Parameters Given(ProjectFile project, SweepRequest request)
    {
        // A parameter that only the sweep knows may be given all the same: then it is fixed.
        var declared = (project.Sweep?.Parameters.Keys ?? []).Where(name => !project.Train.Params.ContainsKey(name))
            .Aggregate(project.Train.Params, (known, name) => known.With(name, RequiredValue.Instance));
        return declared.Override(request.Parameters).Match(given => given, faults => throw FitPlanner.Faulty(faults));
    }

    private static IReadOnlyDictionary<string, SearchDimension> Fixed(Sweep sweep, Parameters given, IReadOnlyList<string> arguments)
    {
        var names = arguments.Select(argument => argument.Split('=')[0].Trim()).Where(sweep.Parameters.ContainsKey).ToHashSet();
        if (names.Count == 0) return sweep.Parameters;
        var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal);
        foreach (var (name, dimension) in sweep.Parameters)
        {
            if (dimension.When.Keys.FirstOrDefault(names.Contains) is { } parent)
                throw new CommandException(ExitCodes.BadInput, $"-p {parent}=…: {name} is in play only for some values of {parent}; change the sweep in tenfold.yaml to fix it");
            space[name] = names.Contains(name) ? new FixedDimension(given[name]) : dimension;
        }

        if (space.Values.All(dimension => dimension is FixedDimension))
            throw new CommandException(ExitCodes.BadInput, "every parameter of the sweep is fixed, so there is nothing to search; `tenfold fit --repeat 10` runs these settings");
        return space;
    }

    // What is not in play has the project's own value. Where there is none the run has no such parameter, and no command can name it.
    private static void CheckValues(ProjectFile project, Sweep sweep, Parameters parameters)
    {
        var faults = parameters.Missing.Where(name => !sweep.Parameters.ContainsKey(name))
            .Select(name => $"parameter '{name}' has no value in tenfold.yaml, and the sweep gives it none; give one: -p {name}=…").ToList();
        var named = project.Train.Command is { } command ? CommandTemplate.Parse(command).Placeholders : [];
        faults.AddRange(sweep.Parameters
            .Where(parameter => parameters.GetValueOrDefault(parameter.Key) is null or RequiredValue)
            .Where(parameter => parameter.Value.When.Count > 0 && named.Contains(parameter.Key))
            .Select(parameter => $"the command names {{{parameter.Key}}}, which is not in play in every trial: give it a value under train.params for those"));
        if (faults.Count > 0) throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", faults));
    }

    private static JsonElement Whole(Parameters start, Parameters parameters, SearchSpace space)
    {
        var settings = start;
        foreach (var axis in space.Axes.Where(axis => !start.ContainsKey(axis.Name) && parameters.ContainsKey(axis.Name)))
            if (space.Encode(Parameters.From([KeyValuePair.Create(axis.Name, parameters[axis.Name])])) is not null) settings = settings.With(axis.Name, parameters[axis.Name]);
        // As they were written: 0.01 is not to become 0.010000000000000014 on the way through the unit cube.
        var whole = space.Decode(space.Encode(settings)!);
        foreach (var axis in space.Axes.Where(axis => axis.Kind == AxisKind.Continuous && whole.ContainsKey(axis.Name) && settings.ContainsKey(axis.Name)))
            whole = whole.With(axis.Name, settings[axis.Name]);
        using var document = JsonDocument.Parse(whole.ToJson());
        return document.RootElement.Clone();
    }

    private async Task<(string? Id, IReadOnlyList<EarlierTrial> Trials)> EarlierAsync(
        string from, ProjectFile project, MetricSpec metric, Sweep sweep, SearchSpace space, CancellationToken cancellationToken)
    {
        var study = await services.Ids.StudyAsync(from, cancellationToken);
        if (study.Spec.Project != project.Name || study.Spec.Metric != metric)
        {
            throw new CommandException(
                ExitCodes.BadInput,
                $"from: {study.Id} is a study of {study.Spec.Project} by {study.Spec.Metric.Name} ({study.Spec.Metric.Goal.ToString().ToLowerInvariant()}); only one of {project.Name} by {metric.Name} ({metric.Goal.ToString().ToLowerInvariant()}) can be learned from");
        }

        var trials = (await services.Studies.TrialsOfAsync(study.Id, cancellationToken)).Where(trial => trial.State == TrialState.Completed)
            .Where(trial => IsWithin(sweep, space, Parameters.FromJson(trial.Parameters.GetRawText()))).ToList();
        return trials.Count > 0
            ? (study.Id, [.. trials.Select(trial => new EarlierTrial(trial.Number, trial.Parameters, trial.Values))])
            : throw new CommandException(ExitCodes.BadInput, $"from: {study.Id} has no completed trial that lies in this sweep's space, so there is nothing to learn from it");
    }

    // A trial of another value of what is fixed now was another experiment.
    private static bool IsWithin(Sweep sweep, SearchSpace space, Parameters settings) =>
        space.Encode(settings) is { } point
        && Enumerable.Range(0, space.Axes.Count).All(axis => !space.IsActive(point, axis) || settings.ContainsKey(space.Axes[axis].Name))
        && sweep.Parameters.All(parameter => parameter.Value is not FixedDimension only || !settings.TryGetValue(parameter.Key, out var value) || IsSame(value, only.Value));

    private static bool IsSame(ParameterValue one, ParameterValue other) => one == other || (Number(one) is { } number && number == Number(other));

    private static double? Number(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };

    // A cluster has no fixed room: then as many as a model's questions are still worth asking at once.
    private static int Room(TargetCapabilities capabilities, ResourceSpec? needs) => capabilities.Cores is { } cores
        ? Math.Max(1, (int)(cores / Math.Max(needs?.Cpus ?? 1, 0.01)))
        : DefaultParallel;
}

/// <summary>What is about to be recorded.</summary>
/// <param name="Study">The study.</param>
/// <param name="Space">Its space.</param>
/// <param name="Notes">What a user should know.</param>
public sealed record StudyPlan(StudyRecord Study, SearchSpace Space, IReadOnlyList<string> Notes);
