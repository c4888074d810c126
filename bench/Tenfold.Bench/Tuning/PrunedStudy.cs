using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Bench.Tuning;

/// <summary>
/// A study with pruning, in simulated time: at each tick every worker does one step of its trial, and then the trials are judged. A worker
/// gets its next trial as soon as its last one has ended.
/// </summary>
/// <param name="Curve">The learning curves.</param>
/// <param name="Seed">The seed.</param>
internal sealed record PrunedStudy(LearningCurve Curve, int Seed)
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The steps that all trials together may take.</summary>
    public int Budget { get; init; } = 40 * LearningCurve.Steps;

    /// <summary>How many trials at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>How trials are pruned; null for not at all.</summary>
    public Pruning? Pruning { get; init; }

    /// <summary>Runs the study.</summary>
    /// <param name="method">The search method.</param>
    /// <returns>The regret of the trial that the model favours, after each twentieth of the budget.</returns>
    public PrunedResult Run(ISearchMethod method)
    {
        var ladder = Pruning is null ? null : Ladder.Of(Pruning, LearningCurve.Steps);
        var judge = Pruning is null ? null : new RungJudge(Pruning, ladder!, MetricGoal.Maximize);
        var (trials, recorded, regrets) = (new List<Trial>(), new List<RungRecord>(), new List<double>());
        var (steps, forecasts) = (0, new FinalForecasts());
        for (var tick = 0; steps < Budget; tick++)
        {
            while (trials.Count(trial => trial.IsRunning) < Workers) Ask(method, trials, recorded);
            var running = trials.Where(trial => trial.IsRunning).ToList();
            steps += running.Count;
            foreach (var trial in running) trial.Done++;
            if (judge is not null)
            {
                List<TrialProgress> progress = [.. running.Select(trial => trial.Progress())];
                var history = History(trials, recorded);
                var judgement = judge.Judge(progress, recorded, Begin.AddMinutes(tick), () => forecasts.Of(history) is { } forecast
                    ? new Forecast(forecast, number => trials[number - 1].Point) : null);
                recorded.AddRange(judgement.Reached);
                foreach (var pruned in judgement.Pruned) trials[pruned.Number - 1].IsPruned = true;
            }

            while (regrets.Count < 20 && steps >= (regrets.Count + 1) * Budget / 20) regrets.Add(Favourite(trials, recorded, forecasts));
        }

        return new PrunedResult(regrets, trials.Count, trials.Count(trial => trial.IsCompleted));
    }

    private double Favourite(List<Trial> trials, List<RungRecord> recorded, FinalForecasts forecasts)
    {
        var history = History(trials, recorded);
        var completed = history.Observations;
        if (completed.Count == 0) return 1;
        // Without noise the best value is the best trial, and no model is needed to see it.
        var surrogate = Curve.Kind == CurveKind.Noisy ? Surrogate.Fit(Curve.Function.Space, forecasts.Apply(history).Observations) : null;
        var best = surrogate?.Incumbent(completed) ?? completed.MaxBy(one => one.Value)!;
        return Curve.Regret(best.Point);
    }

    private void Ask(ISearchMethod method, List<Trial> trials, List<RungRecord> recorded)
    {
        var point = method.Suggest(History(trials, recorded))!.Point;
        trials.Add(new Trial(trials.Count + 1, point, Curve.Values(point, (Seed * 100_000L) + trials.Count)));
    }

    private TuningHistory History(List<Trial> trials, List<RungRecord> recorded)
    {
        var rungs = recorded.ToLookup(record => record.Number, record => new EarlyValue(record.Rung, record.Value));
        return new TuningHistory
        {
            Space = Curve.Function.Space,
            Observations =
            [
                .. trials.Where(trial => trial.IsCompleted).Select(trial => new Observation(trial.Number, trial.Point, trial.Values[^1])),
            ],
            Running = [.. trials.Where(trial => trial.IsRunning).Select(trial => trial.Point)],
            Pruned = [.. trials.Where(trial => trial.IsPruned).Select(trial => trial.Point)],
            Early =
            [
                .. trials.Where(trial => rungs.Contains(trial.Number))
                    .Select(trial => new EarlyValues(trial.Number, trial.Point, [.. rungs[trial.Number]])),
            ],
            Number = trials.Count + 1,
            Seed = Seed,
            Parallel = Workers,
        };
    }

    private sealed class Forecast(FinalForecast forecast, Func<int, double[]> pointOf) : IRungForecast
    {
        public double? ChanceToLead(int number, IReadOnlyDictionary<int, (long Rung, double Value)> latest)
        {
            if (Of(number) is not { } own) return null;
            return forecast.ChanceToLead(own, latest.Keys.Where(other => other != number).Select(Of).OfType<(double, double)>());

            (double, double)? Of(int one) => forecast.Predict(pointOf(one), latest[one].Rung, latest[one].Value);
        }
    }

    private sealed record Trial(int Number, double[] Point, double[] Values)
    {
        public int Done { get; set; }

        public bool IsPruned { get; set; }

        public bool IsCompleted => !IsPruned && Done == LearningCurve.Steps;

        public bool IsRunning => !IsPruned && Done < LearningCurve.Steps;

        public TrialProgress Progress() => new(
            Number, [new RunProgress([.. Values.Take(Done).Select((value, i) => new MetricPoint(i + 1, value))], HasEnded: !IsRunning)]);
    }
}

/// <summary>The result of a simulated study with pruning.</summary>
/// <param name="Regrets">The regret of the favourite after each twentieth of the budget.</param>
/// <param name="Trials">How many trials it had.</param>
/// <param name="Completed">How many of them completed.</param>
internal sealed record PrunedResult(IReadOnlyList<double> Regrets, int Trials, int Completed);
