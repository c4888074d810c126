using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Loads spools whose gateways ended for good, and deletes old requests.</summary>
/// <param name="options">The spool of this gateway. The spools beside it are the others'.</param>
/// <param name="log">The request log.</param>
/// <param name="retention">How long requests are kept; null for ever.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is logged.</param>
public sealed class RequestUpkeep(
    SpoolOptions options, IRequestLog log, TimeSpan? retention, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Works once a minute until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await RunOnceAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The gateway ends.
        }
    }

    /// <summary>Loads what other gateways left, and deletes what is too old.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(options.Folder))!;
        try
        {
            foreach (var spool in SpoolFolder.FindAll(folder).Where(spool => Path.GetFullPath(spool) != Path.GetFullPath(options.Folder)))
                await LoadAsync(spool, cancellationToken);
            if (retention is not { } kept) return;
            var before = time.GetUtcNow() - kept;
            var deleted = await log.DeleteAsync(null, before, cancellationToken);
            if (deleted > 0) logger.OldRequestsDeleted(deleted, before);
        }
        catch (Exception e) when (e is LedgerException or IOException or UnauthorizedAccessException)
        {
            logger.UpkeepFailed(folder, e.Message);
        }
    }

    private async Task LoadAsync(string path, CancellationToken cancellationToken)
    {
        // The lock of a running gateway isn't free.
        using var folder = SpoolFolder.TryOpen(path);
        if (folder is null) return;
        await new SpoolLoader(folder, null, log, options, time, logger).LoadAllAsync(cancellationToken);
        folder.Remove();
        logger.AbandonedSpoolLoaded(path);
    }
}
