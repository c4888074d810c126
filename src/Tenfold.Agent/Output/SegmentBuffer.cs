using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Output;

/// <summary>
/// Stands between threads that produce bytes fast and a store that takes them when it can: appending only copies into memory, and one task
/// writes it on. Memory is bounded: a producer waits while 4 MiB are under way.
/// </summary>
/// <remarks>When the store refuses (its disk is full), what comes is dropped and <see cref="Failure"/> says why: the command itself goes on.</remarks>
public sealed class SegmentBuffer : IAsyncDisposable
{
    private const int MaxBytes = 4 << 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ISegmentWriter _writer;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly Task _drain;
    private TaskCompletionSource _some = NewSignal();
    private TaskCompletionSource _full = NewSignal();
    private ArrayBufferWriter<byte> _filling = new(64 * 1024);
    private ArrayBufferWriter<byte> _writing = new(64 * 1024);
    private bool _ended;

    /// <summary>Starts writing on to the store.</summary>
    /// <param name="writer">The store's end; disposed of with this.</param>
    /// <param name="time">The clock.</param>
    public SegmentBuffer(ISegmentWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        _drain = Task.Run(DrainAsync);
    }

    /// <summary>Why the store no longer takes anything; null while it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>Adds bytes in one piece; <paramref name="write"/> is called at once, under the lock.</summary>
    public void Append<TState>(TState state, Action<TState, IBufferWriter<byte>> write)
        where TState : allows ref struct
    {
        _room.Wait();
        lock (_gate)
        {
            var before = _filling.WrittenCount;
            write(state, _filling);
            if (before == 0) _some.TrySetResult();
            if (_filling.WrittenCount < MaxBytes) return;
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

    private async Task DrainAsync()
    {
        for (var last = false; !last;)
        {
            // Nothing wakes this while the command is silent; then what comes within the interval is written in one go.
            await _some.Task;
            await _full.Task.WaitAsync(_writer.FlushEvery > Interval ? _writer.FlushEvery : Interval, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                last = _ended;
                (_filling, _writing) = (_writing, _filling);
                if (!last) (_some, _full) = (NewSignal(), NewSignal());
            }

            await WriteAsync();
            _room.Set();
        }

        try
        {
            await _writer.DisposeAsync();
        }
        catch (Exception e)
        {
            Failure ??= Words(e);
        }
    }

    private async Task WriteAsync()
    {
        if (_writing.WrittenCount == 0) return;
        try
        {
            if (Failure is null)
            {
                await _writer.AppendAsync(_writing.WrittenMemory, CancellationToken.None);
                await _writer.FlushAsync(CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            // Whatever it is: the producers wait for this task, and the command for them.
            Failure = Words(e);
        }

        _writing.ResetWrittenCount();
    }

    private static string Words(Exception e) => e is StoreException ? e.Message : $"a fault of Tenfold itself; please report it: {e}";
}
