using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Loads a spool's records into the request log, and deletes loaded segments.</summary>
/// <remarks>
/// The position is stored with the records in one transaction. So a loader that is ended at any point, or doesn't learn whether a
/// transaction was committed, reads the position again and goes on there.
/// </remarks>
internal sealed class SpoolLoader
{
    private const int PoliteFactor = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SpoolFolder _folder;
    private readonly SpoolWriter? _writer;
    private readonly IRequestLog _log;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SpoolReader _reader;
    private TaskCompletionSource _nudge = NewSource();
    private TaskCompletionSource _reached = NewSource();
    private SpoolPosition? _position, _reachedEnd;
    private bool _knowsPosition;
    private long _loaded, _refused;
    private string? _viewFault;

    /// <summary>Creates a loader.</summary>
    /// <param name="folder">The spool.</param>
    /// <param name="writer">Its writer; null for a spool that is no longer written.</param>
    /// <param name="log">Where the records go.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults are logged.</param>
    public SpoolLoader(
        SpoolFolder folder, SpoolWriter? writer, IRequestLog log, SpoolOptions options, TimeProvider time, ILogger logger)
    {
        (_folder, _writer, _log, _options, _time, _logger) = (folder, writer, log, options, time, logger);
        _reader = new SpoolReader(folder, options.BatchRecords, options.BatchBytes);
    }

    /// <summary>Why nothing is loaded at the moment; null when loading works.</summary>
    public string? Fault { get; private set; }

    /// <summary>How many records were loaded.</summary>
    public long Loaded => Interlocked.Read(ref _loaded);

    /// <summary>How many requests the database refused. They are stored apart.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>How often it looked for records in the spool's folder.</summary>
    internal long Reads { get; private set; }

    /// <summary>Loads until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var (started, before) = (_time.GetTimestamp(), _writer?.Records ?? 0);
                var step = await LoadNextAsync(cancellationToken);
                if (step != LoadStep.More) await WaitAsync(_options.Linger, cancellationToken);
                else if (IsPolite(before)) await WaitAsync(_time.GetElapsedTime(started) * PoliteFactor, cancellationToken);
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database may be away for hours, and an unknown error must not end the loading of later records.
                Report(e);
                await WaitAsync(pause, cancellationToken);
                pause = pause * 2 < _options.MaxPause ? pause * 2 : _options.MaxPause;
            }
        }
    }

    /// <summary>Loads everything that is written.</summary>
    /// <exception cref="LedgerException">The database can't be reached.</exception>
    public async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        while (await LoadNextAsync(cancellationToken) != LoadStep.Nothing)
        {
            // Goes on until nothing is left.
        }
    }

    /// <summary>Waits until <see cref="RunAsync"/> has loaded everything before a position.</summary>
    /// <param name="end">The position.</param>
    /// <param name="isFaultAwaited">True to wait for a database that is unreachable; false to give up then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForAsync(SpoolPosition end, bool isFaultAwaited, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task reached;
            lock (_gate)
            {
                if (_reachedEnd >= end || (Fault is not null && !isFaultAwaited)) return;
                reached = _reached.Task;
                _nudge.TrySetResult();
            }

            await reached.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<LoadStep> LoadNextAsync(CancellationToken cancellationToken)
    {
        if (!_knowsPosition)
        {
            _position = await _log.ReadPositionAsync(_folder.Id, cancellationToken);
            _knowsPosition = true;
            DeleteLoaded();
        }

        var end = _writer?.End ?? new SpoolPosition(long.MaxValue, 0);
        // Nothing was written since everything was loaded, so there is no need to read the folder.
        if (_writer is not null && _reachedEnd == end) return LoadStep.Nothing;
        Reads++;
        var read = _reader.Read(_position, end);
        // A torn segment has no records, and a loaded segment can be deleted once the position is in the next one.
        if (read is null || (read.Count == 0 && read.Torn + read.Damaged == 0 && !(read.To.Segment > (_position?.Segment ?? -1))))
        {
            Fault = null;
            Reach(end);
            return LoadStep.Nothing;
        }

        var losses = _folder.Losses;
        var batch = new RequestBatch
        {
            Spool = _folder.Id,
            From = _position,
            To = read.To,
            Requests = read.Requests,
            Feedback = read.Feedback,
            Losses = losses with { Torn = losses.Torn + read.Torn, Damaged = losses.Damaged + read.Damaged },
        };
        // When the transaction fails, it is unknown whether it was committed.
        _knowsPosition = false;
        var result = await _log.LoadAsync(batch, cancellationToken);
        _knowsPosition = true;
        Fault = null;
        if (result.IsLoaded) Count(read, result);
        _position = result.Position;
        DeleteLoaded();
        if (!result.IsLoaded || IsBehind(read, end)) return LoadStep.More;
        if (_position < end) return LoadStep.Last;
        if (_writer?.RollLargeSegment() == true) return LoadStep.More;
        Reach(end);
        return LoadStep.Last;
    }

    // Loading can wait for a pause in the traffic, unless much waits already. Without new requests, nobody else needs the processor.
    private bool IsPolite(long recordsBefore) =>
        _writer is { } writer && writer.Records > recordsBefore && writer.TotalBytes - (_position?.Offset ?? 0) <= _options.PoliteBytes;

    // What arrived during the transaction is not worth another one at once: it waits for more.
    private bool IsBehind(SpoolRead read, SpoolPosition end) =>
        read.Count >= _options.BatchRecords || read.To.Segment < end.Segment || end.Offset - read.To.Offset > _options.BatchBytes / 4;

    private void Count(SpoolRead read, LoadResult result)
    {
        _folder.AddLosses(torn: read.Torn, damaged: read.Damaged);
        Interlocked.Add(ref _loaded, read.Count);
        Interlocked.Add(ref _refused, result.Refused);
        if (read.Damaged > 0) _logger.SpoolDamaged(_folder.FileOf(read.To.Segment), read.Damaged);
        if (result.Refused > 0) _logger.RequestsRefused(result.Refused);
        if (result.ViewFault is { } fault && fault != _viewFault) _logger.ViewsMissing(fault);
        _viewFault = result.ViewFault;
    }

    private void Reach(SpoolPosition end)
    {
        lock (_gate)
        {
            _reachedEnd = end;
            WakeWaiting();
        }
    }

    private void WakeWaiting()
    {
        _reached.TrySetResult();
        _reached = NewSource();
    }

    private void DeleteLoaded()
    {
        if (_position is not { } position) return;
        var segments = _folder.ListSegments();
        foreach (var (segment, sizeBytes) in segments)
        {
            // The newest segment stays, so that the numbers of later ones are higher.
            if (segment >= position.Segment || segment == segments[^1].Segment) return;
            _folder.Delete(segment);
            _writer?.Release(sizeBytes);
        }
    }

    private void Report(Exception error)
    {
        if (Fault is null) _logger.LoadingInterrupted(error is LedgerException or IOException ? null : error, error.Message);
        lock (_gate)
        {
            Fault = error.Message;
            WakeWaiting();
        }
    }

    private async Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        Task nudged;
        lock (_gate)
        {
            nudged = _nudge.Task;
            if (nudged.IsCompleted)
            {
                _nudge = NewSource();
                return;
            }
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(duration, _time, ended.Token), nudged);
        await ended.CancelAsync();
    }

    private enum LoadStep
    {
        /// <summary>There was nothing to load.</summary>
        Nothing,

        /// <summary>Almost everything is loaded.</summary>
        Last,

        /// <summary>There is more to load.</summary>
        More,
    }
}
