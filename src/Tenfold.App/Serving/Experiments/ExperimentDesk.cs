using Tenfold.Core.Experiments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Experiments;

/// <summary>Starts, judges and stops experiments.</summary>
/// <param name="versions">The ledger's part about versions.</param>
/// <param name="requests">The request log.</param>
/// <param name="by">Who asks: <c>user@host</c>.</param>
/// <param name="time">The clock.</param>
public sealed class ExperimentDesk(IVersionLedger versions, IRequestLog requests, string by, TimeProvider time)
{
    private const long FirstLook = 20;

    /// <summary>Starts an experiment.</summary>
    /// <returns>The experiment; or a refusal: a name is wrong, an arm has no traffic, or another experiment of the model runs.</returns>
    public async Task<Outcome<Experiment>> StartAsync(ExperimentRequest request, CancellationToken cancellationToken)
    {
        var faults = FaultsOf(request).ToList();
        if (faults.Count > 0) return Refusal.BadInput(faults);
        var known = await versions.ListVersionsAsync(request.Model, cancellationToken);
        if (known.Count == 0) return NoModel(request.Model);
        foreach (var name in (string[])[request.Baseline, request.Candidate])
        {
            if (known.FirstOrDefault(version => version.Version == name) is not { } version)
                return Refusal.NotFound($"{request.Model} has no version {name}: `tenfold versions {request.Model}` lists them");
            if (version.State != VersionState.Active)
            {
                var state = version.State.ToString().ToLowerInvariant();
                return Refusal.BadInput($"{request.Model} {name} is {state}, so it can't be compared");
            }
        }

        var route = (await versions.ListRoutesAsync(cancellationToken)).First(one => one.Model == request.Model);
        var shares = route.Shares();
        foreach (var name in (string[])[request.Baseline, request.Candidate])
        {
            if (shares.GetValueOrDefault(name) > 0) continue;
            return Refusal.BadInput(
                $"{request.Model} {name} has no traffic, so there would be nothing to compare: give it some first, for example with "
                + $"`tenfold traffic {request.Model} {request.Baseline}=90 {request.Candidate}=10`");
        }

        var experiment = new Experiment
        {
            Number = 0,
            Model = request.Model,
            Baseline = request.Baseline,
            Candidate = request.Candidate,
            Metric = request.Metric,
            Goal = request.Goal ?? ExperimentMetric.GoalOf(request.Metric),
            Alpha = request.Alpha,
            TunedFor = request.ExpectedKeys,
            FirstLook = FirstLook,
            StartedAt = time.GetUtcNow(),
            StartedBy = by,
        };
        return await versions.AddExperimentAsync(experiment, cancellationToken) is { } number ? experiment with { Number = number }
            : Refusal.AlreadyExists(
                $"an experiment of {request.Model} is running: end it with `tenfold ab stop {request.Model}` before another one starts");
    }

    /// <summary>Judges a model's experiment that runs, or else its last one.</summary>
    /// <returns>The status; or NotFound when the model has had no experiment.</returns>
    public async Task<Outcome<ExperimentStatus>> JudgeAsync(string model, CancellationToken cancellationToken)
    {
        if (!(await LoadAsync(model, cancellationToken)).Succeeded(out var loaded, out var refusal)) return refusal;
        return ExperimentAnalysis.Judge(loaded.Experiment, loaded.Routes, loaded.Outcomes, time.GetUtcNow());
    }

    /// <summary>Loads a model's experiment that runs, or else its last one, with everything that judges it.</summary>
    /// <returns>What was loaded; or NotFound when the model has had no experiment.</returns>
    public async Task<Outcome<LoadedExperiment>> LoadAsync(string model, CancellationToken cancellationToken)
    {
        var experiments = await versions.ListExperimentsAsync(model, cancellationToken);
        var last = experiments.Count > 0 ? experiments[^1] : null;
        if ((experiments.FirstOrDefault(one => one.EndedAt is null) ?? last) is not { } experiment)
        {
            return (await versions.ListVersionsAsync(model, cancellationToken)).Count == 0 ? NoModel(model)
                : Refusal.NotFound($"{model} has had no experiment: start one with `tenfold ab start {model} BASELINE CANDIDATE`");
        }

        return new LoadedExperiment(
            experiment,
            await versions.ListRouteHistoryAsync(model, cancellationToken),
            await requests.AggregateAsync(ExperimentMetric.QueryOf(experiment), cancellationToken));
    }

    /// <summary>Ends a model's experiment. Its outcomes stay, and feedback on its requests still counts.</summary>
    /// <returns>The ended experiment; or NotFound when none runs.</returns>
    public async Task<Outcome<Experiment>> StopAsync(string model, CancellationToken cancellationToken)
    {
        var running = (await versions.ListExperimentsAsync(model, cancellationToken)).FirstOrDefault(one => one.EndedAt is null);
        if (running is null) return Refusal.NotFound($"no experiment of {model} is running");
        var (now, reason) = (time.GetUtcNow(), new Reason.ExperimentStopped());
        return await versions.EndExperimentAsync(model, running.Number, now, reason, cancellationToken)
            ? running with { EndedAt = now, EndReason = reason }
            : Refusal.NotFound($"no experiment of {model} is running: another process has just ended it");
    }

    private static IEnumerable<string> FaultsOf(ExperimentRequest request)
    {
        if (request.Baseline == request.Candidate) yield return $"{request.Baseline} can't be compared with itself";
        if (Feedback.Check(request.Metric, 0) is { } fault) yield return fault;
        if (request.Alpha is not (> 0 and < 0.5)) yield return "--alpha must be a number between 0 and 0.5, such as 0.05";
        if (request.ExpectedKeys < 100) yield return "--keys must be at least 100";
    }

    private static Refusal NoModel(string model) =>
        Refusal.NotFound($"no version of {model} is deployed: `tenfold versions` lists the models");
}

/// <summary>An experiment with everything that judges it.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Routes">All routes of its model, oldest first.</param>
/// <param name="Outcomes">Its outcomes.</param>
public sealed record LoadedExperiment(Experiment Experiment, IReadOnlyList<Route> Routes, IReadOnlyList<KeyOutcome> Outcomes);
