using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Output;

/// <summary>A store's end that keeps what it gets, and can be held up or made to fail.</summary>
internal sealed class FakeWriter : ISegmentWriter
{
    private readonly MemoryStream _bytes = new();

    public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Exception? Failure { get; set; }

    public int Appends { get; private set; }

    public long Length => _bytes.Length;

    public string Text => Encoding.UTF8.GetString(_bytes.ToArray());

    public static FakeWriter Ready()
    {
        var writer = new FakeWriter();
        writer.Open.SetResult();
        return writer;
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await Open.Task;
        Appends++;
        if (Failure is not null) throw Failure;
        _bytes.Write(bytes.Span);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
