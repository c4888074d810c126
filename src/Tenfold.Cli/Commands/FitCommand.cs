using System.CommandLine;
using Tenfold.Cli.Fitting;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Cli.Reports;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

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
        var json = Shared.Json();
        repeat.Validators.Add(result => Shared.AtLeastOne(result, "--repeat", 10_000));
        parallel.Validators.Add(result => Shared.AtLeastOne(result, "--parallel", 10_000));
        return new Command("fit", "Run the training, once or many times.".WithExample("tenfold fit --repeat 10", "tenfold fit --repeat 10 -p hidden=64", "tenfold fit train.py"))
        {
            script, parameters, repeat, seed, on, parallel, like, metric, dryRun, detach, json,
        }.Does(async (parsed, place, cancellationToken) =>
        {
            var plan = await new FitPlanner(place).PlanAsync(
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
                cancellationToken);
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            if (parsed.GetValue(dryRun))
            {
                await DryRunAsync(place, plan, parsed.GetValue(json), cancellationToken);
                return ExitCodes.Success;
            }

            return await StartAsync(place, plan, parsed.GetValue(detach), parsed.GetValue(json), cancellationToken);
        });
    }

    /// <summary>Records a plan, starts it and watches it.</summary>
    public static async Task<int> StartAsync(Workplace place, FitPlan plan, bool detach, bool json, CancellationToken cancellationToken)
    {
        var group = plan.Group;
        await place.PrepareStoreAsync(group.Spec, cancellationToken);
        await place.Ledger.AddGroupAsync(group, plan.Runs, cancellationToken);
        Terminal.Say($"{group.Spec.Project}  {group.Id}  {Numbers.Count(group.Repeat, "run")} of {group.Spec.Script ?? group.Spec.Command} on {group.Target}   snapshot {group.Spec.Snapshot[..12]}{Commit(group)}");
        if (detach)
        {
            var waits = await place.HandOverAsync(group.Id, cancellationToken);
            Terminal.Say(waits is null ? "handed over" : $"recorded, and not handed over yet: {waits}");
            Terminal.Say($"tenfold show {group.Id}, tenfold logs -f {plan.Runs[0].Id}, tenfold cancel {group.Id}");
        }
        else if (!await new Follower(place).FollowAsync(new FollowedGroup(place, group), cancellationToken))
        {
            Terminal.Say($"the runs go on: tenfold show {group.Id}, tenfold cancel {group.Id}");
            return ExitCodes.Interrupted;
        }

        return await GroupResult.PrintAsync(place, group, json, judge: !detach, cancellationToken);
    }

    private static async Task DryRunAsync(Workplace place, FitPlan plan, bool json, CancellationToken cancellationToken)
    {
        var submission = await Submission.DescribeAsync(place, [new PlannedGroup(plan.Group, plan.Runs)], cancellationToken);
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
