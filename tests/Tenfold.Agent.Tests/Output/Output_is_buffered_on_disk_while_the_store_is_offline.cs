using System.Buffers;
using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Output;

public sealed class Output_is_buffered_on_disk_while_the_store_is_offline : IDisposable
{
    private static readonly string Megabyte = new('x', 1 << 20);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Output_is_stored_in_order_after_the_outage()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new StoreException("connection refused");
        var buffer = Buffer(writer, TimeSpan.FromMinutes(10));
        await FillAsync(buffer, 50);
        File.Exists(_folder["spill/log"]).ShouldBeTrue();
        File.GetUnixFileMode(_folder["spill/log"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        writer.Failure = null;
        await FillAsync(buffer, 3, from: 50);
        await buffer.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline);
        buffer.Failure.ShouldBeNull();
        writer.Text.ShouldBe(string.Concat(Enumerable.Range(0, 53).Select(i => $"{i} {Megabyte}\n")));
        Directory.GetFiles(_folder["spill"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Producers_wait_and_lose_nothing_when_the_disk_is_full()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new StoreException("connection refused");
        var buffer = Buffer(writer, TimeSpan.FromMinutes(10), maxSpillBytes: 10 << 20);
        var filling = FillAsync(buffer, 50);
        await Eventually.ShouldBeAsync(
            () => File.Exists(_folder["spill/log"]) && new FileInfo(_folder["spill/log"]).Length > 4 << 20, "the file is used");
        filling.IsCompleted.ShouldBeFalse();
        writer.Failure = null;
        await filling;
        await buffer.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline);
        writer.Text.ShouldBe(string.Concat(Enumerable.Range(0, 50).Select(i => $"{i} {Megabyte}\n")));
    }

    [Fact]
    public async Task Output_stays_on_disk_and_is_named_after_the_timeout()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new StoreException("connection refused");
        var buffer = Buffer(writer, TimeSpan.FromMilliseconds(100));
        await FillAsync(buffer, 20);
        await buffer.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline);
        buffer.Failure.ShouldNotBeNull().ShouldContain(_folder["spill/log"]);
        File.ReadAllText(_folder["spill/log"]).ShouldBe(string.Concat(Enumerable.Range(0, 20).Select(i => $"{i} {Megabyte}\n")));
    }

    [Fact]
    public async Task A_damaged_store_fails_at_once()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new StoreException("no store", isDamaged: true);
        var buffer = Buffer(writer, TimeSpan.FromMinutes(10));
        await FillAsync(buffer, 20);
        await buffer.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline);
        buffer.Failure.ShouldBe("no store");
    }

    private SegmentBuffer Buffer(FakeWriter writer, TimeSpan retry, long maxSpillBytes = 1 << 30) =>
        new(writer, TimeProvider.System, new StoreRetry(retry, TimeProvider.System), new SpillFile(_folder["spill/log"], maxSpillBytes));

    private static Task FillAsync(SegmentBuffer buffer, int count, int from = 0) => Task.Run(() =>
    {
        for (var i = from; i < from + count; i++)
            buffer.Append($"{i} {Megabyte}\n", static (text, writer) => writer.Write(Encoding.UTF8.GetBytes(text)));
    }).WaitAsync(Eventually.Deadline);
}
