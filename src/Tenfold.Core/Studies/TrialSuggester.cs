using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>
/// Says which trial of a study is next: first what was lost, then the points to begin with, the best of an earlier study, and then what the
/// method suggests. A pure function of the trials: whoever asks, after whatever crash, gets the same answer.
/// </summary>
/// <param name="study">The study.</param>
/// <param name="method">Its method.</param>
public sealed class TrialSuggester(StudyRecord study, ISearchMethod method)
{
    /// <summary>How many of an earlier study's best are tried again.</summary>
    public const int MaxEarlier = 5;

    private readonly SearchSpace _space = new(SpaceJson.Read(study.Spec.Space));
    private StudyHistory? _history;

    /// <summary>The study's trials as methods see them.</summary>
    public StudyHistory History => _history ??= new StudyHistory(study.Spec, _space);

    /// <summary>The next trial.</summary>
    /// <param name="trials">Every trial so far, by number.</param>
    /// <param name="now">The time of the ask.</param>
    /// <returns>The trial, not recorded; or why there is none.</returns>
    public NextTrial Next(IReadOnlyList<TrialRecord> trials, DateTimeOffset now)
    {
        var number = trials.Count + 1;
        if (Lost(trials) is { } lost)
            return NextTrial.Of(
                New(number, lost.Parameters, "again", $"trial {lost.Number} was lost with its machine", now) with { Again = lost.Number });
        if (study.Spec.Trials is { } planned && trials.Count(trial => trial.Again is null) >= planned)
            return NextTrial.Over(new Reason.AllTrialsAsked(planned));
        if (Given(trials) is var (parameters, reason)) return NextTrial.Of(New(number, parameters, "start", reason, now));
        if (method.Suggest(History.Of(trials)) is not { } suggestion) return NextTrial.Over(new Reason.SpaceExhausted());
        return NextTrial.Of(New(number, Json(_space.Decode(suggestion.Point)), suggestion.Method, suggestion.Reason, now));
    }

    /// <summary>Does in advance what the next ask will need; see <see cref="ISearchMethod.Prepare"/>.</summary>
    public void Prepare(IReadOnlyList<TrialRecord> trials) => method.Prepare(History.Of(trials));

    /// <summary>The best of the study so far; see <see cref="Studies.Finalists"/>.</summary>
    public IReadOnlyList<Finalist> Finalists(IReadOnlyList<TrialRecord> trials, int top) =>
        Studies.Finalists.Of(History, _space, trials, top);

    private static TrialRecord? Lost(IReadOnlyList<TrialRecord> trials)
    {
        var again = trials.Where(trial => trial.Again is not null).ToDictionary(trial => trial.Again!.Value);
        return trials.FirstOrDefault(
            trial => trial.State == TrialState.Lost && !again.ContainsKey(trial.Number) && Times(trial) < StudyHistory.MaxAgain);

        int Times(TrialRecord trial) => trial.Again is { } before ? 1 + Times(trials[before - 1]) : 0;
    }

    private (JsonElement Parameters, string Reason)? Given(IReadOnlyList<TrialRecord> trials)
    {
        if (study.Spec.Start.Count == 0 && study.Spec.Earlier.Count == 0) return null;
        var asked = trials.Select(trial => SearchSpace.Key(History.PointOf(trial))).ToHashSet();
        foreach (var start in study.Spec.Start)
            if (!asked.Contains(Key(start))) return (start, "a point to begin with");
        var best = study.Spec.Earlier.OrderByDescending(trial => History.InUnit(trial.Values.Average())).ThenBy(trial => trial.Number)
            .DistinctBy(trial => Key(trial.Parameters)).Take(MaxEarlier);
        foreach (var trial in best)
            if (!asked.Contains(Key(trial.Parameters)))
                return (trial.Parameters, $"among the best of {study.Spec.From}: its trial {trial.Number}");
        return null;
    }

    private string Key(JsonElement parameters) => SearchSpace.Key(_space.Encode(Parameters.FromJson(parameters.GetRawText())));

    private TrialRecord New(int number, JsonElement parameters, string chosenBy, string reason, DateTimeOffset now) => new()
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

    private static JsonElement Json(Parameters parameters)
    {
        using var document = JsonDocument.Parse(parameters.ToJson());
        return document.RootElement.Clone();
    }
}

/// <summary>What came of asking for the next trial.</summary>
/// <param name="Trial">The trial; null when there is none.</param>
/// <param name="Why">Why there is none; null when there is one.</param>
public sealed record NextTrial(TrialRecord? Trial, Reason? Why)
{
    /// <summary>There is one.</summary>
    public static NextTrial Of(TrialRecord trial) => new(trial, null);

    /// <summary>There will be none any more.</summary>
    public static NextTrial Over(Reason why) => new(null, why);
}
