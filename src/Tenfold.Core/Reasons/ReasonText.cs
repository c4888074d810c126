using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Input;
using Tenfold.Core.Output;

namespace Tenfold.Core.Reasons;

/// <summary>
/// Turns reasons and warnings into words. The text is for people only. Control sequences that a script printed are removed.
/// </summary>
public static class ReasonText
{
    private const int LongestName = 400;

    private const string OutOfMemory = "out of memory? see `dmesg`";

    private static readonly string[] Parts = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    /// <summary>A reason in words; null for null.</summary>
    public static string? Words(this Reason? reason) => reason is null ? null : Of(reason);

    /// <summary>A reason in words: mostly one line, followed by the last lines of the command's output where it has them.</summary>
    public static string Of(Reason reason) => PlainText.Of(WordsOf(reason));

    /// <summary>A warning in words.</summary>
    public static string Of(Warning warning) => PlainText.Of(WordsOf(warning));

    private static string WordsOf(Reason reason) => reason switch
    {
        Reason.Note note => note.Text,
        Reason.Unknown unknown => unknown.Words ?? Members(unknown.Code, unknown.Data),
        Reason.Preparing => "preparing",
        Reason.WaitsForRoom => "waits for room on this machine",
        Reason.WaitsForAgent => "waits for this machine's agent to start it",
        Reason.WaitsForGroup waits => $"waits for others of its group: `parallel` is {waits.Parallel}",
        Reason.WaitsForSecrets waits =>
            $"waits for the {Secrets(waits.Secrets)}: run any tenfold command in a shell that has " +
            $"{(waits.Secrets.Count == 1 ? "it" : "them")}",
        Reason.SecretsMissing missing =>
            $"the backend did not pass on the {Secrets(missing.Secrets)}: export {(missing.Secrets.Count == 1 ? "it" : "them")} in " +
            "the shell in which you start tenfold, then `tenfold retry` the run",
        Reason.Exited exited =>
            WithLines(exited.ExitCode is { } code ? ExitCode(code) : "its exit code is unknown", exited.LastLines),
        Reason.Signalled killed =>
            WithLines(
                $"killed by {SignalName(killed.Signal) ?? $"signal {killed.Signal}"}{(killed.Signal == 9 ? $" ({OutOfMemory})" : "")}",
                killed.LastLines),
        Reason.EarlyStopped stopped =>
            $"early stopping: {stopped.Metric} has not improved on {Short(stopped.Best)} for {stopped.Evaluations} " +
            $"evaluation{(stopped.Evaluations == 1 ? "" : "s")}",
        Reason.TimeLimit limit => $"it passed its time limit of {Duration(limit.Limit)} (resources.max_runtime)",
        Reason.Cancelled { BeforeStart: true } => "cancelled before it started",
        Reason.Cancelled => "cancelled",
        Reason.NotStarted refusal => refusal.Message,
        Reason.MadeByNewerVersion => "it was made by a newer tenfold than the agent that runs it; retry it",
        Reason.MachineTooSmall needs =>
            $"it needs {Amount(needs.Resource, needs.Needed, isNeed: true)}, and this machine has "
            + $"{Amount(needs.Resource, needs.Available, isNeed: false)}; lower resources.{needs.Resource} or choose another target",
        Reason.FolderInUse other => $"another process on {other.Host} uses the folder of {other.Attempt} in {other.Home}",
        Reason.SocketPathTooLong socket =>
            $"the agent gets secrets over the socket {socket.Path}, whose path is longer than the {socket.Limit} characters that the "
            + "system allows; set TENFOLD_HOME to a shorter path",
        Reason.InternalFault fault => $"a fault of Tenfold itself; please report it: {fault.Details}",
        Reason.ResultsNotStored left => (left.After is null ? "" : $"{Of(left.After)}\n") +
            $"its results could not be stored: {left.Message} They are still in {left.Folder}",
        Reason.AgentLost { Agent: { } agent } => $"its agent stopped reporting ({agent}), and the backend started the job again",
        Reason.AgentLost => "its agent stopped reporting (killed, out of memory, or the machine restarted)",
        Reason.AgentStopped => "the agent was asked to end; the next agent starts the run again",
        Reason.Preempted => "the scheduler reclaimed the machine (SIGTERM)",
        Reason.NeverReported silent => $"{silent.Target} no longer lists it, and its agent never reported how it ended",
        Reason.StoreFault fault => fault.Message,
        Reason.TargetFault fault => fault.Message,
        Reason.OfBackend said => said.Words,
        Reason.Retried retried => $"retried after: {Of(retried.After)}",
        _ => OfTrial(reason),
    };

