using System.CommandLine;
using System.Globalization;
using Tenfold.App.Comparing;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold compare</c>: tests whether groups differ from a baseline by more than chance.</summary>
internal static class CompareCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("groups", "The baseline group, then one or more groups to compare with it", new ArgumentArity(2, 100));
        var alpha = new Option<double>("--alpha")
        {
            Description = "The significance level: how often a difference may be claimed when there is none.",
            DefaultValueFactory = _ => 0.05,
        };
        var metric = new Option<string?>("--metric")
        {
            Description = "The metric to compare, such as accuracy:maximize or loss:minimize. Default: the one that the groups agree on.",
        };
        var json = CommandOptions.Json();
        alpha.Validators.Add(result =>
        {
            // Another text than a number is an error of its own; reading it as a number here would throw.
            if (result.Tokens is [var token, ..] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var level)
                && level is not (> 0 and < 0.5))
                result.AddError("--alpha must be a number between 0 and 0.5, such as 0.05");
        });
        var description = "Test whether groups differ from a baseline by more than chance.".WithExample(
            "tenfold compare BASELINE CANDIDATE", "tenfold compare BASELINE CANDIDATE1 CANDIDATE2 --alpha 0.01");
        return new Command("compare", description) { ids, alpha, metric, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var comparison = await new GroupLoader(services)
                .CompareAsync(parsed.GetValue(ids)!, parsed.GetValue(metric), parsed.GetValue(alpha), cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(CompareView.Of(comparison), ViewJson.Default.CompareView);
            else ComparisonText.Write(Console.Out, comparison);
            var isComplete = comparison.Candidates.All(candidate => candidate.Comparison.Method is not null);
            return isComplete ? ExitCodes.Success : ExitCodes.RunFailed;
        });
    }
}
