using System.Buffers;
using Tenfold.Core.Platform;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Appends records to a spool. Records of concurrent requests are written together.</summary>
/// <remarks>
/// <para>A request that finds no write under way writes at once, on its own thread. The records that arrive meanwhile collect in a buffer,
/// which is written next, with one call for all. So a write costs one system call, whatever the load, and no request waits for a
/// timer.</para>
/// <para>After an error nothing more is written to a segment: a second fsync may succeed although the first one's data is lost. The segment
/// is cut where the last acknowledged record ends, and the next record begins another segment.</para>
/// </remarks>
internal sealed class SpoolWriter : IThreadPoolWorkItem, IDisposable
{
    private const int LargestKeptBuffer = 4 << 20;
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SpoolFolder _folder;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string, ISegmentFile> _create;
    private WriteBatch _collecting = new(), _spare = new();
    private WriteBatch? _writing;
    private bool _isWriting;
    private long? _failedAt;
    private long _totalBytes, _records;
    private ISegmentFile? _file;
    private SpoolPosition _end, _endBefore;
    private long _nextSegment;

    public SpoolWriter(SpoolFolder folder, SpoolOptions options, TimeProvider time, Func<string, ISegmentFile>? create = null)
    {
        (_folder, _options, _time, _create) = (folder, options, time, create ?? SegmentFile.Create);
        var segments = folder.ListSegments();
        _totalBytes = segments.Sum(segment => segment.SizeBytes);
        // Numbers also grow when the folder was emptied, so that no position in the database is ahead of them.
        var last = segments.Count > 0 ? segments[^1].Segment : 0;
        _nextSegment = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        _end = new SpoolPosition(_nextSegment - 1, long.MaxValue);
    }

    /// <summary>The position after the last written record. Everything before it can be read.</summary>
    public SpoolPosition End
    {
        get
        {
            lock (_gate) return _end;
        }
    }

    /// <summary>True when a request would be refused now.</summary>
    public bool IsRefusing
    {
        get
        {
            if (_options.WhenFull != FullPolicy.Refuse) return false;
            lock (_gate)
            {
                var isFailing = _failedAt is { } since && _time.GetElapsedTime(since) < FaultPause;
                return isFailing || _totalBytes + _collecting.Length >= _options.BudgetBytes - _options.ReserveBytes;
            }
        }
    }

    /// <summary>Why the last write failed; null when it succeeded.</summary>
    public string? Fault { get; private set; }

    /// <summary>The size of all segments.</summary>
    public long TotalBytes => Interlocked.Read(ref _totalBytes);

    /// <summary>How many records were written.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Appends a request.</summary>
    public ValueTask<AppendOutcome> AppendAsync(LoggedRequest request)
    {
        var record = ArrayPool<byte>.Shared.Rent(SpoolFormat.Prefix + RequestCodec.SizeBound(request));
        return AppendAsync(record, RequestCodec.Write(request, record.AsSpan(SpoolFormat.Prefix)));
    }

    /// <summary>Appends feedback.</summary>
    public ValueTask<AppendOutcome> AppendAsync(Feedback feedback)
    {
        var record = ArrayPool<byte>.Shared.Rent(SpoolFormat.Prefix + RequestCodec.SizeBound(feedback));
        return AppendAsync(record, RequestCodec.Write(feedback, record.AsSpan(SpoolFormat.Prefix)));
    }

    /// <summary>Waits until the records that were appended so far are written.</summary>
    public Task FlushAsync()
    {
        lock (_gate) return _collecting.Count > 0 ? _collecting.Completion : _writing?.Completion ?? Task.CompletedTask;
    }

    /// <summary>Reports that segments were loaded and deleted.</summary>
    public void Release(long sizeBytes)
    {
        lock (_gate) _totalBytes -= sizeBytes;
    }

