using Microsoft.Extensions.Logging;
using Tenfold.Core.Pushes;

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

    [LoggerMessage(2006, LogLevel.Error, "The record of {Record} in the ledger is damaged ({Why}), and is left out")]
    public static partial void RecordUnreadable(this ILogger logger, string record, string why);

    [LoggerMessage(2010, LogLevel.Information, "Received {Delivery}, a {Event} of {Repository}; new: {IsNew}")]
    public static partial void DeliveryReceived(this ILogger logger, string delivery, string @event, string repository, bool isNew);

    [LoggerMessage(2011, LogLevel.Warning, "Refused a delivery: {Why}")]
    public static partial void DeliveryRefused(this ILogger logger, string why);

    [LoggerMessage(2012, LogLevel.Warning, "The push {Push} of {Repository} can't proceed now; it is tried again")]
    public static partial void PushPostponed(this ILogger logger, string push, string repository, Exception error);

    [LoggerMessage(2013, LogLevel.Information, "The push {Push} of {Repository} has ended: {State}")]
    public static partial void PushEnded(this ILogger logger, string push, string repository, PushState state);

    [LoggerMessage(2014, LogLevel.Warning, "The {Answer} of the push {Push} could not be posted ({Why}); it is tried again")]
    public static partial void AnswerPostponed(this ILogger logger, string push, string answer, string? why);

    [LoggerMessage(2015, LogLevel.Error, "The {Answer} of the push {Push} was refused ({Why}), and is not posted")]
    public static partial void AnswerRefused(this ILogger logger, string push, string answer, string? why);

    [LoggerMessage(2016, LogLevel.Error, "The push {Push} of {Repository} has failed for three days, and is given up")]
    public static partial void PushGivenUp(this ILogger logger, string push, string repository, Exception error);

    [LoggerMessage(2017, LogLevel.Error, "The record of the push or delivery {Push} can't be read ({Why}), and is left out")]
    public static partial void PushUnreadable(this ILogger logger, string push, string why);

    [LoggerMessage(2018, LogLevel.Warning, "The schedules of {Repository} can't be read now; they are tried again")]
    public static partial void SchedulesPostponed(this ILogger logger, string repository, Exception error);

    [LoggerMessage(2019, LogLevel.Information,
        "The schedule of {Repository} '{Folder}' starts {Push}, which was due at {Due}; {Missed} earlier times were missed")]
    public static partial void ScheduleStarted(
        this ILogger logger, string repository, string folder, string push, DateTimeOffset due, int missed);

    [LoggerMessage(2030, LogLevel.Information, "The pool {Pool}: {Words}")]
    public static partial void InstanceLooked(this ILogger logger, string pool, string words);

    [LoggerMessage(2031, LogLevel.Warning, "The instances of the pool {Pool} in {Region} could not be watched")]
    public static partial void PoolNotWatched(this ILogger logger, string pool, string region, Exception error);

    [LoggerMessage(2032, LogLevel.Warning, "The instances of the pool {Pool} in {Region} could not be watched: {Refusal}")]
    public static partial void PoolStoreRefused(this ILogger logger, string pool, string region, string refusal);

    [LoggerMessage(2005, LogLevel.Debug, "Prepared the store {Store}")]
    public static partial void StorePrepared(this ILogger logger, string store);
}
