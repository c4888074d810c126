using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Output;

namespace Tenfold.Core.Reasons;

/// <summary>
/// Turns reasons and warnings into words. The text is for people only. Control sequences that a script printed are removed.
/// </summary>
public static partial class ReasonText
{
    private const string OutOfMemory = "out of memory? see `dmesg`";

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
        Reason.WaitsForRunLimit waits =>
            $"waits: limit of {waits.Runs} run{(waits.Runs == 1 ? "" : "s")} at once ({LimitPlace("runs", waits.Project)})",
        Reason.WaitsForDayLimit waits =>
            $"waits until 00:00 {waits.Zone ?? "UTC"}: today's {Money.Format(waits.Usd)} dollars are spent or reserved "
            + $"({LimitPlace("dollars_per_day", waits.Project)})",
        Reason.WaitsBehind waits =>
            $"{waits.Runs} run{(waits.Runs == 1 ? "" : "s")} ahead of it{(waits.Why is { } why ? $"; {Of(why)}" : "")}",
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

    /// <summary>
    /// A reason and the warnings beside it, each warning on a line that begins with <c>warning: </c>; null when there is neither.
    /// </summary>
    public static string? Of(Reason? reason, IReadOnlyList<Warning> warnings) =>
        warnings.Count == 0
            ? reason.Words()
            : string.Join('\n', new[] { reason.Words() }.OfType<string>().Concat(warnings.Select(warning => $"warning: {Of(warning)}")));

    // "it needs 3 GPUs, and this machine has 1"
    private static string Amount(string resource, double amount, bool isNeed) => resource switch
    {
        "memory" => $"{amount / 1e9:0.#} GB{(isNeed ? " of memory" : "")}",
        "gpus" => $"{amount}{(isNeed ? " GPUs" : "")}",
        _ => $"{amount}{(isNeed ? " cores" : "")}",
    };

    private static string LimitPlace(string key, string? project) =>
        project is null ? $"limits.{key} in server.yaml" : $"limits.{key} of {project}";

    private static string WithLines(string how, string? lines) => lines is { Length: > 0 } ? $"{how}\n{lines}" : how;

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

    /// <summary>A length of time in its largest fitting unit: <c>90 s</c>, <c>2.5 h</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => $"{time.TotalSeconds:0.#} s",
        { TotalMinutes: < 120 } => $"{time.TotalMinutes:0.#} min",
        _ => $"{time.TotalHours:0.#} h",
    };
}
