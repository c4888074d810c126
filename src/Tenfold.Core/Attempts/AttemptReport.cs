using System.Text.Json.Serialization;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Attempts;

/// <summary>
/// What an agent reports about an attempt, in <c>attempts/&lt;id&gt;/state.json</c>. Each report is complete and replaces the one before.
/// </summary>
public sealed record AttemptReport
{
    /// <summary>Running, or a final state.</summary>
    public required AttemptState State { get; init; }

    /// <summary>The id of the ledger that submitted the attempt; null in reports of older agents.</summary>
    public string? Ledger { get; init; }

    /// <summary>How the attempt ended; <see cref="Ending.None"/> while it runs.</summary>
    public Ending Ending { get; init; }

    /// <summary>What the attempt does, or why it ended; null when there is nothing to say.</summary>
    /// <remarks>
    /// Stored twice: typed as <c>cause</c>, and in words as <c>reason</c>. Agents of older versions write only the words.
    /// </remarks>
    [JsonIgnore]
    public Reason? Reason { get; init; }

    /// <summary>When the agent started the attempt.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the attempt ended; null before that.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The command's exit code; null when the command did not exit by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the command; null when none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The machine.</summary>
    public string? Host { get; init; }

    /// <summary>The agent's process.</summary>
    public int? AgentProcess { get; init; }

    /// <summary>The command's process, which leads its process group; null while the attempt is prepared.</summary>
    public int? Process { get; init; }

    /// <summary>
    /// The largest resident memory of the command's processes, in bytes; null when it is not larger than the agent's own, because Linux
    /// then reports the agent's.
    /// </summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of the command's processes, in seconds.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>What the command ran in; null before it started, and in reports of older agents.</summary>
    public RunEnvironment? Environment { get; init; }

    /// <summary>
    /// True when the attempt began with a checkpoint of an earlier one, false when it is not the first and began without; null for a first
    /// attempt, before the command has started, and in reports of older agents.
    /// </summary>
    public bool? IsResumed { get; init; }

    /// <summary>
    /// When the checkpoint was written that the attempt began with, by the clock of its machine; null without one, and in reports of older
    /// agents.
    /// </summary>
    public DateTimeOffset? CheckpointAt { get; init; }

    /// <summary>True when the next attempt of the run has been queued after this one.</summary>
    public bool IsRetried { get; init; }

    /// <summary>What a user should know about the attempt, although it did not end the attempt.</summary>
    /// <remarks>
    /// Stored twice: typed as <c>cautions</c>, and in words as <c>warnings</c>. Agents of older versions write only the words.
    /// </remarks>
    [JsonIgnore]
    public IReadOnlyList<Warning> Warnings { get; init => field = value ?? []; } = [];

    [JsonInclude]
    [JsonPropertyName("cause")]
    internal Reason? StoredReason
    {
        get => Reason;
        init => Reason = value is Reason.Unknown unknown ? unknown with { Words = Reason.Words() } : value ?? Reason;
    }

    [JsonInclude]
    [JsonPropertyName("reason")]
    internal string? StoredWords
    {
        get => Reason.Words();
        init => Reason = Reason is Reason.Unknown unknown ? unknown with { Words = value }
            : Reason ?? (value is null ? null : new Reason.Note(value));
    }

    [JsonInclude]
    [JsonPropertyName("cautions")]
    internal IReadOnlyList<Warning>? StoredWarnings
    {
        get => Warnings.Count == 0 ? null : Warnings;
        init => Warnings = value ?? Warnings;
    }

    [JsonInclude]
    [JsonPropertyName("warnings")]
    internal IReadOnlyList<string>? StoredWarningWords
    {
        get => [.. Warnings.Select(warning => warning.ToString())];
        init => Warnings = Warnings.Count > 0 || value is null ? Warnings : [.. value.Select(words => new Warning.Note(words))];
    }

    /// <summary>
    /// The report with the ledger that submitted the attempt: only that ledger may remove the attempt's files as garbage.
    /// </summary>
    public AttemptReport Of(Assignment assignment) => this with { Ledger = assignment.Ledger.Length > 0 ? assignment.Ledger : null };
}

/// <summary>How an attempt ended.</summary>
public enum Ending
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The command exited by itself.</summary>
    Exited,

    /// <summary>A signal that Tenfold did not send ended the command.</summary>
    Signalled,

    /// <summary>Early stopping ended it.</summary>
    EarlyStopped,

    /// <summary>It reached its time limit.</summary>
    TimeLimit,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It could not be started, because of the snapshot, the data, the environment or the machine.</summary>
    NotStarted,

    /// <summary>Its agent or its machine was lost.</summary>
    Lost,
}
