using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Records that are written with one call.</summary>
internal sealed class WriteBatch
{
    private byte[] _bytes = [];
    private TaskCompletionSource<AppendOutcome>? _completion;

    public int Length { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public Task<AppendOutcome> Completion =>
        (_completion ??= new TaskCompletionSource<AppendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Add(ReadOnlySpan<byte> record)
    {
        if (_bytes.Length < Length + record.Length) Array.Resize(ref _bytes, Math.Max(Length + record.Length, _bytes.Length * 2));
        record.CopyTo(_bytes.AsSpan(Length));
        Length += record.Length;
        Count++;
    }

    /// <summary>Empties the batch.</summary>
    /// <returns>What the requests of this batch wait for; null when none waits.</returns>
    public TaskCompletionSource<AppendOutcome>? Clear(int largestKept)
    {
        var completion = _completion;
        (Length, Count, _completion) = (0, 0, null);
        if (_bytes.Length > largestKept) _bytes = [];
        return completion;
    }
}
