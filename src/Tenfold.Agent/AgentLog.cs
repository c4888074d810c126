using Microsoft.Extensions.Logging;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>The agent's structured events. Event ids 3000 to 3099 belong to it, and never change their meaning.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(3000, LogLevel.Information, "{Attempt} is claimed by {Job} (restart {Restarts})")]
    public static partial void AttemptClaimed(this ILogger log, string attempt, string? job, int restarts);

    [LoggerMessage(3001, LogLevel.Information, "{Attempt} is handled by another process: {Claim}")]
    public static partial void AttemptClaimedElsewhere(this ILogger log, string attempt, AttemptClaim claim);

    [LoggerMessage(3002, LogLevel.Information, "{Attempt} ended: {State}, {Ending}; retried: {IsRetried}")]
    public static partial void AttemptEnded(this ILogger log, string attempt, AttemptState state, Ending ending, bool isRetried);

    [LoggerMessage(3003, LogLevel.Error, "The end of {Attempt} could not be reported")]
    public static partial void AttemptNotReported(this ILogger log, string attempt, Exception error);

    [LoggerMessage(3004, LogLevel.Error, "{Attempt} met a fault of Tenfold")]
    public static partial void AttemptFaulted(this ILogger log, string attempt, Exception error);

    [LoggerMessage(3010, LogLevel.Information, "{Attempt} starts its command as process {Process}")]
    public static partial void CommandStarted(this ILogger log, string attempt, int process);

    [LoggerMessage(3011, LogLevel.Information, "{Attempt} is asked to stop: {Ending}")]
    public static partial void CommandStopping(this ILogger log, string attempt, Ending ending);

    [LoggerMessage(3012, LogLevel.Warning, "{Attempt} did not end within {Seconds} s after SIGTERM and is killed")]
    public static partial void CommandKilled(this ILogger log, string attempt, double seconds);

    [LoggerMessage(3013, LogLevel.Information, "The host ends the job of {Attempt}: {Ending}")]
    public static partial void HostStops(this ILogger log, string attempt, Ending ending);

    [LoggerMessage(3014, LogLevel.Warning, "The host does not say why it ends the job of {Attempt}")]
    public static partial void HostCauseUnknown(this ILogger log, string attempt, Exception error);

    [LoggerMessage(3020, LogLevel.Warning, "A request to the store failed and is retried")]
    public static partial void StoreFailed(this ILogger log, Exception error);

    [LoggerMessage(3021, LogLevel.Information, "The store answers again")]
    public static partial void StoreRecovered(this ILogger log);

    [LoggerMessage(3022, LogLevel.Debug, "A heartbeat, stop check or metrics write of {Attempt} failed; the next one tries again")]
    public static partial void MonitorFailed(this ILogger log, string attempt, Exception error);

    [LoggerMessage(3030, LogLevel.Information, "Secrets of {Group} were received")]
    public static partial void SecretsReceived(this ILogger log, string group);

    [LoggerMessage(3031, LogLevel.Warning, "The socket for secrets failed; the agent listens on a new one")]
    public static partial void SecretSocketFailed(this ILogger log, Exception? error);

    [LoggerMessage(3040, LogLevel.Information, "{Count} unused files and folders were removed from {Home}")]
    public static partial void CacheCleaned(this ILogger log, int count, string home);

    [LoggerMessage(3050, LogLevel.Information, "The job of {Carrier} now runs {Attempt}")]
    public static partial void SiblingStarted(this ILogger log, string carrier, string attempt);

    [LoggerMessage(3051, LogLevel.Warning, "The jobs of {Count} claimed attempts could not be cancelled; they end by themselves")]
    public static partial void SiblingsNotCancelled(this ILogger log, int count, Exception error);

    [LoggerMessage(3060, LogLevel.Information, "The agent serves the queue {Folder}")]
    public static partial void QueueServed(this ILogger log, string folder);

    [LoggerMessage(3061, LogLevel.Information, "The queue {Folder} is empty, or the agent was asked to end")]
    public static partial void QueueLeft(this ILogger log, string folder);

    [LoggerMessage(3062, LogLevel.Information, "The agent {Session} serves the pool {Pool}")]
    public static partial void PoolServed(this ILogger log, string pool, string session);

    [LoggerMessage(3063, LogLevel.Information, "The agent {Session} has left the pool {Pool}")]
    public static partial void PoolLeft(this ILogger log, string pool, string session);

    [LoggerMessage(3064, LogLevel.Warning, "A sign of life for the pool {Pool} could not be written; the agent tries again")]
    public static partial void PoolMachineNotShown(this ILogger log, string pool, Exception error);

    [LoggerMessage(3065, LogLevel.Warning, "A request for the pool {Pool} failed; the agent tries again")]
    public static partial void PoolRoundFailed(this ILogger log, string pool, Exception error);

    [LoggerMessage(3070, LogLevel.Warning, "Checkpoints of {Attempt} could not be saved")]
    public static partial void CheckpointNotSaved(this ILogger log, string attempt, Exception error);
}
