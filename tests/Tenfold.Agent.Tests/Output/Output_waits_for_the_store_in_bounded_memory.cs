using System.Buffers;
using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Output;

public sealed class Output_waits_for_the_store_in_bounded_memory
{
    [Fact]
    public async Task Output_is_stored_completely_and_in_order()
    {
        var writer = FakeWriter.Ready();
        await using (var buffer = new SegmentBuffer(writer, TimeProvider.System))
            for (var i = 0; i < 100_000; i++) Append(buffer, $"{i}\n");
        writer.Text.ShouldBe(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")));
    }

    [Fact]
    public async Task A_slow_store_delays_the_producers_and_loses_nothing()
    {
        var writer = new FakeWriter();
        var buffer = new SegmentBuffer(writer, TimeProvider.System);
        var megabyte = new string('x', 1 << 20);
        long appended = 0;
        var producers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Append(buffer, megabyte);
                Interlocked.Add(ref appended, megabyte.Length);
            }
        })).ToArray();
        // Two buffers of 4 MiB, and what each producer had under way.
        await Eventually.ShouldBeAsync(() => Interlocked.Read(ref appended) >= 4 << 20, "the producers fill the buffer");
        Task.WhenAll(producers).IsCompleted.ShouldBeFalse();
        Interlocked.Read(ref appended).ShouldBeLessThanOrEqualTo(14 << 20);
        writer.Open.SetResult();
        await Task.WhenAll(producers).WaitAsync(Eventually.Deadline);
        await buffer.DisposeAsync();
        writer.Length.ShouldBe(60L << 20);
    }

    [Fact]
    public async Task A_refusal_of_the_store_is_reported_and_the_producers_continue()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new StoreException("the disk is full");
        var buffer = new SegmentBuffer(writer, TimeProvider.System);
        await Task.Run(() =>
        {
            for (var i = 0; i < 20; i++) Append(buffer, new string('x', 1 << 20));
        }).WaitAsync(Eventually.Deadline);
        await buffer.DisposeAsync();
        buffer.Failure.ShouldBe("the disk is full");
        writer.Appends.ShouldBe(1);
    }

    [Fact]
    public async Task An_unexpected_fault_does_not_block_the_producers()
    {
        var writer = FakeWriter.Ready();
        writer.Failure = new InvalidOperationException("a bug");
        var buffer = new SegmentBuffer(writer, TimeProvider.System);
        await Task.Run(() =>
        {
            for (var i = 0; i < 20; i++) Append(buffer, new string('x', 1 << 20));
        }).WaitAsync(Eventually.Deadline);
        await buffer.DisposeAsync();
        buffer.Failure.ShouldNotBeNull().ShouldContain("a bug");
    }

    private static void Append(SegmentBuffer buffer, string text) =>
        buffer.Append(text, static (text, writer) => writer.Write(Encoding.UTF8.GetBytes(text)));
}
