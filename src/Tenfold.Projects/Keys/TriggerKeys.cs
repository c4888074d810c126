using Tenfold.Core.Pushes;
using Tenfold.Core.Results;
using Tenfold.Projects.Schedules;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of the <c>on</c> and <c>notify</c> parts.</summary>
internal static class TriggerKeys
{
    public static readonly Field<IReadOnlyList<string>> Branches = new("branches",
        new ListShape<string>("a list of patterns", Scalars.Text("a pattern of branches"), atLeast: 1),
        "Patterns of branches: those pushed to, or those that a pull request merges into. `*` matches any characters but `/`, and `**` "
        + "matches any.",
        "[main, \"exp/*\"]")
    { DefaultWords = "`[main, master]`" };

    public static readonly Field<IReadOnlyList<string>> Paths = new("paths",
        new ListShape<string>("a list of patterns", Scalars.Text("a pattern of files"), atLeast: 1),
        "Patterns of files. Runs start only when one of these files changed. Relative to the folder of this file; with a leading `/` to "
        + "the repository.",
        "[\"models/**\"]")
    { DefaultWords = "every file in this folder" };

    public static readonly Field<object> Repeat = new("repeat", Scalars.Whole(1, 10_000),
        "How many runs, each with its own seed.", "10")
    { DefaultWords = "the file's `repeat`" };

    public static readonly Field<string> Target = new("target", Scalars.Text("the name of a target"),
        "The target on which they run.", "lab")
    { DefaultWords = "the only target of this file" };

    public static readonly Field<object> FailOnField = new("fail_on",
        Scalars.Choice(new("worse", Failing.Worse), new("maybe_worse", Failing.MaybeWorse), new("nothing", Failing.Nothing)),
        "What fails the check: the verdict `worse` (unless it is shown to be worse by less than `margin`); `maybe_worse`, unless the "
        + "commit is shown to be no worse by `margin`; or `nothing`. Failed runs fail it in any case.", "worse")
    { DefaultWords = "`nothing`" };

    public static readonly Field<object> Margin = new("margin", Scalars.NumberAbove(0, 1_000_000_000),
        "The difference that is too small to matter, in the metric's unit, as `--margin` of `tenfold compare`.", "0.002");

    public static readonly Field<object> Compare = new("compare", Scalars.Choice(new Choice("base", "base")),
        "What a pull request is compared with: `base`, the commit at which it left the branch that it merges into.", "base")
    { DefaultWords = "`base`" };

    public static readonly Field<object> Forks = new("forks",
        Scalars.Choice(
            new("ignore", ForkPolicy.Ignore), new("without_secrets", ForkPolicy.WithoutSecrets),
            new("with_secrets", ForkPolicy.WithSecrets)),
        "Whether pull requests from other repositories run. Their authors may be anybody, and choose the command.", "without_secrets")
    { DefaultWords = "`ignore`" };

    public static readonly Field<PushTrigger> Push = new("push",
        new ObjectShape<PushTrigger>(
            "a mapping with branches, paths and repeat", [Branches, Paths, Repeat, Target, FailOnField, Margin], values => new PushTrigger
            {
                Branches = values.Get(Branches) ?? new PushTrigger().Branches,
                Paths = values.Get(Paths) ?? new PushTrigger().Paths,
                Repeat = values.Maybe<int>(Repeat),
                Target = values.Get(Target),
                FailOn = RuleOf(values),
                Margin = values.Maybe<double>(Margin),
            })
        { Check = NeedsMargin },
        "What a push to a branch starts. The runs are compared with those of the commit that was trained before.",
        "{ branches: [main, \"exp/*\"], paths: [\"models/**\"], repeat: 10 }")
    { DefaultWords = "nothing" };