    private static string WordsOf(Warning warning) => warning switch
    {
        Warning.Note note => note.Text,
        Warning.Unknown unknown => unknown.Words ?? Members(unknown.Code, unknown.Data),
        Warning.FileNotStored file => $"{Excerpt.Bare(file.Path, LongestName)} was not stored: {Excerpt.Bare(file.Why, LongestName)}",
        Warning.MoreFilesNotStored more =>
            $"{more.Count} more file{(more.Count == 1 ? " was" : "s were")} not stored; the attempt's manifest.json in the store " +
            "names each",
        Warning.VariablesLeftOut left =>
            $"{left.Parameter} has {left.Bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes, which is too long for environment "
            + $"variables: {Listed(left.Variables)} {(left.Variables.Count == 1 ? "is" : "are")} not set. Read {left.Parameter} from the "
            + "JSON file that $TENFOLD_PARAMS names",
        Warning.DataChanged changed =>
            $"{changed.What}, while it ran: its result may not come from the data it is pinned to. Let scripts write to " +
            "$TENFOLD_OUTPUT_DIR or their working folder",
        Warning.MetricsNotUnderstood metrics =>
            $"{metrics.Lines} metric line{(metrics.Lines == 1 ? " was" : "s were")} not understood; the first: {metrics.First}",
        Warning.MetricNotFound metric =>
            $"no line reports {metric.Metric}, but this one on standard {(metric.IsStandardError ? "error" : "output")} may: " +
            $"{metric.Line}\n`train:` in tenfold.yaml finds it with  metrics: {{ {MetricEntry(metric.Metric, metric.Pattern)} }}",
        Warning.LinesTooLong lines =>
            $"{lines.Lines} line{(lines.Lines == 1 ? " is" : "s are")} longer than {lines.LimitBytes / 1024} KiB, and no metrics were " +
            $"looked for in {(lines.Lines == 1 ? "it" : "them")}; the first: {lines.First}",
        Warning.UpdatesSkipped updates =>
            $"a line was rewritten more than {updates.AllUpTo.ToString("N0", CultureInfo.InvariantCulture)} times, so not all of its " +
            "values were recorded; the last one was. Let the script update its progress bar less often",
        Warning.OutputHeldOpen =>
            "a process that it started and left running, outside its process group, holds its output open; " +
            "what that process prints is lost",
        Warning.OutputNotStored output => output.Message,
        Warning.CheckpointNotStored checkpoint =>
            $"its last checkpoint could not be saved, so another attempt would resume from the one before: {checkpoint.Message}",
        Warning.CheckpointIncomplete incomplete =>
            $"{incomplete.Path} in the checkpoint folder was being written when the run ended and may be incomplete; the next attempt " +
            "uses " +
            (incomplete.SavedAtMs is { } at ? $"the checkpoint of {DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-dd HH:mm:ss}Z"
                : "the checkpoint of an earlier attempt, or none") +
            ". Write to a temporary name, and rename the file when it is complete",
        Warning.FolderNotRemoved folder => $"{folder.Folder} could not be removed: {folder.Why}",
        Warning.EnvironmentChanged changed =>
            $"the environment of {changed.File} was changed while this run used it ({changed.What}), so the next run gets a new one. " +
            $"Add what a run installs to {changed.File}",
        Warning.EnvironmentNotReused made =>
            $"the environment of {made.File} was made for this group alone, because nobody can tell what a line of it depends on: " +
            made.Line,
        Warning.ParametersUntagged { Overwritten.Count: > 0 } untagged =>
            $"{untagged.Notebook} has no cell tagged `parameters`, so the parameters were set before its first cell, and it sets " +
            $"{string.Join(", ", untagged.Overwritten)} again: tag the cell that sets the defaults",
        Warning.ParametersUntagged untagged =>
            $"{untagged.Notebook} has no cell tagged `parameters`, so the parameters were set before its first cell: " +
            "tag the cell that sets the defaults",
        Warning.ParametersUndeclared undeclared =>
            $"the cell of {undeclared.Notebook} that is tagged `parameters` does not set {string.Join(", ", undeclared.Names)}: " +
            "correct the name, or add it to the cell",
        Warning.KernelReplaced kernel =>
            $"{kernel.Notebook} names the kernel '{kernel.Kernel}', which this machine does not have, so it ran with {kernel.Python}. " +
            $"Kernels here: {(kernel.Known.Count == 0 ? "none" : string.Join(", ", kernel.Known))}",
        Warning.NotebookElsewhere elsewhere =>
            $"{elsewhere.Notebook} ran with {elsewhere.Used}, because {elsewhere.First}, the first on PATH, has no ipykernel: install it " +
            "there, or name an environment under train.environment",
        Warning.LivePath live =>
            $"{live.Where} names {live.Path}, which is in the project's folder but not in the snapshot, so runs read an unpinned " +
            "file. List it under train.data, or include it in the snapshot",
        Warning.LivePathInCode live =>
            $"{live.File} names the project's folder by its full path (line {live.Line}: {live.Path}): runs read an unpinned file " +
            "there. Write the path relative to the working folder",
        _ => warning.Code,
    };

