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
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The trial; or a refusal: there is no such study, Tenfold runs its trials, it has ended, or it has no more trials.
    /// </returns>
    public async Task<Outcome<TrialRecord>> AskAsync(string prefix, CancellationToken cancellationToken)
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
        var suggester = new TrialSuggester(study, SearchMethods.Create(study.Spec.Method));
        // Another process may ask at the same time. The first to record a number gets the trial, and the other suggests again.
        while (true)
        {
            var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
            var ask = suggester.Next(trials, services.Time.GetUtcNow());
            if (ask.Trial is not { } trial)
                return Refusal.NotFound($"{study.Id} has no more trials: {ask.Why}; `tenfold study best {study.Id}` prints the best");
            if (await services.Studies.AddTrialAsync(trial, null, [], cancellationToken)) return trial;
            if ((await services.Studies.FindStudyAsync(study.Id, cancellationToken))!.State != StudyState.Running)
                return Refusal.BadInput($"{study.Id} has ended in the meantime, so it has no more trials");
        }
    }

    /// <summary>Records the result of a trial. A trial that has a result keeps it.</summary>
    /// <param name="prefix">A prefix of the study's id.</param>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The trial as it is now; or a refusal: there is no such study or trial, or the result makes no sense.</returns>
    public async Task<Outcome<ToldTrial>> TellAsync(string prefix, TrialResult result, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveStudyAsync(prefix, cancellationToken)).Succeeded(out var study, out var refusal)) return refusal;
        if (!Read(study, result).Succeeded(out var tell, out refusal)) return refusal;
        var isNew = await services.Studies.TellAsync(tell, cancellationToken);
        var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
        if (trials.FirstOrDefault(trial => trial.Number == tell.Number) is { } told) return new ToldTrial(told, isNew);
        return Refusal.NotFound($"{study.Id} has no trial {tell.Number}: `tenfold study ask {study.Id}` gives the numbers");
    }

    private Outcome<TrialTell> Read(StudyRecord study, TrialResult result)
    {
        if ((result.Values.Count > 0 ? 1 : 0) + (result.Failure is null ? 0 : 1) + (result.IsLost ? 1 : 0) != 1)
            return Refusal.BadInput("tell needs one of these: a value (or several), --failed \"why\", or --lost");
        if (study.Spec.Work is not null)
        {
            return Refusal.BadInput(
                $"{study.Id} runs its trials itself and reads their results from its runs; `tenfold cancel` cancels a run");
        }

        var values = new List<double>();
        foreach (var text in result.Values)
        {
            if (ReadValue(text) is not { } value)
                return Refusal.BadInput($"{Excerpt.Of(text)} is not a number; write for example 0.93, or --failed \"why\"");
            values.Add(value);
        }

        var now = services.Time.GetUtcNow();
        if (result.IsLost) return new TrialTell(study.Id, result.Trial, TrialState.Lost, [], new Reason.TrialLost(), now);
        if (result.Failure is not null && string.IsNullOrWhiteSpace(result.Failure))
            return Refusal.BadInput("--failed needs a reason, such as --failed \"out of memory\"");
        if (values.Count > 0 && values.TrueForAll(double.IsFinite) && !double.IsFinite(values.Average()))
            return Refusal.BadInput("the mean of these values is too large for a number");
        // A trial whose metric is NaN or infinite has failed.
        var invalid = values.FindIndex(value => !double.IsFinite(value));
        if (result.Failure is null && invalid < 0) return new TrialTell(study.Id, result.Trial, TrialState.Completed, values, null, now);
        Reason why = result.Failure is { } failure ? new Reason.Note(failure)
            : new Reason.MetricNotFinite(study.Spec.Metric.Name, values[invalid]);
        return new TrialTell(study.Id, result.Trial, TrialState.Failed, [], why, now);
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
/// <param name="Values">The metric's value, or several for repeats with different seeds, as text; empty without a result.</param>
/// <param name="Failure">Why the trial failed; null when it did not.</param>
/// <param name="IsLost">True when the trial was lost with its machine: its point is asked for again.</param>
public sealed record TrialResult(int Trial, IReadOnlyList<string> Values, string? Failure = null, bool IsLost = false);

/// <summary>A trial whose result was told.</summary>
/// <param name="Trial">The trial as it is now.</param>
/// <param name="IsNew">False when the trial had a result already, and nothing was changed.</param>
public sealed record ToldTrial(TrialRecord Trial, bool IsNew);
