using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Sweeping;

/// <summary>Merges a request into the <c>sweep</c> section of <c>tenfold.yaml</c>, and checks the result.</summary>
internal static class SweepSettings
{
    /// <summary>Merges the request into the project's sweep.</summary>
    /// <returns>The sweep; or BadInput with every fault.</returns>
    public static Outcome<Sweep> Merge(ProjectFile project, SweepRequest request, decimal? usdPerHour)
    {
        if (project.Sweep is not { } sweep)
        {
            return Refusal.BadInput(
                $"{project.Name} has no 'sweep' in its tenfold.yaml, which says what to search; for example:\n" +
                "  sweep:\n    parameters:\n      learning_rate: { min: 1e-4, max: 1e-1, scale: log }");
        }

        if (!Given(project, request).Succeeded(out var given, out var refusal)) return refusal;
        if (!Fix(sweep, given, request.Parameters).Succeeded(out var space, out refusal)) return refusal;
        sweep = sweep with
        {
            Parameters = space,
            Method = request.Method ?? sweep.Method,
            Trials = request.Trials ?? sweep.Trials,
            Parallel = request.Parallel ?? sweep.Parallel,
            Repeat = request.Repeat ?? sweep.Repeat,
            Seed = request.Seed ?? sweep.Seed,
            Prune = Prune(sweep, request),
            Synchronous = request.Synchronous || sweep.Synchronous,
            From = request.From ?? sweep.From,
            Budget = request.Time is null && request.Cost is null
                ? sweep.Budget
                : new Budget(request.Time ?? sweep.Budget?.Time, request.Cost ?? sweep.Budget?.Usd),
        };
        var problems = sweep.Problems().ToList();
        if (sweep.Budget?.Usd is not null && usdPerHour is null)
        {
            problems.Add(
                $"budget: the price of {request.On ?? TargetSettings.LocalKind}'s machines is unknown, " +
                "so limit the time instead of the cost");
        }

        return problems.Count == 0 ? sweep : Refusal.BadInput(string.Join("\n  ", problems));
    }

    /// <summary>The request's parameters that <c>train.params</c> declares, as the user wrote them.</summary>
    public static IReadOnlyList<string> Declared(ProjectFile project, SweepRequest request) =>
        [.. request.Parameters.Where(argument => project.Train.Params.ContainsKey(ParameterArguments.NameIn(argument)))];

    /// <summary>The project's parameters with the request's values.</summary>
    public static Outcome<Parameters> Given(ProjectFile project, SweepRequest request)
    {
        // A user may fix a parameter that only the sweep declares.
        var declared = (project.Sweep?.Parameters.Keys ?? []).Where(name => !project.Train.Params.ContainsKey(name))
            .Aggregate(project.Train.Params, (known, name) => known.With(name, RequiredValue.Instance));
        return declared.Override(request.Parameters).ToOutcome();
    }

    /// <summary>Checks that each parameter has a value in every trial that needs one.</summary>
    /// <returns>Every fault; null when there is none.</returns>
    /// <remarks>
    /// A parameter that is inactive in a trial has the project's own value. Without one, the run has no such parameter, and its command
    /// can't name it.
    /// </remarks>
    public static Refusal? CheckValues(ProjectFile project, Sweep sweep, Parameters parameters)
    {
        var faults = parameters.Missing.Where(name => !sweep.Parameters.ContainsKey(name))
            .Select(name => $"parameter '{name}' has no value in tenfold.yaml or in the sweep; give it one: -p {name}=…")
            .ToList();
        var named = project.Train.Command is { } command ? CommandTemplate.Parse(command).Placeholders : [];
        faults.AddRange(sweep.Parameters
            .Where(parameter => parameters.GetValueOrDefault(parameter.Key) is null or RequiredValue)
            .Where(parameter => parameter.Value.When.Count > 0 && named.Contains(parameter.Key))
            .Select(parameter =>
                $"the command names {{{parameter.Key}}}, which is not active in every trial: give it a value under train.params for the " +
                "other trials"));
        faults.AddRange(sweep.Parameters
            .Where(parameter => named.Contains(parameter.Key) && CanBeNull(parameter.Value))
            .Select(parameter => CommandTemplate.NoWord(parameter.Key).Message));
        return faults.Count > 0 ? Refusal.BadInput(string.Join("\n  ", faults)) : null;
    }

    /// <summary>
    /// The settings of the baseline: the project's own value of each searched parameter that is active. Null when one has no value.
    /// </summary>
    public static JsonElement? BaselineOf(Sweep sweep, Parameters parameters)
    {
        var settings = Parameters.From([]);
        foreach (var (name, dimension) in sweep.Parameters)
        {
            var own = sweep.Baseline?.GetValueOrDefault(name) ?? parameters.GetValueOrDefault(name);
            if (own is null or RequiredValue && dimension is FixedDimension only) own = only.Value;
            if (own is not (null or RequiredValue)) settings = settings.With(name, own);
        }

        var isActive = sweep.Parameters.ToDictionary(
            one => one.Key,
            one => one.Value.When.All(when => settings.GetValueOrDefault(when.Key) is { } value && when.Value.Contains(value)));
        if (isActive.Any(one => one.Value && !settings.ContainsKey(one.Key))) return null;
        using var document = JsonDocument.Parse(Parameters.From(settings.Where(one => isActive[one.Key])).ToJson());
        return document.RootElement.Clone();
    }

    private static bool CanBeNull(SearchDimension dimension) => dimension switch
    {
        ChoiceDimension choice => choice.Values.Contains(NullValue.Instance),
        FixedDimension only => only.Value is NullValue,
        _ => false,
    };

    private static Pruning? Prune(Sweep sweep, SweepRequest request)
    {
        if (request.IsUnpruned) return null;
        return request.Prune is { } rule ? (sweep.Prune ?? new Pruning(rule)) with { Rule = rule } : sweep.Prune;
    }

    private static Outcome<IReadOnlyDictionary<string, SearchDimension>> Fix(
        Sweep sweep, Parameters given, IReadOnlyList<string> arguments)
    {
        var names = arguments.Select(ParameterArguments.NameIn).Where(sweep.Parameters.ContainsKey).ToHashSet();
        if (names.Count == 0) return Outcome.Of(sweep.Parameters);
        var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal);
        foreach (var (name, dimension) in sweep.Parameters)
        {
            if (dimension.When.Keys.FirstOrDefault(names.Contains) is { } parent)
            {
                return Refusal.BadInput(
                    $"-p {parent}=…: {name} is active only for some values of {parent}; change the sweep in tenfold.yaml to fix it");
            }

            space[name] = names.Contains(name) ? new FixedDimension(given[name]) : dimension;
        }

        if (space.Values.All(dimension => dimension is FixedDimension))
        {
            return Refusal.BadInput(
                "every parameter of the sweep is fixed, so there is nothing to search; `tenfold fit --repeat 10` runs these settings");
        }

        return Outcome.Of<IReadOnlyDictionary<string, SearchDimension>>(space);
    }
}