    /// <summary>
    /// A reason and the warnings beside it, each warning on a line that begins with <c>warning: </c>; null when there is neither.
    /// </summary>
    public static string? Of(Reason? reason, IReadOnlyList<Warning> warnings) =>
        warnings.Count == 0
            ? reason.Words()
            : string.Join('\n', new[] { reason.Words() }.OfType<string>().Concat(warnings.Select(warning => $"warning: {Of(warning)}")));

    private static string OfTrial(Reason reason) => reason switch
    {
        Reason.RepeatsLostTrial lost => $"trial {lost.Trial} was lost with its machine",
        Reason.StartPoint => "a starting point",
        Reason.BestOfEarlierStudy best => $"trial {best.Trial} of {best.Study}, one of its best",
        Reason.GridPoint => "the next point of the grid",
        Reason.RandomPoint => "a random point",
        Reason.SobolPoint point => $"point {point.Number} of the Sobol sequence",
        Reason.SobolPointTaken point => $"a random point, because point {point.Number} of the Sobol sequence was tried",
        Reason.PreferredPointsTaken => "a random point, because the promising ones were tried",
        Reason.ResemblesBest best => $"like the best {best.Best} of {best.Ended} trials, and unlike the others",
        Reason.PosteriorDraw draw => $"the best of one draw; {Prediction(draw.Predicted, draw.StandardDeviation)}",
        Reason.ExpectedImprovement expected =>
            string.Create(CultureInfo.InvariantCulture, $"expected improvement {expected.Improvement:G2}; ")
            + Prediction(expected.Predicted, expected.StandardDeviation),
        _ => OfStudy(reason),
    };

    private static string Prediction(double mean, double standardDeviation) =>
        string.Create(CultureInfo.InvariantCulture, $"predicted {mean:G4} ± {standardDeviation:G2}");

