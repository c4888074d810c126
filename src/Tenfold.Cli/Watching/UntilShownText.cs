using Tenfold.App;
using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Watching;

/// <summary>Runs a planned comparison to its end, and says what happens.</summary>
internal static class UntilShownText
{
    /// <summary>Runs the plan to its end.</summary>
    /// <returns>The last look; null when the user left.</returns>
    public static async Task<GroupComparison?> RunAsync(
        Services services, IReadOnlyList<string> ids, string? metric, ComparisonOptions options, int max,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var step = await new PlannedComparer(services).StepAsync(ids, metric, options, max, cancellationToken).OrFailAsync();
            if (step.Waiting.Count == 0) return step.Comparison;
            if (step.Comparison is { } look) Terminal.Say(Sentence(look, step.Waiting));
            foreach (var note in step.Waiting.SelectMany(group => new[] { group.Note, group.WhyNotHere }).OfType<string>().Distinct())
                Terminal.Say($"note: {note}");
            foreach (var waiting in step.Waiting)
            {
                if (await FitCommand.FollowAsync(services, waiting.Group, cancellationToken, waiting.Runs)) continue;
                Terminal.Say($"the runs continue; go on with the plan: tenfold compare {string.Join(' ', ids)} --until-shown --max {max}");
                return null;
            }
        }
    }

    private static string Sentence(GroupComparison look, IReadOnlyList<ExtendedGroup> waiting)
    {
        var compared = look.Comparisons[0];
        var p = compared.PValue is { } found ? $" (p {Numbers.PValue(found)}, tested at {Numbers.Format(compared.Level)})" : "";
        var repeats = waiting.Max(group => group.Group.Repeat);
        return $"{waiting[0].Group.Repeat - waiting[0].Runs.Count} repeats: not shown{p}; going on to {repeats} of each";
    }
}
