using Microsoft.Extensions.Logging;

namespace Tenfold.App;

/// <summary>
/// The events of the application layer, 2001 to 2099. Ids and field names never change, because people search logs for them.
/// </summary>
internal static partial class AppLog
{
    [LoggerMessage(2001, LogLevel.Debug, "Opened the services of {Home} with the ledger {Ledger}")]
    public static partial void ServicesOpened(this ILogger logger, string home, string ledger);

    [LoggerMessage(2002, LogLevel.Information, "Recorded the group {Group} of {Runs} runs on {Target}")]
    public static partial void GroupRecorded(this ILogger logger, string group, int runs, string target);

    [LoggerMessage(2003, LogLevel.Information, "Recorded the study {Study} on {Target}")]
    public static partial void StudyRecorded(this ILogger logger, string study, string target);

    [LoggerMessage(2004, LogLevel.Information, "Uploading the data channel {Channel}, {SizeBytes} bytes, to {Store}")]
    public static partial void DataUploading(this ILogger logger, string channel, long sizeBytes, string store);

    [LoggerMessage(2005, LogLevel.Debug, "Prepared the store {Store}")]
    public static partial void StorePrepared(this ILogger logger, string store);
}
