using System.Globalization;
using Tenfold.Core.Input;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>Asks a study for trials and tells it their results, for users who run the trials themselves.</summary>
/// <param name="services">The services of this home.</param>
public sealed class AskAndTell(Services services)
{
    /// <summary>Asks for the next trial, and records it.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="lease">How long the trial may be without a sign of life before it counts as lost; null for no limit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The trial; or a refusal: there is no such study, Tenfold runs its trials, it has ended, or it has no more trials.
    /// </returns>
    public async Task<Outcome<TrialRecord>> AskAsync(string prefix, TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveStudyAsync(prefix, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (study.Spec.Work is not null)
        {
            return Refusal.BadInput(
                $"{study.Id} runs its trials itself; continue it with `tenfold sweep --resume {study.Id}`. " +
                "For a loop of your own: tenfold study create");
        }

        if (study.State != StudyState.Running)
            return Refusal.BadInput($"{study.Id} is {study.State.ToString().ToLowerInvariant()}: it gives no more trials");
        // With several objectives, each trial has scores of its own, and needs its own fit.
        var fits = study.Spec.HasFront ? null : new FitFile(Path.Combine(services.Home, "fits"), study.Id, services.Time);
        var suggester = new TrialSuggester(study, SearchMethods.Create(study.Spec.Method, fits));
        if (await NextAsync(study, suggester, lease, cancellationToken) is not { } next)
            return Refusal.BadInput($"{study.Id} has ended in the meantime, so it has no more trials");
        if (next.Trial is { } trial) return trial;
        return Refusal.NotFound($"{study.Id} has no more trials: {next.Why}; `tenfold study best {study.Id}` prints the best");
    }

    /// <summary>Asks for the next trial, and records it.</summary>
    /// <param name="study">A running study, whose trials the user runs.</param>
    /// <param name="suggester">Suggests its trials.</param>
    /// <param name="lease">As for <see cref="AskAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The recorded trial, or why there is none; null when the study has ended.</returns>
    internal async Task<NextTrial?> NextAsync(
        StudyRecord study, TrialSuggester suggester, TimeSpan? lease, CancellationToken cancellationToken)
    {
        await using var turn = await AskingTurn.WaitAsync(services.Ledger, study.Id, services.Time, cancellationToken);
        // Another process may ask at the same time. The first to record a number gets the trial, and the other suggests again.
        while (true)
        {
            var now = services.Time.GetUtcNow();
            await services.Studies.LoseExpiredTrialsAsync(study.Id, now, cancellationToken);
            var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
            var ask = suggester.Next(trials, now);
            if (ask.Trial is not { } next) return ask;
            var trial = next with { Lease = lease };
            if (await services.Studies.AddTrialAsync(trial, null, [], cancellationToken)) return NextTrial.Of(trial);
            if ((await services.Studies.FindStudyAsync(study.Id, cancellationToken))!.State != StudyState.Running) return null;
        }
    }

    /// <summary>Says that the worker of a trial is still at work: its lease is counted from now.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="number">The trial.</param>
    /// <param name="lease">How long the lease lasts; null for as long as before.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The trial as it is now; or a refusal: the trial has ended, or there is no lease to renew.</returns>
    public async Task<Outcome<TrialRecord>> TouchAsync(
        string prefix, int number, TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (!(await FindRunningAsync(prefix, number, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        if (lease is null && found.Trial.Lease is null)
            return Refusal.BadInput($"trial {number} has no lease to renew; give it one with --lease, such as --lease 2h");
        if (await services.Studies.TouchTrialAsync(found.Study.Id, number, lease, cancellationToken))
            return await FindTrialAsync(found.Study, number, cancellationToken);
        // It has ended since it was read.
        return (await FindTrialAsync(found.Study, number, cancellationToken)).Succeeded(out var ended, out refusal)
            ? HasEnded(found.Study, ended) : refusal;
    }

    /// <summary>Records a value that a trial has reached, and says whether to end the trial early. Renews the trial's lease.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="number">The trial.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="text">The metric's value there. The first value of a step stands.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The advice; or a refusal: the trial has ended, or the value is no number.</returns>
    public async Task<Outcome<PruningAdvice>> ReportAsync(
        string prefix, int number, long step, string text, CancellationToken cancellationToken)
    {
        if (ReadValue(text) is not { } value) return NoNumber(text);
        if (!(await FindRunningAsync(prefix, number, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        var reported = new ReportedValue(number, step, double.IsFinite(value) ? value : double.NaN);
        if (await services.Studies.ReportAsync(found.Study.Id, reported, services.Time.GetUtcNow(), cancellationToken))
            return await AdviseAsync(found.Study, number, cancellationToken);
        // It has ended since it was read.
        return (await FindTrialAsync(found.Study, number, cancellationToken)).Succeeded(out var ended, out refusal)
            ? HasEnded(found.Study, ended) : refusal;
    }

    /// <summary>Says whether a trial should be ended early, by what has been reported.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="number">The trial.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The advice; or a refusal: the trial has ended.</returns>
    public async Task<Outcome<PruningAdvice>> ShouldPruneAsync(string prefix, int number, CancellationToken cancellationToken) =>
        (await FindRunningAsync(prefix, number, cancellationToken)).Succeeded(out var found, out var refusal)
            ? await AdviseAsync(found.Study, number, cancellationToken) : refusal;

    /// <summary>Records the result of a trial. A trial that has a result keeps it, unless this is a correction.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The trial as it is now; or a refusal: there is no such study or trial, or the result makes no sense.</returns>
    public async Task<Outcome<ToldTrial>> TellAsync(string prefix, TrialResult result, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveStudyAsync(prefix, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (!Read(study, result).Succeeded(out var tell, out refusal)) return refusal;
        if (result.IsPruned && await new ReportedTrials(services.Studies, study, services.Time).JudgeAsync(tell.Number, cancellationToken)
            is { } why)
            tell = tell with { Why = why };
        var isNew = await services.Studies.TellAsync(tell with { IsCorrection = result.IsCorrection }, cancellationToken);
        if (!(await FindTrialAsync(study, tell.Number, cancellationToken)).Succeeded(out var told, out refusal)) return refusal;
        return new ToldTrial(told, isNew);
    }

    private async Task<PruningAdvice> AdviseAsync(StudyRecord study, int number, CancellationToken cancellationToken) => new(
        study.Id, number, await new ReportedTrials(services.Studies, study, services.Time).JudgeAsync(number, cancellationToken),
        study.Spec.Prune is not null);

    private async Task<Outcome<TrialRecord>> FindTrialAsync(StudyRecord study, int number, CancellationToken cancellationToken)
    {
        var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
        if (trials.FirstOrDefault(trial => trial.Number == number) is { } found) return found;
        return Refusal.NotFound($"{study.Id} has no trial {number}: `tenfold study ask {study.Id}` gives the numbers");
    }

    // A trial that the user runs, and that has no result yet.
    private async Task<Outcome<(StudyRecord Study, TrialRecord Trial)>> FindRunningAsync(
        string prefix, int number, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveStudyAsync(prefix, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (study.Spec.Work is not null) return RunsItself(study);
        if (!(await FindTrialAsync(study, number, cancellationToken)).Succeeded(out var trial, out refusal)) return refusal;
        return trial.State == TrialState.Running ? (study, trial) : HasEnded(study, trial);
    }

    private static Refusal HasEnded(StudyRecord study, TrialRecord trial) => Refusal.BadInput(
        trial is { State: TrialState.Lost, LeaseUntil: not null }
            ? $"trial {trial.Number} counts as lost, since its lease has ended, and its point is asked for again. " +
                $"Its result is still welcome: tenfold study tell {study.Id} {trial.Number} …"
            : $"trial {trial.Number} has ended already: it is {trial.State.ToString().ToLowerInvariant()}");

    private static Refusal RunsItself(StudyRecord study) => Refusal.BadInput(
        $"{study.Id} runs its trials itself and reads their results from its runs; `tenfold cancel` cancels a run");

    private static Refusal NoNumber(string text) =>
        Refusal.BadInput($"{Excerpt.Of(text)} is not a number; write for example 0.93, or --failed \"why\"");

    private Outcome<TrialTell> Read(StudyRecord study, TrialResult result)
    {
        var failures = (result.Failure is null ? 0 : 1) + (result.Ending is null ? 0 : 1);
        if ((result.Values.Count > 0 ? 1 : 0) + failures + (result.IsLost ? 1 : 0) + (result.IsPruned ? 1 : 0) != 1)
            return Refusal.BadInput("tell needs one of these: a value (or several), --failed \"why\", --pruned, or --lost");
        if (study.Spec.Work is not null) return RunsItself(study);

        var values = new List<double>();
        foreach (var text in result.Values)
        {
            if (ReadValue(text) is not { } value) return NoNumber(text);
            values.Add(value);
        }

        var now = services.Time.GetUtcNow();
        if (result.IsLost) return new TrialTell(study.Id, result.Trial, TrialState.Lost, [], new Reason.TrialLost(), now);
        if (result.Ending is { } ending) return new TrialTell(study.Id, result.Trial, TrialState.Failed, [], ending, now);
        if (result.IsPruned) return new TrialTell(study.Id, result.Trial, TrialState.Pruned, [], new Reason.PrunedByWorker(), now);
        if (result.Failure is not null && string.IsNullOrWhiteSpace(result.Failure))
            return Refusal.BadInput("--failed needs a reason, such as --failed \"out of memory\"");
        var metrics = study.Spec.Metrics;
        if (values.Count > 0 && study.Spec.HasFront && values.Count != metrics.Count)
        {
            return Refusal.BadInput(
                $"{study.Id} has the objectives {string.Join(", ", metrics.Select(metric => metric.Name))}, so a result needs " +
                $"{metrics.Count} values in this order, not {values.Count}");
        }

        if (values.Count > 0 && values.TrueForAll(double.IsFinite) && !double.IsFinite(values.Average()))
            return Refusal.BadInput("the mean of these values is too large for a number");
        // A trial whose metric is NaN or infinite has failed.
        var invalid = values.FindIndex(value => !double.IsFinite(value));
        if (result.Failure is null && invalid < 0) return Judge(study, result, values, now);
        Reason why = result.Failure is { } failure ? new Reason.Note(failure)
            : new Reason.MetricNotFinite(metrics[study.Spec.HasFront ? invalid : 0].Name, values[invalid]);
        return new TrialTell(study.Id, result.Trial, TrialState.Failed, [], why, now);
    }

    // The state of a trial with values depends on what it says of the metrics that the study limits.
    private static Outcome<TrialTell> Judge(StudyRecord study, TrialResult result, List<double> values, DateTimeOffset now)
    {
        var measured = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, text) in result.Metrics)
        {
            if (ReadValue(text) is not { } value) return NoNumber(text);
            measured[name] = value;
        }

        // The values of objectives are known, so that a limit on one of them needs no more.
        var (limits, objectives) = (study.Spec.Constraints, study.Spec.Objectives);
        List<string> needed = [.. limits.Select(limit => limit.Metric).Where(name => objectives.All(one => one.Name != name))];
        if (measured.Keys.FirstOrDefault(name => !needed.Contains(name)) is { } foreign)
        {
            return Refusal.BadInput(
                $"{study.Id} limits {(needed.Count == 0 ? "no metric" : string.Join(", ", needed))}, so it " +
                $"records no {foreign}; leave it out, or name it under sweep.constraints in a new study");
        }

        if (limits.FirstOrDefault(limit => needed.Contains(limit.Metric) && !measured.ContainsKey(limit.Metric)) is { } missing)
        {
            return Refusal.BadInput(
                $"{study.Id} has the constraint {missing}, so a result needs this metric too: " +
                $"--metric {missing.Metric}=VALUE, or \"metrics\": {{\"{missing.Metric}\": VALUE}} from a worker");
        }

        foreach (var (objective, value) in objectives.Zip(values)) measured[objective.Name] = value;
        var broken = MetricLimit.Check(limits, name => measured[name]);
        var tell = new TrialTell(study.Id, result.Trial, broken?.State ?? TrialState.Completed, values, broken?.Why, now);
        if (tell.State == TrialState.Failed) return tell with { Values = [] };
        return !study.Spec.HasFront ? tell
            : tell with { Values = values[..1], Others = [.. values.Skip(1).Select(value => new[] { value })] };
    }

    private static double? ReadValue(string text)
    {
        // Python and C print infinities as "inf", which .NET doesn't parse.
        if (text.TrimStart('+', '-').ToLowerInvariant() is "inf" or "infinity")
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}

/// <summary>The result of a trial, as a user tells it: values, a failure, or a lost machine.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Values">
/// The metric's value, or several for repeats with different seeds, as text; with several objectives, a value for each, in their order.
/// Empty without a result.
/// </param>
/// <param name="Failure">Why the trial failed; null when it did not.</param>
/// <param name="IsLost">True when the trial was lost with its machine: its point is asked for again.</param>
/// <param name="IsPruned">True when its worker ended it early.</param>
/// <param name="IsCorrection">True to replace a result that was told before.</param>
public sealed record TrialResult(
    int Trial, IReadOnlyList<string> Values, string? Failure = null, bool IsLost = false, bool IsPruned = false, bool IsCorrection = false)
{
    /// <summary>The trial's other metrics, as text: those that the study limits.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new Dictionary<string, string>();

    /// <summary>How the process that ran the trial ended without a result; null otherwise.</summary>
    internal Reason? Ending { get; init; }
}

/// <summary>A trial whose result was told.</summary>
/// <param name="Trial">The trial as it is now.</param>
/// <param name="IsNew">False when nothing was changed: the trial had a result already.</param>
public sealed record ToldTrial(TrialRecord Trial, bool IsNew);

/// <summary>Whether to end a trial early.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trial">The trial.</param>
/// <param name="Why">Why to end it; null to continue.</param>
/// <param name="HasRule">False when the study prunes no trials at all.</param>
public sealed record PruningAdvice(string Study, int Trial, Reason.Pruned? Why, bool HasRule);
