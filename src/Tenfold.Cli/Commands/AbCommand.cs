using System.CommandLine;
using System.Globalization;
using Tenfold.App;
using Tenfold.App.Serving.Experiments;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Experiments;
using Tenfold.Core.Output;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold ab</c>: compares two deployed versions by the outcomes of their requests.</summary>
internal static class AbCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("ab", "Compare two deployed versions by the outcomes of their requests, with a verdict that holds however often you look.")
        {
            Start(), Show(), Stop(),
        };

    private static Command Start()
    {
        var baseline = new Argument<string>("baseline") { Description = "The version in production." };
        var candidate = new Argument<string>("candidate") { Description = "The version that may replace it." };
        var (model, metric) = (Model(), new Option<string>("--metric")
        {
            Description = "The metric that decides: one that POST /feedback reports, or `latency` or `errors`.",
            Required = true,
        });
        var goal = new Option<MetricGoal?>("--goal")
        {
            Description = "maximize or minimize. Default: minimize for latency and errors, maximize for others.",
        };
        var alpha = new Option<double>("--alpha")
        {
            Description = "The chance of ever giving a wrong verdict when there is no difference.",
            DefaultValueFactory = _ => 0.05,
        };
        var keys = new Option<long>("--keys")
        {
            Description = "How many keys (users) you expect until the verdict. The interval is narrowest there.",
            DefaultValueFactory = _ => 5000,
        };
        var (on, json) = (ServingOn.Create(), CommandOptions.Json());
        var description = "Start an experiment. What decides is fixed now; requests from now on count.".WithExample(
            "tenfold ab start iris 1.0.0 1.1.0 --metric reward", "tenfold ab start iris 1.0.0 1.1.0 --metric latency --alpha 0.01");
        var command = new Command("start", description) { model, baseline, candidate, metric, goal, alpha, keys, on, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var request = new ExperimentRequest(
                parsed.GetValue(model)!, parsed.GetValue(baseline)!, parsed.GetValue(candidate)!, parsed.GetValue(metric)!)
            {
                Goal = parsed.GetValue(goal),
                Alpha = parsed.GetValue(alpha),
                ExpectedKeys = parsed.GetValue(keys),
            };
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var started = await DeskOf(place?.Services ?? services).StartAsync(request, cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(ExperimentView.Of(started), ViewJson.Default.ExperimentView);
            else
            {
                Terminal.Say($"experiment {started.Number} of {started.Model} compares {started.Candidate} with {started.Baseline} by "
                    + $"{started.Metric}, {ExperimentText.Goal(started.Goal)}: `tenfold ab show {started.Model}"
                    + $"{(place is null ? "" : " --on aws")}` shows what it says");
            }

            return ExitCodes.Success;
        });
    }

    private static Command Show()
    {
        var (model, on, json) = (Model(), ServingOn.Create(), CommandOptions.Json());
        var description = "Show what a model's experiment says so far: better, worse or keep going. Look as often as you like.".WithExample(
            "tenfold ab show iris", "tenfold ab show iris --json", "tenfold ab show iris --on aws");
        return new Command("show", description) { model, on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var status = await DeskOf(place?.Services ?? services).JudgeAsync(parsed.GetValue(model)!, cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(ExperimentStatusView.Of(status), ViewJson.Default.ExperimentStatusView);
            else Write(status, Console.Out);
            return ExitCodes.Success;
        });
    }

    private static Command Stop()
    {
        var (model, on, json) = (Model(), ServingOn.Create(), CommandOptions.Json());
        var description = "End a model's experiment. The traffic stays as it is, and everything recorded stays.".WithExample(
            "tenfold ab stop iris");
        return new Command("stop", description) { model, on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var ended = await DeskOf(place?.Services ?? services).StopAsync(parsed.GetValue(model)!, cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(ExperimentView.Of(ended), ViewJson.Default.ExperimentView);
            else Terminal.Say($"ended experiment {ended.Number} of {ended.Model}; the traffic stays as it is");
            return ExitCodes.Success;
        });
    }

    private static void Write(ExperimentStatus status, TextWriter writer)
    {
        var experiment = status.Experiment;
        var width = Math.Clamp(Terminal.Width ?? 100, 40, 100);
        var title =
            $"{experiment.Model}, experiment {experiment.Number}: {PlainText.Of(experiment.Metric)}, "
            + $"{ExperimentText.Goal(experiment.Goal)}; α = {experiment.Alpha.ToString("0.####", CultureInfo.InvariantCulture)}; started "
            + $"{HumanText.Ago(experiment.StartedAt, status.At)}"
            + (experiment.EndedAt is { } ended ? $", ended {HumanText.Ago(ended, status.At)}: {experiment.EndReason}" : "");
        foreach (var line in HumanText.Wrapped(title, width)) writer.WriteLine(line);
        writer.WriteLine();
        var table = new TextTable("ARM", "VERSION", "KEYS>", "REQUESTS>", "WITH OUTCOME>", "MEAN>");
        foreach (var (name, arm) in (ReadOnlySpan<(string, ArmStatus)>)[("baseline", status.Baseline), ("candidate", status.Candidate)])
        {
            var mean = arm.Mean is { } value ? Numbers.Format(value) : null;
            table.Add(name, arm.Version, $"{arm.Keys}", $"{arm.Requests}", $"{arm.Measured}", mean);
        }

        table.Write(writer, Terminal.Width);
        writer.WriteLine();
        var verdict = $"{ExperimentText.Word(status.Verdict).ToUpperInvariant()}: {ExperimentText.Sentence(status)}";
        foreach (var text in (string?[])[verdict, ExperimentText.Remaining(status)])
            foreach (var line in text is null ? [] : HumanText.Wrapped(PlainText.Of(text), width)) writer.WriteLine(line);
        foreach (var note in status.Notes)
            foreach (var line in HumanText.Wrapped($"note: {PlainText.Of(ExperimentText.Sentence(note))}", width)) writer.WriteLine(line);
    }

    private static ExperimentDesk DeskOf(Services services) =>
        new(services.Versions, services.Requests, services.Session.Place, services.Time);

    private static Argument<string> Model() => new("model") { Description = "The model." };
}
