using Microsoft.Extensions.Logging;

namespace Tenfold.Gateway.RequestLog;

/// <summary>The events of the request log, 3101 to 3199. Ids and field names never change, because people search logs for them.</summary>
internal static partial class RequestLogEvents
{
    [LoggerMessage(3101, LogLevel.Warning, "Requests can't be loaded into the database, and collect in the spool: {Fault}")]
    public static partial void LoadingInterrupted(this ILogger logger, Exception? error, string fault);

    [LoggerMessage(3102, LogLevel.Error, "{Segment} has {Places} places that can't be read. A copy of the file is kept beside it")]
    public static partial void SpoolDamaged(this ILogger logger, string segment, int places);

    [LoggerMessage(3103, LogLevel.Warning, "The database refused {Requests} requests. They are in the table requests_refused")]
    public static partial void RequestsRefused(this ILogger logger, int requests);

    [LoggerMessage(3104, LogLevel.Information, "Loaded the spool {Folder} of a gateway that ended")]
    public static partial void AbandonedSpoolLoaded(this ILogger logger, string folder);

    [LoggerMessage(3105, LogLevel.Information, "Deleted {Requests} requests from before {Before}")]
    public static partial void OldRequestsDeleted(this ILogger logger, long requests, DateTimeOffset before);

    [LoggerMessage(3106, LogLevel.Warning, "Could not load the spool {Folder} of a gateway that ended, or delete old requests: {Fault}")]
    public static partial void UpkeepFailed(this ILogger logger, string folder, string fault);

    [LoggerMessage(3107, LogLevel.Warning, "The views of some versions can't be created in the database: {Fault}")]
    public static partial void ViewsMissing(this ILogger logger, string fault);
}
