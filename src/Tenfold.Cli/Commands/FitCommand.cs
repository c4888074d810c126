using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Cli.Fitting;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold fit</c>: records runs, starts them, and watches them.</summary>
internal static class FitCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var script = new Argument<string?>("script") { Description = "A script, for a folder without a tenfold.yaml; or a project's folder. Default: the project here.", Arity = ArgumentArity.ZeroOrOne };
        var parameters = new Option<string[]>("-p", "--param") { Description = "A parameter, name=value; may be given again.", AllowMultipleArgumentsPerToken = false };
        var repeat = new Option<int?>("--repeat", "-n") { Description = "How many runs, each with a seed of its own. Default: `repeat` in tenfold.yaml, else 1." };
        var seed = new Option<long>("--seed") { Description = "The base seed. Groups with the same one are compared in pairs.", DefaultValueFactory = _ => 0 };
        var on = new Option<string?>("--on") { Description = "The target. Default: local." };
        var parallel = new Option<int?>("--parallel", "-j") { Description = "How many runs at once. Default: what the machine's cores and memory have room for." };
        var like = new Option<string?>("--like") { Description = "Do this run or group again: its code, parameters, data and seeds." };
        var metric = new Option<string?>("--metric") { Description = "The metric that decides: accuracy:maximize, loss:minimize." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done, and do nothing." };
        var detach = new Option<bool>("--detach", "-d") { Description = "Return once the runs are handed over." };
        var json = CommandOptions.Json();
        repeat.Validators.Add(result => CommandOptions.AtLeastOne(result, "--repeat", 10_000));
        parallel.Validators.Add(result => CommandOptions.AtLeastOne(result, "--parallel", 10_000));
        return new Command("fit", "Run the training, once or many times.".WithExample("tenfold fit --repeat 10", "tenfold fit --repeat 10 -p hidden=64", "tenfold fit train.py"))
        {
            script, parameters, repeat, seed, on, parallel, like, metric, dryRun, detach, json,
        }.Does(async (parsed, services, cancellationToken) =>
        {
            var plan = await new FitPlanner(services).PlanAsync(
                new FitRequest
                {
                    Script = parsed.GetValue(script),
                    Parameters = parsed.GetValue(parameters) ?? [],
                    Repeat = parsed.GetValue(repeat),
                    Seed = parsed.GetValue(seed),
                    On = parsed.GetValue(on),
                    Parallel = parsed.GetValue(parallel),
                    Like = parsed.GetValue(like),
                    Metric = parsed.GetValue(metric),
                },
                cancellationToken).OrFailAsync();
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            if (parsed.GetValue(dryRun))
            {
                await DryRunAsync(services, plan, parsed.GetValue(json), cancellationToken);
                return ExitCodes.Success;
            }

            return await StartAsync(services, plan, parsed.GetValue(detach), parsed.GetValue(json), cancellationToken);
        });
    }

    /// <summary>Records a plan, starts it and watches it.</summary>
    public static async Task<int> StartAsync(Services services, FitPlan plan, bool detach, bool json, CancellationToken cancellationToken)
    {
        var group = plan.Group;
        if (await services.PrepareStoreAsync(group.Spec, Terminal.Say, cancellationToken) is { } refusal) throw refusal.ToException();
        await services.Ledger.AddGroupAsync(group, plan.Runs, cancellationToken);
        Terminal.Say($"{group.Spec.Project}  {group.Id}  {Numbers.Count(group.Repeat, "run")} of {group.Spec.Script ?? group.Spec.Command} on {group.Target}   snapshot {group.Spec.Snapshot[..12]}{Commit(group)}");
        if (detach)
        {
            var waits = await services.HandOverAsync(group.Id, cancellationToken);
            Terminal.Say(waits is null ? "handed over" : $"recorded, and not handed over yet: {waits}");
            Terminal.Say($"tenfold show {group.Id}, tenfold logs -f {plan.Runs[0].Id}, tenfold cancel {group.Id}");
        }
        else if (!await new Follower(services).FollowAsync(new FollowedGroup(services, group), cancellationToken))
        {
            Terminal.Say($"the runs go on: tenfold show {group.Id}, tenfold cancel {group.Id}");
            return ExitCodes.Interrupted;
        }

        return await GroupResult.PrintAsync(services, group, json, judge: !detach, cancellationToken);
    }

    private static async Task DryRunAsync(Services services, FitPlan plan, bool json, CancellationToken cancellationToken)
    {
        var submission = await SubmissionPreview.DescribeAsync(services, [new PlannedGroup(plan.Group, plan.Runs)], cancellationToken);
        if (json)
        {
            var view = new GroupResultView(GroupView.Of(plan.Group), [.. plan.Runs.Select(run => RunView.Of(new RunWithMetrics(run, []), plan.Group))], null) { Submission = submission };
            Json.Write([view], ViewJson.Default.IReadOnlyListGroupResultView);
            return;
        }

        GroupDetails.Write(Console.Out, plan.Group);
        Console.Out.WriteLine($"seeds        {string.Join(' ', plan.Runs.Select(run => run.Seed))}");
        Console.Out.WriteLine($"\nwould be submitted to {plan.Group.Target}\n{submission}");
        Console.Out.WriteLine("nothing was recorded or started (--dry-run)");
    }

    private static string Commit(GroupRecord group) => group.GitCommit is { } commit ? $"   commit {commit[..Math.Min(10, commit.Length)]}{(group.GitDirty == true ? " (with uncommitted changes)" : "")}" : "";
}
