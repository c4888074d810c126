using Microsoft.Extensions.Logging;

namespace Tenfold.Server;

/// <summary>What the server logs: event ids 8001 to 8099. Never a body, a token or a secret.</summary>
internal static partial class ServerLog
{
    /// <summary>A round of the control loop failed.</summary>
    [LoggerMessage(8001, LogLevel.Warning, "A round of the control loop failed, and the next one tries again")]
    public static partial void RoundFailed(this ILogger logger, Exception error);

    /// <summary>Something could not be reconciled.</summary>
    [LoggerMessage(8002, LogLevel.Warning, "{Place}: {Fault}")]
    public static partial void NotReconciled(this ILogger logger, string place, string fault);

    /// <summary>A round of the watch over pools failed.</summary>
    [LoggerMessage(8003, LogLevel.Warning, "The machines of pools could not be watched, and the next round tries again")]
    public static partial void PoolRoundFailed(this ILogger logger, Exception error);

    /// <summary>Pushes could not be processed.</summary>
    [LoggerMessage(8010, LogLevel.Warning, "Pushes could not be processed, and the next round tries again")]
    public static partial void PushRoundFailed(this ILogger logger, Exception error);

    /// <summary>The memory for bodies was full.</summary>
    [LoggerMessage(8012, LogLevel.Warning, "A delivery was answered with 503, since the bodies of others fill the memory for deliveries")]
    public static partial void BodiesRefused(this ILogger logger);

    /// <summary>Old bodies were removed.</summary>
    [LoggerMessage(8013, LogLevel.Information, "The bodies of {Count} old deliveries were removed")]
    public static partial void BodiesRemoved(this ILogger logger, int count);

    /// <summary>A delivery could not be recorded.</summary>
    [LoggerMessage(8011, LogLevel.Error, "A delivery could not be recorded; its host was told so")]
    public static partial void DeliveryNotRecorded(this ILogger logger, Exception error);

    /// <summary>A request started a study, or let one go on.</summary>
    [LoggerMessage(8024, LogLevel.Information, "{Key}: {What} {Study}")]
    public static partial void StudyChanged(this ILogger logger, string key, string what, string study);

    /// <summary>A request changed what only administrators change.</summary>
    [LoggerMessage(8023, LogLevel.Information, "{Key} {What} {Which}")]
    public static partial void Administered(this ILogger logger, string key, string what, string which);

    /// <summary>The server has started.</summary>
    [LoggerMessage(8030, LogLevel.Information, "{What}")]
    public static partial void Started(this ILogger logger, string what);

    /// <summary>A request failed.</summary>
    [LoggerMessage(8020, LogLevel.Warning, "A request to {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string? path, Exception error);

    /// <summary>A request brought a wrong key.</summary>
    [LoggerMessage(8021, LogLevel.Warning, "A request from {Address} brought a wrong API key")]
    public static partial void WrongKey(this ILogger logger, System.Net.IPAddress address);

    /// <summary>A request changed runs.</summary>
    [LoggerMessage(8022, LogLevel.Information, "{Key}: {What}, {Count} runs")]
    public static partial void RunsChanged(this ILogger logger, string key, string what, int count);
}
