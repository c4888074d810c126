using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Output;

/// <summary>
/// Buffers bytes between threads that produce them fast and a store that is slow: appending only copies into memory, and one task
/// writes it on. Memory is bounded: a producer waits while 4 MiB are not yet stored.
/// </summary>
/// <remarks>
/// A request to a store that fails for a while is retried. Meanwhile the bytes are buffered in a file, so that the command is not delayed.
/// When the command has ended and retry is over, the rest stays in that file. After a permanent failure, new bytes are discarded. <see
/// cref="Failure"/> reports both; the command keeps running.
/// </remarks>
public sealed class SegmentBuffer : IAsyncDisposable
{
    private const int MaxBytes = 4 << 20;

    // A writer accepts a piece of this size whole or not at all, so a failed piece can be written again.
    private const int PieceBytes = 64 << 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200), Hanging = TimeSpan.FromSeconds(3);

    private readonly ISegmentWriter _writer;
    private readonly TimeProvider _time;
    private readonly StoreRetry? _retry;
    private readonly SpillFile? _spill;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly Task _drain;
    private TaskCompletionSource _some = NewSignal();
    private TaskCompletionSource _full = NewSignal();
    private ArrayBufferWriter<byte> _filling = new(64 * 1024);
    private ArrayBufferWriter<byte> _writing = new(64 * 1024);
    private volatile bool _isFailing, _ended;

    /// <summary>Starts writing on to the store.</summary>
    /// <param name="writer">The store's end; disposed of with this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="retry">How long to retry the store after the end; null takes each failure as permanent.</param>
    /// <param name="spill">Buffers bytes while the store fails; null makes the producers wait.</param>
    public SegmentBuffer(ISegmentWriter writer, TimeProvider time, StoreRetry? retry = null, SpillFile? spill = null)
    {
        (_writer, _time, _retry, _spill) = (writer, time, retry, spill);
        _drain = Task.Run(DrainAsync);
    }

    /// <summary>Why the store no longer accepts anything; null while it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>Adds bytes in one piece; <paramref name="write"/> is called at once, under the lock.</summary>
    public void Append<TState>(TState state, Action<TState, IBufferWriter<byte>> write)
        where TState : allows ref struct
    {
        // A store that hangs, and neither accepts nor refuses, must not delay the producers for long.
        if (_spill is null) _room.Wait();
        else if (!_room.Wait(Hanging) && !TrySpill()) _room.Wait();
        lock (_gate)
        {
            var before = _filling.WrittenCount;
            write(state, _filling);
            if (before == 0) _some.TrySetResult();
            if (_filling.WrittenCount < MaxBytes) return;
            if ((_isFailing || _spill is { IsEmpty: false }) && TrySpill()) return;
            _room.Reset();
            _full.TrySetResult();
        }
    }

    /// <summary>Writes all that was appended and closes the store's end. Once done, doing it again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_drain.IsCompleted) return;
        lock (_gate)
        {
            _ended = true;
            _some.TrySetResult();
            _full.TrySetResult();
        }

        await _drain;
        _room.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Spilled bytes are older than new ones. While there are any, new bytes must follow them into the file.
    private bool TrySpill()
    {
        lock (_gate)
        {
            if (_spill is null || Failure is not null) return false;
            if (_filling.WrittenCount < MaxBytes) return true;
            if (!_spill.TryAppend(_filling.WrittenSpan)) return false;
            _filling.ResetWrittenCount();
            _room.Set();
            return true;
        }
    }

    private async Task DrainAsync()
    {
        for (var last = false; !last;)
        {
            // While the command is silent, nothing wakes this task. Bytes that then arrive within the interval are written at once.
            if (_spill is null or { IsEmpty: true })
            {
                await _some.Task;
                await _full.Task.WaitAsync(_writer.FlushEvery > Interval ? _writer.FlushEvery : Interval, _time)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            lock (_gate)
            {
                if (_spill is { IsEmpty: false }) _spill.Read(_writing, MaxBytes);
                else
                {
                    last = _ended;
                    (_filling, _writing) = (_writing, _filling);
                    if (!last) (_some, _full) = (NewSignal(), NewSignal());
                    _room.Set();
                }
            }

            await WriteAsync();
        }

        try
        {
            await _writer.DisposeAsync();
        }
        catch (Exception e)
        {
            Failure ??= Words(e);
        }

        _spill?.Dispose();
    }

    private async Task WriteAsync()
    {
        var sent = 0;
        while (_writing.WrittenCount > 0 && Failure is null)
        {
            try
            {
                while (sent < _writing.WrittenCount)
                {
                    var piece = _writing.WrittenMemory.Slice(sent, Math.Min(PieceBytes, _writing.WrittenCount - sent));
                    await _writer.AppendAsync(piece, CancellationToken.None);
                    sent += piece.Length;
                }

                await _writer.FlushAsync(CancellationToken.None);
                if (_isFailing) _retry!.RecordSuccess();
                _isFailing = false;
                break;
            }
            catch (StoreException e) when (_retry?.IsTransient(e) == true)
            {
                _retry.RecordFailure(e);
                _isFailing = true;
                if (_ended && _retry.IsExhausted) GiveUp(e);
                else await _retry.BackOffAsync(CancellationToken.None);
            }
            catch (Exception e)
            {
                // Every fault must be recorded: the producers wait for this task, and the command waits for the producers.
                Failure = Words(e);
            }
        }

        _writing.ResetWrittenCount();
    }

    private void GiveUp(StoreException e)
    {
        lock (_gate)
        {
            // Bytes that were written and not flushed may have arrived. A duplicate is better than a loss.
            var isLeft = _spill?.TryPreserve(_writing.WrittenSpan, _filling.WrittenSpan) == true;
            Failure = isLeft ? $"{e.Message.TrimEnd('.')}. The output that is missing in the store is in {_spill!.Path}"
                : e.Message;
            _filling.ResetWrittenCount();
        }
    }

    private static string Words(Exception e) => e is StoreException ? e.Message : $"a fault of Tenfold itself; please report it: {e}";
}
