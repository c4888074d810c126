using Microsoft.Extensions.Logging;

namespace Tenfold.Gateway;

/// <summary>What the gateway logs. Never a body, a key or a user's key.</summary>
internal static partial class GatewayLog
{
    /// <summary>The ledger could not be read.</summary>
    [LoggerMessage(7001, LogLevel.Warning, "The ledger could not be read, so the routes stay as they are: {Message}")]
    public static partial void LedgerUnreadable(this ILogger logger, string message);

    /// <summary>A version could not be started.</summary>
    [LoggerMessage(7002, LogLevel.Warning, "{Model} {Version} could not be started: {Message}")]
    public static partial void VersionNotStarted(this ILogger logger, string model, string version, string message);

    /// <summary>A version could not be ended.</summary>
    [LoggerMessage(7003, LogLevel.Warning, "A version could not be ended: {Message}")]
    public static partial void VersionNotEnded(this ILogger logger, string message);

    /// <summary>A request failed by a fault of the gateway.</summary>
    [LoggerMessage(7004, LogLevel.Error, "Request {Id} failed by a fault of the gateway")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, Guid id);

    /// <summary>The file of API keys could not be read.</summary>
    [LoggerMessage(7005, LogLevel.Warning, "The API keys could not be read, so the former keys stay valid: {Message}")]
    public static partial void KeysUnreadable(this ILogger logger, string message);

    /// <summary>Calls of users could not be looked for.</summary>
    [LoggerMessage(7011, LogLevel.Warning, "Users' calls of the request log can't be read, and wait: {Message}")]
    public static partial void CallsUnreadable(this ILogger logger, string message);

    /// <summary>Tasks with long requests could not be protected.</summary>
    [LoggerMessage(7012, LogLevel.Warning, "Tasks of {Model} {Version} that answer long requests can't be protected: {Message}")]
    public static partial void NotProtected(this ILogger logger, string model, string version, string message);

    /// <summary>A shadow call failed.</summary>
    [LoggerMessage(7006, LogLevel.Debug, "A shadow call of request {Id} failed: {Message}")]
    public static partial void ShadowFailed(this ILogger logger, Guid id, string message);

    /// <summary>The gateway can be reached from other machines without a key.</summary>
    [LoggerMessage(7007, LogLevel.Warning,
        "{Url} can be reached from other machines, and no API key is required: add one with `tenfold gateway keys add NAME`")]
    public static partial void OpenToOthers(this ILogger logger, string url);

    /// <summary>A version lost its traffic.</summary>
    [LoggerMessage(7020, LogLevel.Error, "{Model} {Version} has no traffic now: {Reason}")]
    public static partial void VersionRolledBack(this ILogger logger, string model, string version, string reason);

    /// <summary>Rollouts could not be judged.</summary>
    [LoggerMessage(7021, LogLevel.Warning, "The versions that share traffic could not be judged: {Message}")]
    public static partial void RolloutsNotJudged(this ILogger logger, string message);
}
