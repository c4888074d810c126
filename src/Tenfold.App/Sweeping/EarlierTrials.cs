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
    /// <param name="from">A prefix of the earlier study's id.</param>
    /// <param name="project">The project.</param>
    /// <param name="metric">The new study's metric.</param>
    /// <param name="sweep">The new study's sweep.</param>
    /// <param name="space">The new study's space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The earlier study's id and at least one trial; or a refusal: the study is another project's, or no trial fits.</returns>
    public async Task<Outcome<(string Study, IReadOnlyList<EarlierTrial> Trials)>> LoadAsync(
        string from, ProjectFile project, MetricSpec metric, Sweep sweep, SearchSpace space, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveStudyAsync(from, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (study.Spec.Project != project.Name || study.Spec.Metric != metric)
        {
            return Refusal.BadInput(
                $"from: {study.Id} is a study of {study.Spec.Project} by {Describe(study.Spec.Metric)}; " +
                $"this sweep can learn only from a study of {project.Name} by {Describe(metric)}");
        }

        var trials = (await services.Studies.ListTrialsAsync(study.Id, cancellationToken))
            .Where(trial => trial.State == TrialState.Completed)
            .Where(trial => IsWithin(sweep, space, Parameters.FromJson(trial.Parameters.GetRawText())))
            .Select(trial => new EarlierTrial(trial.Number, trial.Parameters, trial.Values)).ToList();
        if (trials.Count > 0) return Outcome.Of((study.Id, (IReadOnlyList<EarlierTrial>)trials));
        return Refusal.BadInput(
            $"from: {study.Id} has no completed trial that lies in this sweep's space, so there is nothing to learn from it");
    }

    private static string Describe(MetricSpec metric) => $"{metric.Name} ({metric.Goal.ToString().ToLowerInvariant()})";

    // A trial in which a parameter that is now fixed had another value was a different experiment.
    private static bool IsWithin(Sweep sweep, SearchSpace space, Parameters settings) =>
        space.Encode(settings) is { } point
        && Enumerable.Range(0, space.Axes.Count)
            .All(axis => !space.IsActive(point, axis) || settings.ContainsKey(space.Axes[axis].Name))
        && sweep.Parameters.All(parameter =>
            parameter.Value is not FixedDimension only
            || !settings.TryGetValue(parameter.Key, out var value)
            || AreEqual(value, only.Value));

    private static bool AreEqual(ParameterValue one, ParameterValue other) =>
        one == other || (NumberIn(one) is { } number && number == NumberIn(other));

    private static double? NumberIn(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };
}