    public static readonly Field<PullRequestTrigger> PullRequest = new("pull_request",
        new ObjectShape<PullRequestTrigger>(
            "a mapping with branches, paths and repeat", [Branches, Paths, Repeat, Target, Compare, FailOnField, Margin, Forks], values =>
            new PullRequestTrigger
            {
                Branches = values.Get(Branches) ?? new PushTrigger().Branches,
                Paths = values.Get(Paths) ?? new PushTrigger().Paths,
                Repeat = values.Maybe<int>(Repeat),
                Target = values.Get(Target),
                FailOn = RuleOf(values),
                Margin = values.Maybe<double>(Margin),
                Forks = values.Get(Forks, ForkPolicy.Ignore),
            })
        { Check = NeedsMargin },
        "What a pull request starts: runs of its newest commit, and of the commit to compare with unless that has runs already.",
        "{ repeat: 10, fail_on: worse }")
    { DefaultWords = "nothing" };

    public static readonly Field<string> Cron = new("cron", Scalars.Text("a cron expression", CronTimes.CronFault),
        "When: minute, hour, day of the month, month and day of the week, as in crontab.", "\"0 3 * * 1\"")
    { Required = true };

    public static readonly Field<string> Zone = new("zone", Scalars.Text("a time zone", CronTimes.ZoneFault),
        "The time zone of `cron`.", "Europe/Berlin")
    { DefaultWords = "`UTC`" };

    public static readonly Field<object> Do = new("do", Scalars.Choice(new("fit", ScheduledWork.Fit), new("sweep", ScheduledWork.Sweep)),
        "What starts: `fit`, the runs of `tenfold fit`, compared with those of the time before; or `sweep`, a new study of "
        + "`tenfold sweep`.",
        "sweep")
    { DefaultWords = "`fit`" };

    public static readonly Field<ScheduleTrigger> Schedule = new("schedule",
        new ObjectShape<ScheduleTrigger>("a mapping with cron, zone and do", [Cron, Zone, Do, Repeat, Target], values =>
            new ScheduleTrigger
            {
                Cron = values.Get(Cron) ?? "",
                Zone = values.Get(Zone) ?? new ScheduleTrigger().Zone,
                Work = values.Get(Do, ScheduledWork.Fit),
                Repeat = values.Maybe<int>(Repeat),
                Target = values.Get(Target),
            }),
        "What starts at certain times, on the newest commit of the repository's default branch and the newest data.",
        "{ cron: \"0 3 * * 1\", zone: Europe/Berlin, do: sweep }")
    { DefaultWords = "nothing" };

    public static readonly ObjectShape<Triggers> On = new(
        "{ push: …, pull_request: …, schedule: … }, or one of them", [Push, PullRequest, Schedule], values => new Triggers
        {
            Push = values.Get(Push),
            PullRequest = values.Get(PullRequest),
            Schedule = values.Get(Schedule),
        })
    { NotEmpty = true };

    public static readonly Field<string> Slack = new("slack", Scalars.Text("a channel", pattern: "^[#@]?[^\\s]+$"),
        "The channel in Slack. The server needs `SLACK_API_TOKEN`, or `SLACK_WEBHOOK_URL` whose own channel counts then.",
        "\"#monitoring\"");

    public static readonly Field<string> Email = new("email",
        Scalars.Text("an e-mail address", MailAddresses.Fault, MailAddresses.Pattern),
        "The e-mail address. The server needs `mail` in its `server.yaml`.", "team@example.org");

    public static readonly ObjectShape<Notify> Notify = new("{ slack: …, email: … }, or one of them", [Slack, Email], values =>
        new Notify { Slack = values.Get(Slack), Email = values.Get(Email) })
    { NotEmpty = true };

    private static FailOn? RuleOf(FieldValues values) => values.Get(FailOnField, Failing.Nothing) switch
    {
        Failing.Worse => FailOn.Worse,
        Failing.MaybeWorse => FailOn.MaybeWorse,
        _ => null,
    };

    private static void NeedsMargin(FieldValues values, PushTrigger trigger)
    {
        if (trigger is { FailOn: FailOn.MaybeWorse, Margin: null } && !values.Has(Margin))
        {
            values.Faults.Add(
                values.MarkOf(FailOnField), "fail_on: maybe_worse needs 'margin', the difference that is too small to matter");
        }
    }

    private enum Failing
    {
        Nothing,
        Worse,
        MaybeWorse,
    }
}
