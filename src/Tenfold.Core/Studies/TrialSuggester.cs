using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Objectives;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>
/// Suggests a study's next trial: first repeats of lost trials, then the starting points, then the best of an earlier study, and then what
/// the search method suggests. A pure function of the trials: every process gets the same suggestion, also after a crash.
/// </summary>
/// <param name="study">The study.</param>
/// <param name="method">The study's search method.</param>
public sealed class TrialSuggester(StudyRecord study, ISearchMethod method)
{
    /// <summary>How many of an earlier study's best trials are tried again.</summary>
    public const int MaxEarlier = 5;

    private readonly SearchSpace _space = study.Spec.ReadSpace();
    private StudyHistory? _history;

    /// <summary>The study's trials as search methods see them.</summary>
    public StudyHistory History => _history ??= new StudyHistory(study.Spec, _space);

    /// <summary>The next trial.</summary>
    /// <param name="trials">Every trial so far, ordered by number.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The trial, not recorded yet; or why there is none.</returns>
    public NextTrial Next(IReadOnlyList<TrialRecord> trials, DateTimeOffset now)
    {
        var number = trials.Count + 1;
        if (Lost(trials) is { } lost)
        {
            _ = History.PointOf(lost); // refuses parameters from outside the space
            var repeat = New(number, lost.Parameters, "again", new Reason.RepeatsLostTrial(lost.Number), now);
            return NextTrial.Of(repeat with { Again = lost.Number });
        }

        if (study.Spec.Trials is { } planned && trials.Count(trial => trial.Again is null) >= planned)
            return NextTrial.None(new Reason.AllTrialsAsked(planned));
        if (StartingPoint(trials) is var (parameters, reason)) return NextTrial.Of(New(number, parameters, "start", reason, now));
        if (method.Suggest(History.Of(trials)) is not { } suggestion) return NextTrial.None(new Reason.SpaceExhausted());
        var why = ReasonOf(suggestion.Reason, number);
        return NextTrial.Of(New(number, Json(_space.Decode(suggestion.Point)), suggestion.Method, why, now));
    }

    /// <summary>Computes in advance what the next suggestion will need; see <see cref="ISearchMethod.Prepare"/>.</summary>
    public void Prepare(IReadOnlyList<TrialRecord> trials) => method.Prepare(History.Of(trials));

    /// <summary>The best of the study so far; see <see cref="Studies.Finalists"/>.</summary>
    public IReadOnlyList<Finalist> Finalists(IReadOnlyList<TrialRecord> trials, int top) =>
        Studies.Finalists.Of(History, _space, trials, top);

    private static TrialRecord? Lost(IReadOnlyList<TrialRecord> trials)
    {
        var repeated = trials.Select(trial => trial.Again).OfType<int>().ToHashSet();
        return trials.FirstOrDefault(trial =>
            trial.State == TrialState.Lost && !repeated.Contains(trial.Number) && RepeatsBefore(trial) < StudyHistory.MaxRepeats);

        int RepeatsBefore(TrialRecord trial) => trial.Again is { } before ? 1 + RepeatsBefore(trials[before - 1]) : 0;
    }

    private (JsonElement Parameters, Reason Reason)? StartingPoint(IReadOnlyList<TrialRecord> trials)
    {
        if (study.Spec.Start.Count == 0 && study.Spec.Earlier.Count == 0) return null;
        var tried = trials.Select(trial => SearchSpace.Key(History.PointOf(trial))).ToHashSet();
        foreach (var start in study.Spec.Start)
            if (!tried.Contains(Key(start))) return (start, new Reason.StartPoint());
        var best = History.BestEarlier().DistinctBy(trial => Key(trial.Parameters)).Take(MaxEarlier);
        foreach (var trial in best)
            if (!tried.Contains(Key(trial.Parameters)))
                return (trial.Parameters, new Reason.BestOfEarlierStudy(study.Spec.From!, trial.Number));
        return null;
    }

    private string Key(JsonElement parameters) => SearchSpace.Key(_space.Encode(Parameters.FromJson(parameters.GetRawText())));

    private TrialRecord New(int number, JsonElement parameters, string chosenBy, Reason reason, DateTimeOffset now) => new()
    {
        Study = study.Id,
        Number = number,
        Parameters = parameters,
        Method = chosenBy,
        Reason = reason,
        Seed = SeedSequence.Derive(study.Spec.Seed, number),
        AskedAt = now,
        Group = study.Spec.Work is null ? null : RunNames.Trial(study.Id, number),
    };

    private Reason ReasonOf(SuggestionReason reason, int number) => reason switch
    {
        // What a model of scores predicts means nothing to a user.
        SuggestionReason.ResemblesBest or SuggestionReason.PosteriorDraw or SuggestionReason.ExpectedImprovement when study.Spec.HasFront =>
            Weighed(Scalarization.Weights(study.Spec.Objectives.Count, study.Spec.Seed, number)),
        SuggestionReason.GridPoint => new Reason.GridPoint(),
        SuggestionReason.RandomPoint => new Reason.RandomPoint(),
        SuggestionReason.SobolPoint point => new Reason.SobolPoint(point.Number),
        SuggestionReason.SobolPointTaken point => new Reason.SobolPointTaken(point.Number),
        SuggestionReason.PreferredPointsTaken => new Reason.PreferredPointsTaken(),
        SuggestionReason.ResemblesBest best => new Reason.ResemblesBest(best.Best, best.Ended),
        SuggestionReason.PosteriorDraw draw => new Reason.PosteriorDraw(draw.Predicted.Mean, draw.Predicted.StandardDeviation),
        SuggestionReason.ExpectedImprovement expected => new Reason.ExpectedImprovement(
            expected.Improvement, expected.Predicted.Mean, expected.Predicted.StandardDeviation),
        _ => throw new NotSupportedException($"there is no reason {reason.GetType().Name}"),
    };

    private Reason.ObjectivesWeighed Weighed(double[] weights) =>
        new(study.Spec.Objectives[Array.IndexOf(weights, weights.Max())].Name, weights.Max());

    private static JsonElement Json(Parameters parameters)
    {
        using var document = JsonDocument.Parse(parameters.ToJson());
        return document.RootElement.Clone();
    }
}

/// <summary>The next trial of a study, or why there is none.</summary>
/// <param name="Trial">The trial; null when there is none.</param>
/// <param name="Why">Why there is none; null when there is one.</param>
public sealed record NextTrial(TrialRecord? Trial, Reason? Why)
{
    /// <summary>A trial to run next.</summary>
    public static NextTrial Of(TrialRecord trial) => new(trial, null);

    /// <summary>No further trial, now or later.</summary>
    public static NextTrial None(Reason why) => new(null, why);
}
