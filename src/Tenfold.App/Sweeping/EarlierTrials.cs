using System.Text.Json;
using Tenfold.App.Sweeping.Optuna;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Sweeping;

/// <summary>Finds what a new study can learn from an earlier one.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class EarlierTrials(Services services)
{
    /// <summary>The completed trials of an earlier study that lie in the new study's space.</summary>
    /// <param name="from">A prefix of the earlier study's id, or a study in a file of Optuna (<see cref="OptunaImport"/>).</param>
    /// <param name="folder">The folder that a relative path starts from; null for this process's.</param>
    /// <param name="project">The project.</param>
    /// <param name="metrics">The new study's metric, or its objectives.</param>
    /// <param name="sweep">The new study's sweep.</param>
    /// <param name="space">The new study's space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The earlier study with at least one trial; or a refusal: the study is another project's, or no trial fits.</returns>
    public async Task<Outcome<EarlierStudy>> LoadAsync(
        string from, string? folder, ProjectFile project, IReadOnlyList<MetricSpec> metrics, Sweep sweep, SearchSpace space,
        CancellationToken cancellationToken)
    {
        if (OptunaImport.IsMeant(from))
        {
            if (sweep.Constraints.Count > 0) return Unlimited(from, sweep.Constraints[0]);
            if (metrics.Count > 1)
            {
                return Refusal.BadInput(
                    $"from: a study of Optuna is read with one objective only, and this sweep has {metrics.Count}; leave out `from`, and "
                    + "name its best settings under `start`");
            }

            return (await new OptunaImport(services).OpenAsync(from, folder, cancellationToken)).Succeeded(out var source, out var fault)
                ? new OptunaTrials(source, project.Train.Params, sweep, space).Load(metrics[0]) : fault;
        }

        if (!(await services.Ids.ResolveStudyAsync(from, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (study.Spec.Project != project.Name || !study.Spec.Metrics.SequenceEqual(metrics))
        {
            return Refusal.BadInput(
                $"from: {study.Id} is a study of {study.Spec.Project} by {Describe(study.Spec.Metrics)}; " +
                $"this sweep can learn only from a study of {project.Name} by {Describe(metrics)}");
        }

        // Whether its trials keep other limits is not recorded.
        if (sweep.Constraints.FirstOrDefault(limit => !study.Spec.Constraints.Contains(limit)) is { } missing)
            return Unlimited(study.Id, missing);
        // What a parameter had that a study doesn't search.
        var now = project.Train.Params;
        var then = study.Spec.Work is { } work ? Parameters.FromJson(work.Parameters.GetRawText()) : now;
        var trials = (await services.Studies.ListTrialsAsync(study.Id, cancellationToken))
            .Where(trial => trial.State == TrialState.Completed)
            .Select(trial => (
                Trial: trial, Settings: Translate(sweep, space, Parameters.FromJson(trial.Parameters.GetRawText()), then, now)))
            .Where(one => one.Settings is not null)
            .Select(one => new EarlierTrial(one.Trial.Number, JsonElement.Parse(one.Settings!.ToJson()), one.Trial.Values)
            {
                Others = one.Trial.Others,
            }).ToList();
        if (trials.Count > 0) return new EarlierStudy(study.Id, trials, null);
        return Refusal.BadInput(
            $"from: {study.Id} has no completed trial that lies in this sweep's space, so there is nothing to learn from it");
    }

    private static Refusal Unlimited(string from, MetricLimit limit) => Refusal.BadInput(
        $"from: {from} did not have the constraint {limit}, so it is not known which of its trials keep it; " +
        "leave out `from`, and name its best settings under `start`");

    private static string Describe(IReadOnlyList<MetricSpec> metrics) =>
        string.Join(" and ", metrics.Select(metric => $"{metric.Name} ({metric.Goal.ToString().ToLowerInvariant()})"));

    // The settings of an earlier trial as a point of the new space; null when the trial was a different experiment. A parameter that the
    // earlier study did not search had the project's value; one that the new study does not search must have had the value of its runs.
    internal static Parameters? Translate(Sweep sweep, SearchSpace space, Parameters trial, Parameters then, Parameters now)
    {
        if (trial.Any(one => !sweep.Parameters.ContainsKey(one.Key) && !(Value(now, one.Key) is { } own && AreEqual(own, one.Value))))
            return null;
        var settings = new OrderedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var (name, dimension) in sweep.Parameters)
        {
            var value = trial.GetValueOrDefault(name) ?? (dimension.When.Count == 0 ? Value(then, name) : null);
            if (dimension is FixedDimension only)
            {
                if (value is not null && !AreEqual(value, only.Value)) return null;
                if (value is not null || only.When.Count == 0) settings[name] = only.Value;
            }
            else if (value is not null)
            {
                settings[name] = value;
            }
        }

        // A parameter with a condition has its value only where the condition holds. Conditions may follow from others.
        for (var added = true; added;)
        {
            added = false;
            if (space.Encode(Parameters.From(settings)) is not { } point) return null;
            for (var axis = 0; axis < space.Axes.Count; axis++)
            {
                var name = space.Axes[axis].Name;
                if (!space.IsActive(point, axis) || settings.ContainsKey(name)) continue;
                if (Value(then, name) is not { } value) return null;
                (settings[name], added) = (value, true);
            }
        }

        var all = Parameters.From(settings);
        return space.Encode(all) is { } whole && !space.IsForbidden(whole) ? all : null;
    }

    private static ParameterValue? Value(Parameters parameters, string name) =>
        parameters.GetValueOrDefault(name) is { } value and not RequiredValue ? value : null;

    private static bool AreEqual(ParameterValue one, ParameterValue other) =>
        one == other || (NumberIn(one) is { } number && number == NumberIn(other));

    private static double? NumberIn(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };
}

/// <summary>An earlier study to learn from.</summary>
/// <param name="Name">Its id; of a study in a file, the names of both.</param>
/// <param name="Trials">Its trials in the new study's space.</param>
/// <param name="Note">What a user should know; null for nothing.</param>
internal sealed record EarlierStudy(string Name, IReadOnlyList<EarlierTrial> Trials, string? Note);
