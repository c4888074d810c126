using System.Globalization;

namespace Tenfold.Core.Reasons;

/// <content>The words of reasons of trials, studies and budgets.</content>
public static partial class ReasonText
{
    private static readonly string[] Parts = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    private static string OfTrial(Reason reason) => reason switch
    {
        Reason.RepeatsLostTrial lost => $"trial {lost.Trial} was lost with its machine",
        Reason.StartPoint => "a starting point",
        Reason.BestOfEarlierStudy best => $"trial {best.Trial} of {best.Study}, one of its best",
        Reason.GridPoint => "the next point of the grid",
        Reason.RandomPoint => "a random point",
        Reason.SobolPoint point => $"point {point.Number} of the Sobol sequence",
        Reason.SobolPointTaken point => $"a random point, because point {point.Number} of the Sobol sequence is taken",
        Reason.PreferredPointsTaken => "a random point, because the promising ones were tried",
        Reason.ResemblesBest best => $"like the best {best.Best} of {best.Ended} trials, and unlike the others",
        Reason.PosteriorDraw draw => $"the best of one draw; {Prediction(draw.Predicted, draw.StandardDeviation)}",
        Reason.ExpectedImprovement expected =>
            string.Create(CultureInfo.InvariantCulture, $"expected improvement {expected.Improvement:G2}; ")
            + Prediction(expected.Predicted, expected.StandardDeviation),
        Reason.ObjectivesWeighed weighed =>
            string.Create(CultureInfo.InvariantCulture, $"promising where {weighed.Metric} has {100 * weighed.Weight:F0} % of the weight"),
        _ => OfStudy(reason),
    };

    private static string Prediction(double mean, double standardDeviation) =>
        string.Create(CultureInfo.InvariantCulture, $"predicted {mean:G4} ± {standardDeviation:G2}");

    private static string OfStudy(Reason reason) => reason switch
    {
        Reason.PrunedByRank pruned => OfPruned(pruned),
        Reason.PrunedByMedian pruned => OfPruned(pruned),
        Reason.PrunedByForecast pruned =>
            $"pruned at step {pruned.Step}: {Rung(pruned.Value)}, from which it would hardly have ended as the best trial",
        Reason.PrunedByWorker => "its worker ended it early",
        Reason.RunsNotCounted runs => $"{runs.Runs} of {runs.Of} runs don't count{(runs.First is null ? "" : $": {Of(runs.First)}")}",
        Reason.MetricNotFinite metric => $"{metric.Metric} is {(double.IsNaN(metric.Value) ? "NaN" : "infinity")}",
        Reason.MetricMissing metric => $"it exited with code 0, but never printed {metric.Metric}",
        Reason.ConstraintBroken broken =>
            $"{broken.Metric} is {Short(broken.Value)}, and must be at {(broken.IsUpper ? "most" : "least")} {Short(broken.Limit)}",
        Reason.TrialLost => "its machine was reclaimed",
        Reason.TrialLeaseEnded => "its worker gave no sign of life for as long as its lease",
        Reason.AllTrialsAsked all => $"all {all.Trials} trials have been asked",
        Reason.SpaceExhausted => "every point of the space has been asked",
        Reason.FirstTrialsFailed failed => $"the first {failed.Trials} trials all failed alike: {Of(failed.First)}",
        Reason.BestConfirmed best => $"trial {best.Trial} is confirmed as the best",
        Reason.FrontConfirmed front => $"{front.OnFront} of {front.Points} points stay on the front with fresh seeds",
        Reason.NothingConfirmed => "no run of the confirmation counts",
        _ => OfBudget(reason),
    };

    private static string OfPruned(Reason.PrunedByRank pruned)
    {
        var (value, bound) = Distinct(pruned.Value, pruned.Bound ?? double.NaN);
        var part = pruned.Factor - 2 is >= 0 and var index && index < Parts.Length ? Parts[index] : $"1/{pruned.Factor}";
        return $"pruned at step {pruned.Step}: {value}, not among the best {part} of {pruned.Count} ({bound} or better)";
    }

    // The rule compares the best value so far, which is not recorded. Where that is worse than the median, so is the value at the rung.
    private static string OfPruned(Reason.PrunedByMedian pruned)
    {
        var (value, bound) = Distinct(pruned.Value, pruned.Bound ?? double.NaN);
        return $"pruned at step {pruned.Step}: {value}, worse than the median of {pruned.Others} others ({bound})";
    }

    private static string OfBudget(Reason reason)
    {
        var (words, isReserved) = reason switch
        {
            Reason.BudgetSpent spent =>
                ($"the budget of {(spent.Time is { } time ? BudgetTime(time) : Usd(spent.Usd ?? 0))} is used up", spent.IsReserved),
            Reason.PriceUnknown price => ($"the budget is {Usd(price.Usd)}, but what the target costs is not known", price.IsReserved),
            Reason.CostUnknown cost => (
                "no trial has completed yet, so the cost of a trial is unknown: no more start before one has completed", cost.IsReserved),
            Reason.TimeTooShort time => (
                $"the budget of {BudgetTime(time.Time)} has {BudgetTime(time.Left)} left, and a trial takes up to " +
                $"{BudgetTime(time.Needed, up: true)}",
                time.IsReserved),
            Reason.MoneyTooShort money => (
                $"the budget of {Usd(money.Usd)} has {Usd(money.Left)} left, and a trial costs up to {Usd(money.Needed, up: true)}" +
                (money.Committed > 0 ? $", beside {Usd(money.Committed, up: true)} for the running trials" : ""),
                money.IsReserved),
            _ => (OfServing(reason), false),
        };
        return isReserved ? $"{words} (the rest is reserved for confirming the best)" : words;
    }

    /// <summary>Two values as a sentence shows them: short, but never alike when they differ.</summary>
    private static (string Value, string Bound) Distinct(double value, double bound)
    {
        var (shown, shownBound) = (Rung(value), Rung(bound));
        return shown == shownBound && value != bound
            ? (value.ToString("R", CultureInfo.InvariantCulture), bound.ToString("R", CultureInfo.InvariantCulture)) : (shown, shownBound);
    }

    private static string Rung(double value) =>
        value.ToString(Math.Abs(value) is >= 1e5 and < 1e15 ? "F0" : "G5", CultureInfo.InvariantCulture);

    // What is left is rounded down and what is needed up, so that a message never says "6 h left, 6 h needed".
    private static string BudgetTime(TimeSpan time, bool up = false)
    {
        long Whole(double number) => (long)(up ? Math.Ceiling(number) : Math.Floor(number));
        string Two(long whole, int part, string large, string small) =>
            whole % part == 0 ? $"{whole / part} {large}" : $"{whole / part} {large} {whole % part} {small}";
        if (Whole(time.TotalSeconds) < 120) return $"{Whole(time.TotalSeconds)} s";
        if (Whole(time.TotalMinutes) < 120) return $"{Whole(time.TotalMinutes)} min";
        return Whole(time.TotalHours) < 48 ? Two(Whole(time.TotalMinutes), 60, "h", "min") : Two(Whole(time.TotalHours), 24, "d", "h");
    }

    private static string Usd(decimal usd, bool up = false)
    {
        if (usd is > 0 and < 0.01m) return $"${Money.Format(usd)}";
        var cents = (up ? Math.Ceiling(usd * 100) : Math.Floor(usd * 100)) / 100;
        return "$" + cents.ToString(cents == Math.Floor(cents) ? "0" : "0.00", CultureInfo.InvariantCulture);
    }
}