    /// <summary>Begins another segment if the current one is too large, so that it can be deleted once it is loaded.</summary>
    /// <returns>True when another segment was begun.</returns>
    public bool RollLargeSegment()
    {
        lock (_gate)
        {
            if (_isWriting || _file is null || _end.Offset <= _options.EffectiveSegmentBytes) return false;
            _isWriting = true;
        }

        var hasRolled = Try(_ => Roll(), null);
        Pass();
        return hasRolled;
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => WriteNext();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private ValueTask<AppendOutcome> AppendAsync(byte[] record, int content)
    {
        var length = SpoolFormat.Prefix + content;
        SpoolFormat.Seal(record.AsSpan(0, length));
        WriteBatch batch;
        bool isFirst, mustWait, writesHere;
        Task<AppendOutcome>? completion;
        lock (_gate)
        {
            if (content > SpoolFormat.MaxContent || _totalBytes + _collecting.Length + length > _options.BudgetBytes)
            {
                ArrayPool<byte>.Shared.Return(record);
                return new(CountLost(1));
            }

            batch = _collecting;
            batch.Add(record.AsSpan(0, length));
            mustWait = _options.Durability != Durability.Async || batch.Length > _options.MaxWaitingBytes;
            (isFirst, _isWriting) = (!_isWriting, true);
            // fsync takes milliseconds, in which this thread would serve nobody.
            writesHere = isFirst && mustWait && _options.Durability != Durability.Fsync;
            completion = mustWait && !writesHere ? batch.Completion : null;
        }

        ArrayPool<byte>.Shared.Return(record);
        if (writesHere) return new(WriteNext());
        if (isFirst) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return completion is not null ? new(completion) : new(AppendOutcome.Recorded);
    }

    // Writes what has been collected.
    private AppendOutcome WriteNext()
    {
        WriteBatch batch;
        lock (_gate)
        {
            batch = _writing = _collecting;
            _collecting = _spare;
        }

        var outcome = Try(Write, batch) ? AppendOutcome.Recorded : CountLost(batch.Count, _options.Durability == Durability.Async);
        TaskCompletionSource<AppendOutcome>? completion;
        lock (_gate)
        {
            completion = batch.Clear(LargestKeptBuffer);
            (_spare, _writing) = (batch, null);
        }

        completion?.TrySetResult(outcome);
        Pass();
        return outcome;
    }

    // If more was collected meanwhile, another thread writes it, so that this request can go on.
    private void Pass()
    {
        lock (_gate)
        {
            _isWriting = _collecting.Count > 0;
            if (!_isWriting) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // Whatever goes wrong, the requests that wait must learn it.
    private bool Try(Action<WriteBatch?> write, WriteBatch? batch)
    {
        try
        {
            write(batch);
            Fault = null;
            return true;
        }
        catch (Exception e)
        {
            Abandon(e.Message);
            return false;
        }
    }

    private void Write(WriteBatch? batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var isFull = _end.Offset > SpoolFormat.Header.Length && _end.Offset + batch.Length > _options.EffectiveSegmentBytes;
        if (_file is null || isFull) Roll();
        _file!.Write(batch.Bytes, _end.Offset);
        if (_options.Durability == Durability.Fsync) _file.Flush();
        lock (_gate)
        {
            _end = _end with { Offset = _end.Offset + batch.Length };
            _totalBytes += batch.Length;
            _records += batch.Count;
            _failedAt = null;
        }
    }

    private void Roll()
    {
        _file?.Dispose();
        _file = null;
        var segment = _nextSegment++;
        var path = _folder.FileOf(segment);
        var file = _create(path);
        try
        {
            file.Write(SpoolFormat.Header, 0);
            if (_options.Durability == Durability.Fsync) FolderSync.Flush(_folder.Path);
        }
        catch
        {
            file.Dispose();
            TryRemove(segment);
            throw;
        }

        _file = file;
        lock (_gate)
        {
            (_endBefore, _end) = (_end, new SpoolPosition(segment, SpoolFormat.Header.Length));
            _totalBytes += SpoolFormat.Header.Length;
        }
    }

    private void Abandon(string fault)
    {
        Fault = fault;
        lock (_gate) _failedAt = _time.GetTimestamp();
        if (_file is null) return;
        var end = End;
        try
        {
            _file.Truncate(end.Offset);
        }
        catch (IOException)
        {
            // The records behind the end were not acknowledged. If they can be read, they are loaded.
        }

        _file.Dispose();
        _file = null;
        if (end.Offset > SpoolFormat.Header.Length) return;
        TryRemove(end.Segment);
        lock (_gate)
        {
            _end = _endBefore;
            _totalBytes -= end.Offset;
        }
    }

    // A full disk must not collect empty files.
    private void TryRemove(long segment)
    {
        try
        {
            _folder.Delete(segment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty segment is skipped.
        }
    }

    // What was acknowledged before it was written can no longer be refused, so it is counted.
    private AppendOutcome CountLost(int records, bool isAcknowledged = false)
    {
        if (_options.WhenFull == FullPolicy.Drop || isAcknowledged) _folder.AddLosses(dropped: records);
        return _options.WhenFull == FullPolicy.Drop ? AppendOutcome.Dropped : AppendOutcome.Refused;
    }
}
