using System.Text.Json.Nodes;
using Tenfold.App;
using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.App.Views;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
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
            if (step.Comparison?.Comparisons is [var look, ..])
            {
                Say(look.PValue, look.Margin?.NoWorsePValue, look.Level, Before(step.Waiting[0]),
                    step.Waiting.Max(group => group.Group.Repeat));
            }

            foreach (var note in step.Waiting.SelectMany(group => new[] { group.Note, group.WhyNotHere }).OfType<string>().Distinct())
                Terminal.Say($"note: {note}");
            foreach (var waiting in step.Waiting)
            {
                if (await FitCommand.FollowAsync(services, waiting.Group, cancellationToken, waiting.Runs)) continue;
                SayHowToGoOn(PlanCommand.Of(ids, max, options));
                return null;
            }
        }
    }

    /// <summary>Runs the plan of groups of a server to its end.</summary>
    /// <param name="server">The server.</param>
    /// <param name="ids">The baseline and the candidate.</param>
    /// <param name="body">The comparison that is asked for.</param>
    /// <param name="max">The most repeats of each group.</param>
    /// <param name="options">The level and the margin, which the body has too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The last look; null when the user left.</returns>
    /// <exception cref="CommandException">The server refuses, or says what no server of this version says.</exception>
    public static async Task<CompareView?> RunAsync(
        ServerClient server, IReadOnlyList<string> ids, JsonObject body, int max, ComparisonOptions options,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var step = await server.PostAsync("compare/plan", body, ViewJson.Default.PlannedStepView, cancellationToken);
            if (step.Waiting.Count == 0) return step.Comparison ?? throw ViewRecords.Unprintable();
            if (step.Comparison?.Comparisons is [var look])
            {
                Say(look.PValue, look.Margin?.NoWorsePValue, look.Level, step.Waiting[0].Repeat - step.Waiting[0].Added.Count,
                    step.Waiting.Max(group => group.Repeat));
            }

            foreach (var note in step.Waiting.SelectMany(group => group.Notes).Distinct()) Terminal.Say($"note: {note}");
            foreach (var waiting in step.Waiting)
            {
                if (await new RemoteGroup(server).WatchAsync(waiting.Group, waiting.Added, cancellationToken)) continue;
                SayHowToGoOn(PlanCommand.Of(ids, max, options));
                return null;
            }
        }
    }

    private static int Before(ExtendedGroup group) => group.Group.Repeat - group.Runs.Count;

    private static void SayHowToGoOn(string command) => Terminal.Say($"the runs continue; go on with the plan: {command}");

    private static void Say(double? pValue, double? noWorse, double level, int before, int repeats)
    {
        var p = (noWorse ?? pValue) is { } found ? $" (p {Numbers.PValue(found)}, tested at {Numbers.Format(level)})" : "";
        var what = noWorse is null ? "not shown" : "not shown to be no worse by the margin";
        Terminal.Say($"{before} repeats: {what}{p}; going on to {repeats} of each");
    }
}
