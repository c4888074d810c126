using System.Globalization;
using Tenfold.App.Fitting;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Planned;

namespace Tenfold.App.Comparing;

/// <summary>
/// Compares two groups while their repeats grow up to a maximum, until a difference is shown or the planned one has become unlikely. With a
/// margin, it goes on until it is decided whether the candidate is worse by the margin, or until a decision has become unlikely; whether
/// a difference is shown doesn't matter then. The plan and every look are recorded, so any process can continue after an interruption.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class PlannedComparer(Services services)
{
    /// <summary>Does the next step: makes a plan if there is none, looks at the groups, and extends them if that goes on.</summary>
    /// <param name="ids">Prefixes of the ids of the baseline and the candidate.</param>
    /// <param name="metric">The metric as the user wrote it; null for the one that the groups agree on.</param>
    /// <param name="options">The level over all looks, and the margin.</param>
    /// <param name="max">The most repeats of each group.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The step; or a refusal: the groups can't be compared or extended, or there is another plan.</returns>
    public async Task<Outcome<PlannedStep>> StepAsync(
        IReadOnlyList<string> ids, string? metric, ComparisonOptions options, int max, CancellationToken cancellationToken)
    {
        var loader = new GroupLoader(services);
        if (!(await loader.LoadAsync(ids, cancellationToken)).Succeeded(out var groups, out var refusal)) return refusal;
        if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], metric, out var chosen, out refusal)) return refusal;
        if (chosen is null)
            return Refusal.BadInput($"{groups[0].Group.Id} names no metric to compare; name one, such as --metric accuracy:maximize");
        if (GroupLoader.FaultOf(groups, options) is { } fault) return fault;
        if (options.Statistic != LocationStatistic.Mean)
            return Refusal.BadInput("--until-shown compares means: leave out --statistic, or compare once");
        var history = (await loader.HistoriesAsync(groups, chosen, cancellationToken))[0];
        if (history.Plan is { } plan)
        {
            if (plan.Max != max || plan.Alpha != options.Alpha || plan.Margin != options.Margin)
            {
                var margin = plan.Margin is { } size ? string.Create(CultureInfo.InvariantCulture, $"--margin {size}") : "no --margin";
                return Refusal.BadInput(
                    $"the plan for these groups says --max {plan.Max} --alpha {plan.Alpha:0.####} and {margin}. Changing it after a look "
                    + "would give more false verdicts than it promises; continue with these values, or compare new groups");
            }
        }
        else if (!(await PlanAsync(groups, history, chosen, options, max, cancellationToken)).Succeeded(out plan, out refusal))
        {
            return refusal;
        }

        if (groups.Any(group => group.Runs.Any(run => !run.Run.State.IsFinal())))
            return new PlannedStep(null, [.. groups.Select(group => new ExtendedGroup(group.Group, [], null))]);
        var compared = await loader.CompareAsync(ids, metric, options, cancellationToken);
        if (!compared.Succeeded(out var comparison, out refusal)) return refusal;
        var repeats = groups.Min(group => group.Group.Repeat);
        if (IsOver(comparison.Comparisons[0]) || repeats >= plan.Max || groups.Any(group => HasNothingToCompare(group, chosen)))
            return new PlannedStep(comparison, []);
        var looks = new SpendingPlan { Max = plan.Max }.Looks(plan.Existing);
        var next = looks.First(look => look > repeats);
        var extended = new List<ExtendedGroup>();
        foreach (var group in groups)
        {
            var more = await new GroupExtender(services).ExtendAsync(group.Group, next, cancellationToken);
            if (!more.Succeeded(out var grown, out refusal)) return refusal;
            extended.Add(grown);
        }

        return new PlannedStep(comparison, extended);
    }

    // A difference is shown, or it is decided whether the candidate is worse by the margin, or a decision has become unlikely, or the
    // script ignores its seed.
    private static bool IsOver(Comparison comparison) =>
        (comparison.Margin is { } margin ? margin.Conclusion != MarginConclusion.NotShown : comparison.Verdict != Verdict.NotShown)
        || comparison.Notes.Any(note => note is ComparisonNote.PlannedLook { IsFutile: true } or ComparisonNote.ZeroSpread);

    // Further repeats of a group that fails would only cost.
    private static bool HasNothingToCompare(GroupRuns group, MetricSpec metric)
    {
        var values = group.Runs.Count(run => RunValue.Of(run, metric.Name).Value is not null);
        return values == 0 ? group.Runs.Count > 1 : values == 1 && group.Runs.Count >= 5;
    }

    private async Task<Outcome<ComparisonPlan>> PlanAsync(
        IReadOnlyList<GroupRuns> groups, ComparisonHistory history, MetricSpec metric, ComparisonOptions options, int max,
        CancellationToken cancellationToken)
    {
        var existing = groups.Max(group => group.Group.Repeat);
        if (max < existing)
        {
            return Refusal.BadInput(
                $"--max {max} is less than the {existing} repeats that exist; plan for more, or compare without a plan");
        }

        if (groups.Any(group => group.Group.Spec.TestFraction is not null))
        {
            return Refusal.BadInput(
                "--until-shown needs independent runs, and train.resampling says that the splits overlap: decide on a number of repeats, "
                + "and compare once");
        }

        // With a margin there is another question left.
        if (history.Unplanned is { IsShown: true } && options.Margin is null)
            return Refusal.BadInput("a comparison of these groups has shown a difference already, so there is nothing left to plan");
        var spent = history.Unplanned is null ? 0 : options.Alpha * (1 - ComparisonPlan.LeftAfterLook);
        var plan = new ComparisonPlan(max, options.Alpha, existing, spent, options.Margin);
        await services.Comparisons.AddLookAsync(
            new ComparisonLook
            {
                Baseline = groups[0].Group.Id,
                Candidate = groups[1].Group.Id,
                Metric = metric.Name,
                At = services.Time.GetUtcNow(),
                BaselineRepeats = groups[0].Group.Repeat,
                CandidateRepeats = groups[1].Group.Repeat,
                Pairs = 0,
                IsShown = false,
                Plan = plan,
            },
            cancellationToken);
        return plan;
    }
}

/// <summary>A step of a planned comparison.</summary>
/// <param name="Comparison">The last look; null when runs must end first.</param>
/// <param name="Waiting">The groups whose runs must end before the next step; empty when the plan is over.</param>
public sealed record PlannedStep(GroupComparison? Comparison, IReadOnlyList<ExtendedGroup> Waiting);