    /// <summary>An entry of <c>metrics:</c> in <c>tenfold.yaml</c>: a name with its pattern.</summary>
    public static string MetricEntry(string metric, string pattern)
    {
        var isPlain = metric.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(metric.FirstOrDefault('0'));
        return $"{(isPlain ? metric : Quoted(metric))}: {Quoted(pattern)}";

        static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string OfStudy(Reason reason) => reason switch
    {
        Reason.PrunedByRank pruned => OfPruned(pruned),
        Reason.PrunedByMedian pruned => OfPruned(pruned),
        Reason.RunsNotCounted runs => $"{runs.Runs} of {runs.Of} runs don't count{(runs.First is null ? "" : $": {Of(runs.First)}")}",
        Reason.MetricNotFinite metric => $"{metric.Metric} is {(double.IsNaN(metric.Value) ? "NaN" : "infinity")}",
        Reason.MetricMissing metric => $"it exited with code 0, but never printed {metric.Metric}",
        Reason.TrialLost => "its machine was reclaimed",
        Reason.AllTrialsAsked all => $"all {all.Trials} trials have been asked",
        Reason.SpaceExhausted => "every point of the space has been asked",
        Reason.BestConfirmed best => $"trial {best.Trial} is confirmed as the best",
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
            _ => (reason.Code, false),
        };
        return isReserved ? $"{words} (the rest is reserved for confirming the best)" : words;
    }

    // "it needs 3 GPUs, and this machine has 1"
    private static string Amount(string resource, double amount, bool isNeed) => resource switch
    {
        "memory" => $"{amount / 1e9:0.#} GB{(isNeed ? " of memory" : "")}",
        "gpus" => $"{amount}{(isNeed ? " GPUs" : "")}",
        _ => $"{amount}{(isNeed ? " cores" : "")}",
    };

    private static string WithLines(string how, string? lines) => lines is { Length: > 0 } ? $"{how}\n{lines}" : how;

    private static string Listed(IReadOnlyList<string> names, int most = 6) => names.Count <= most
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";

    private static string Secrets(IReadOnlyList<string> names) => $"secret{(names.Count == 1 ? "" : "s")} {string.Join(", ", names)}";

    private static string Members(string code, JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object) return code;
        var members = data.EnumerateObject().Where(member => !member.NameEquals("code")).Select(member => $"{member.Name}: {member.Value}")
            .ToList();
        return members.Count == 0 ? code : $"{code} ({string.Join(", ", members)})";
    }

    private static string? SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        _ => null,
    };

    // A shell that outlives a process which a signal ended reports the signal as an exit code: 128 and the signal's number.
    private static string ExitCode(int code) => SignalName(code - 128) switch
    {
        null => $"exit code {code}",
        "SIGKILL" => $"exit code {code} (SIGKILL; {OutOfMemory})",
        var name => $"exit code {code} ({name})",
    };

    private static string Short(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>Two values as a sentence shows them: short, but never alike when they differ.</summary>
    private static (string Value, string Bound) Distinct(double value, double bound)
    {
        var (shown, shownBound) = (Rung(value), Rung(bound));
        return shown == shownBound && value != bound
            ? (value.ToString("R", CultureInfo.InvariantCulture), bound.ToString("R", CultureInfo.InvariantCulture)) : (shown, shownBound);

        static string Rung(double value) =>
            value.ToString(Math.Abs(value) is >= 1e5 and < 1e15 ? "F0" : "G5", CultureInfo.InvariantCulture);
    }

    /// <summary>A length of time in its largest fitting unit: <c>90 s</c>, <c>2.5 h</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => $"{time.TotalSeconds:0.#} s",
        { TotalMinutes: < 120 } => $"{time.TotalMinutes:0.#} min",
        _ => $"{time.TotalHours:0.#} h",
    };

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
        var cents = (up ? Math.Ceiling(usd * 100) : Math.Floor(usd * 100)) / 100;
        return "$" + cents.ToString(cents == Math.Floor(cents) ? "0" : "0.00", CultureInfo.InvariantCulture);
    }
}
