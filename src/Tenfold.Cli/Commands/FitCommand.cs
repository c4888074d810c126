using System.CommandLine;
using System.CommandLine.Parsing;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Listing;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Cli.Watching;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold fit</c>: records runs, starts them, and watches them.</summary>
internal static class FitCommand
{
    private const int MaxRepeat = 10_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var options = new FitOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done, and do nothing." };
        var detach = new Option<bool>("--detach", "-d") { Description = "Return once the runs are submitted." };
        var json = CommandOptions.Json();
        var description = "Run the training, once or many times.".WithExample(
            "tenfold fit --repeat 10", "tenfold fit --repeat 10 -p hidden=64", "tenfold fit train.py",
            "tenfold fit --vary seed,split --repeat 10");
        var command = new Command("fit", description);
        options.AddTo(command);
        command.Add(dryRun);
        command.Add(detach);
        command.Add(json);
        command.Validators.Add(result => options.CheckMore(result, dryRun));
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            if (options.More(parsed) is { } more)
                return await ExtendAsync(services, more, parsed.GetValue(detach), parsed.GetValue(json), cancellationToken);
            var plan = await new FitPlanner(services).PlanAsync(
                options.Read(parsed) with { IsTrial = parsed.GetValue(dryRun) }, cancellationToken).OrFailAsync();
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            if (!parsed.GetValue(dryRun))
                return await StartAsync(services, plan, parsed.GetValue(detach), parsed.GetValue(json), cancellationToken);
            await DryRunAsync(services, plan, parsed.GetValue(json), cancellationToken);
            return ExitCodes.Success;
        }, async (parsed, server, cancellationToken) =>
        {
            var (isDetached, isJson, remote) = (parsed.GetValue(detach), parsed.GetValue(json), new RemoteGroup(server));
            if (options.More(parsed) is { } more)
            {
                var (grown, added) = await remote.ExtendAsync(more.Group, more.Runs, cancellationToken);
                Terminal.Say(RemoteGroup.Grown(grown, added));
                return isDetached ? Detach(grown, isJson) : await remote.FollowAsync(grown, added, isJson, cancellationToken);
            }

            options.CheckRemote(parsed, dryRun);
            var asked = options.Read(parsed);
            var body = await RemoteCommit.FindAsync(asked.Script, asked.On, asked.Priority, cancellationToken);
            if (asked.Repeat is { } repeat) body["repeat"] = repeat;
            var fit = await server.PostOnceAsync("fits", body, ViewJson.Default.GroupResultView, cancellationToken);
            Terminal.Say(Headline(fit.Group));
            return isDetached ? Detach(fit, isJson) : await remote.FollowAsync(fit, added: null, isJson, cancellationToken);
        });
    }

    private static int Detach(GroupResultView group, bool json)
    {
        if (json) Json.Write([group], ViewJson.Default.IReadOnlyListGroupResultView);
        Terminal.Say($"the server starts them; next: tenfold runs {group.Group.Id}, tenfold cancel {group.Group.Id}");
        return ExitCodes.Success;
    }

    /// <summary>Watches a group until its runs have ended or the user leaves.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="added">The runs by which the group has just grown; null for all its runs.</param>
    /// <returns>True when all runs have ended; false when the user left.</returns>
    public static Task<bool> FollowAsync(
        Services services, GroupRecord group, CancellationToken cancellationToken, IReadOnlyList<RunRecord>? added = null) =>
        new Follower(new WatchLoop(services.Time, services.Home)).FollowAsync(
            new GroupWatch(services, group), new GroupWatchText(group, services.Time, added), cancellationToken);

    private static async Task<int> StartAsync(
        Services services, FitPlan plan, bool detach, bool json, CancellationToken cancellationToken)
    {
        var submitter = new Submitter(services);
        var group = await submitter.RecordAsync(plan, Terminal.Say, cancellationToken).OrFailAsync();
        Terminal.Say(Headline(GroupView.Of(group)));
        if (detach)
        {
            var pending = await submitter.SubmitAsync(group.Id, cancellationToken);
            SayPending(pending);
            Terminal.Say($"next: tenfold show {group.Id}, tenfold logs -f {plan.Runs[0].Id}, tenfold cancel {group.Id}");
        }
        else if (!await FollowAsync(services, group, cancellationToken))
        {
            Terminal.Say($"the runs continue: tenfold show {group.Id}, tenfold cancel {group.Id}");
            return ExitCodes.Interrupted;
        }

        return await GroupResultText.PrintAsync(services, group, json, judge: !detach, cancellationToken);
    }

    private static async Task<int> ExtendAsync(
        Services services, (int Runs, string Group) more, bool detach, bool json, CancellationToken cancellationToken)
    {
        await services.ReconcileAsync(cancellationToken);
        var extended = await new GroupExtender(services).ExtendAsync(more.Group, more.Runs, cancellationToken).OrFailAsync();
        var group = extended.Group;
        Terminal.Say($"{group.Id}: {Numbers.Count(extended.Runs.Count, "more run")}, {group.Repeat} in all");
        if (extended.Note is { } note) Terminal.Say($"note: {note}");
        if (extended.WhyNotHere is { } why) Terminal.Say($"recorded, but not submitted from here: {why}");
        if (detach)
        {
            var pending = extended.WhyNotHere is null ? await new Submitter(services).SubmitAsync(group.Id, cancellationToken) : null;
            SayPending(pending);
        }
        else if (!await FollowAsync(services, group, cancellationToken, extended.Runs))
        {
            Terminal.Say($"the runs continue: tenfold show {group.Id}, tenfold cancel {group.Id}");
            return ExitCodes.Interrupted;
        }

        return await GroupResultText.PrintAsync(services, group, json, judge: !detach, cancellationToken);
    }

    private static async Task DryRunAsync(Services services, FitPlan plan, bool json, CancellationToken cancellationToken)
    {
        var planned = new PlannedGroup(plan.Group, plan.Runs);
        var submission = await SubmissionPreview.DescribeAsync(services, [planned], cancellationToken).OrFailAsync();
        if (json)
        {
            var listing = new GroupListing(plan.Group, [.. plan.Runs.Select(run => new RunWithMetrics(run, []))], null);
            Json.Write([GroupResultView.Of(listing) with { Submission = submission }], ViewJson.Default.IReadOnlyListGroupResultView);
            return;
        }

        GroupDetails.Write(Console.Out, plan.Group);
        Console.Out.WriteLine($"seeds        {string.Join(' ', plan.Runs.Select(run => run.Seed))}");
        Console.Out.WriteLine($"\nwould be submitted to {plan.Group.Target}\n{submission}");
        Console.Out.WriteLine("nothing was recorded or started (--dry-run)");
    }

    /// <summary>Says whether all runs are submitted, and if not, why, and what submits them.</summary>
    public static void SayPending(string? pending)
    {
        Terminal.Say(pending is null ? "submitted" : $"recorded, but not all submitted yet: {pending}");
        if (pending is not null) Terminal.Say("each tenfold command tries again, and `tenfold server` all the time");
    }

    private static string Headline(GroupView group) =>
        $"{group.Project}  {group.Id}  {Numbers.Count(group.Repeat, "run")} of {group.Script ?? group.Command} on {group.Target}   " +
        $"snapshot {group.Snapshot[..Math.Min(12, group.Snapshot.Length)]}{HumanText.Commit(group.GitCommit, group.GitDirty)}";

    private sealed class FitOptions
    {
        private readonly Argument<string?> _script = new("script")
        {
            Description = "A script in a folder without a tenfold.yaml, or a project's folder. Default: the project in this folder.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        private readonly Option<string[]> _parameters = new("-p", "--param")
        {
            Description = "A parameter, as name=value. May be repeated.",
            AllowMultipleArgumentsPerToken = false,
        };

        private readonly Option<string[]> _variables = CommandOptions.Variables();

        private readonly Option<int?> _repeat = new("--repeat", "-n")
        {
            Description = "How many runs, each with its own seed. Default: `repeat` in tenfold.yaml, else 1.",
        };

        private readonly Option<int?> _more = new("--more")
        {
            Description = "Add this many repeats to the group that is named instead of a script. Repeats that were added after a "
                + "comparison are compared alone; to plan ahead, see `tenfold compare --until-shown`.",
        };

        private readonly Option<string?> _vary = new("--vary")
        {
            Description = "Tell where the variance comes from: sources to vary, such as seed,split. Each repeat is a run with new draws of "
                + "all sources, and one for each source with only that drawn again. `train.vary` declares further sources.",
        };

        private readonly Option<long> _seed = new("--seed")
        {
            Description = "The base seed. Groups with the same base seed are compared in pairs.",
            DefaultValueFactory = _ => 0,
        };

        private readonly Option<string?> _on = new("--on") { Description = "The target. Default: local." };

        private readonly Option<int?> _parallel = new("--parallel", "-j")
        {
            Description = "How many runs at once. Default: as many as the machine's cores and memory allow.",
        };

        private readonly Option<string?> _like = new("--like")
        {
            Description = "Repeat this run or group, with its code, parameters, data and seeds.",
        };

        private readonly Option<string?> _metric = new("--metric")
        {
            Description = "The metric that judges the runs, such as accuracy:maximize or loss:minimize.",
        };

        private readonly Option<decimal?> _maxCost = new("--max-cost")
        {
            Description = "What the runs' machines may cost together, in US dollars; the runs are stopped then. "
                + "Default: `resources.max_cost` in tenfold.yaml.",
        };

        private readonly Option<RunPriority> _priority = new("--priority")
        {
            Description = "How urgent the runs are: low, normal or high.",
            DefaultValueFactory = _ => RunPriority.Normal,
        };

        public void AddTo(Command command)
        {
            _repeat.Validators.Add(result => CommandOptions.CheckCount(result, "--repeat", MaxRepeat));
            _maxCost.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<decimal?>() is <= 0) result.AddError("--max-cost wants an amount in US dollars above 0");
            });
            _parallel.Validators.Add(result => CommandOptions.CheckCount(result, "--parallel", MaxRepeat));
            command.Add(_script);
            _more.Validators.Add(result => CommandOptions.CheckCount(result, "--more", MaxRepeat));
            foreach (var option in All) command.Add(option);
        }

        private IReadOnlyList<Option> All =>
            [_parameters, _variables, _repeat, _vary, _more, _seed, _on, _parallel, _like, _metric, _maxCost, _priority];

        public (int Runs, string Group)? More(ParseResult parsed) =>
            parsed.GetValue(_more) is { } runs ? (runs, parsed.GetValue(_script)!) : null;

        // The further runs have everything from the group, so an option for new runs would silently be ignored.
        public void CheckMore(CommandResult result, Option dryRun)
        {
            if (result.GetResult(_more) is null) return;
            if (result.GetResult(_script) is not { Tokens.Count: > 0 })
                result.AddError("--more adds repeats to a group: name it, as in `tenfold fit --more 5 k7m2xqab`");
            foreach (var other in All.Except([_more]).Append(dryRun).Where(other => result.GetResult(other) is { Implicit: false }))
                result.AddError($"{other.Name} doesn't go with --more, which takes everything from the group");
        }

        // The server plans the commit as its file says. An option that it doesn't know would silently be ignored.
        public void CheckRemote(ParseResult parsed, Option dryRun)
        {
            var others = All.Except([_repeat, _on, _priority, _more]).Append(dryRun);
            if (others.FirstOrDefault(other => parsed.GetResult(other) is { Implicit: false }) is { } given)
                throw RemoteCommit.Refuse(given.Name);
        }

        public FitRequest Read(ParseResult parsed) => new()
        {
            Script = parsed.GetValue(_script),
            Parameters = parsed.GetValue(_parameters) ?? [],
            Variables = parsed.GetValue(_variables) ?? [],
            Repeat = parsed.GetValue(_repeat),
            Vary = parsed.GetValue(_vary)?.Split(',', StringSplitOptions.TrimEntries),
            Seed = parsed.GetValue(_seed),
            On = parsed.GetValue(_on),
            Parallel = parsed.GetValue(_parallel),
            Like = parsed.GetValue(_like),
            Metric = parsed.GetValue(_metric),
            MaxUsd = parsed.GetValue(_maxCost),
            Priority = parsed.GetValue(_priority),
        };
    }
}
