using System.IO.Pipes;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_pipe_is_split_into_lines
{
    [Fact]
    public async Task A_pipe_is_split_at_line_feeds_and_all_other_bytes_stay() =>
        (await ReadAsync("one\ntwo\r\n\n\r\nthree\rfour\n"u8.ToArray())).ShouldBe(["one", "two\r", "", "\r", "three\rfour"]);

    [Fact]
    public async Task The_last_line_needs_no_line_feed()
    {
        (await ReadAsync("one\ntwo"u8.ToArray())).ShouldBe(["one", "two"]);
        (await ReadAsync([])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Invalid_UTF8_is_passed_on_unchanged()
    {
        byte[] odd = [0xff, 0x00, 0xc3, (byte)'\n', 0x80];
        List<byte[]> lines = [];
        await ReadAsync([odd], (line, _) => lines.Add(line.ToArray()));
        lines.ShouldBe([[0xff, 0x00, 0xc3], [0x80]]);
    }

    [Fact]
    public async Task The_sizes_of_writes_make_no_difference()
    {
        var lines = Enumerable.Range(0, 3000).Select(i => new string((char)('a' + (i % 26)), i % 70)).ToList();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        List<string> read = [];
        await ReadAsync(bytes.Chunk(7), (line, _) => read.Add(Encoding.UTF8.GetString(line)));
        read.ShouldBe(lines);
    }

    [Theory]
    [InlineData(LogLine.MaxTextBytes - 1, 1)]
    [InlineData(LogLine.MaxTextBytes, 1)]
    [InlineData(LogLine.MaxTextBytes + 1, 2)]
    [InlineData(2 * LogLine.MaxTextBytes, 2)]
    [InlineData(10_000_000, 306)]
    public async Task A_long_line_is_passed_on_in_pieces_without_loss(int length, int pieces)
    {
        var line = new byte[length];
        for (var i = 0; i < length; i++) line[i] = (byte)('a' + (i % 23));
        List<(byte[] Text, bool GoesOn)> taken = [];
        await ReadAsync([[.. "before\n"u8, .. line, .. "\nafter\n"u8]], (text, goesOn) => taken.Add((text.ToArray(), goesOn)));
        Encoding.UTF8.GetString(taken[0].Text).ShouldBe("before");
        Encoding.UTF8.GetString(taken[^1].Text).ShouldBe("after");
        var middle = taken[1..^1];
        middle.Count.ShouldBe(pieces);
        middle.ShouldAllBe(piece => piece.Text.Length <= LogLine.MaxTextBytes);
        middle[..^1].ShouldAllBe(piece => piece.GoesOn);
        middle[^1].GoesOn.ShouldBeFalse();
        middle.SelectMany(piece => piece.Text).SequenceEqual(line).ShouldBeTrue();
    }

    [Fact]
    public async Task No_letter_is_split()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("é€😀", 20_000));
        var joined = new StringBuilder();
        await ReadAsync([Encoding.UTF8.GetBytes(text)], (piece, _) => joined.Append(Encoding.UTF8.GetString(piece)));
        joined.ToString().ShouldBe(text);
    }

    [Fact]
    public async Task An_unfinished_line_is_shown_after_a_moment_and_continues()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var taken = new System.Collections.Concurrent.ConcurrentQueue<(string Text, bool GoesOn)>();
        var read = ReadAsync(pipe, (text, goesOn) => taken.Enqueue((Encoding.UTF8.GetString(text), goesOn)));
        pipe.Write([.. "a bar 1/2"u8, 0xe2, 0x82]); // and the beginning of a letter
        await Eventually.ShouldBeAsync(() => taken.Count == 1, "the unfinished line is shown");
        pipe.Write([0xac, .. "\rdone\n"u8]);
        pipe.Dispose();
        await read.WaitAsync(Eventually.Deadline);
        taken.ShouldBe([("a bar 1/2", true), ("€\rdone", false)]);
    }

    [Fact]
    public async Task An_unfinished_line_that_is_never_silent_is_shown_too()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var isShown = new TaskCompletionSource();
        var read = ReadAsync(pipe, (_, _) => isShown.TrySetResult());
        while (!isShown.Task.IsCompleted)
        {
            pipe.Write("\r#"u8);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        pipe.Dispose();
        await read.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task A_fault_of_the_reader_is_reported() =>
        await Should.ThrowAsync<InvalidOperationException>(
            () => ReadAsync(["x\n"u8.ToArray()], (_, _) => throw new InvalidOperationException()));

    private static async Task<List<string>> ReadAsync(byte[] bytes)
    {
        List<string> lines = [];
        await ReadAsync([bytes], (line, _) => lines.Add(Encoding.UTF8.GetString(line)));
        return lines;
    }

    private static async Task ReadAsync(IEnumerable<byte[]> writes, LineHandler take)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var read = ReadAsync(pipe, take);
        try
        {
            foreach (var write in writes) pipe.Write(write);
        }
        catch (IOException)
        {
            // The reader has given up; its task tells why.
        }

        pipe.Dispose();
        await read.WaitAsync(Eventually.Deadline);
    }

    private static Task ReadAsync(AnonymousPipeServerStream pipe, LineHandler take)
    {
        var end = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        return OutputReader.ReadAsync(end, new LineSink(new LineCutter(take)), TimeProvider.System);
    }

    private sealed class LineSink(LineCutter lines) : IOutputSink
    {
        public void Take(ReadOnlySpan<byte> bytes) => lines.Append(bytes);

        public void Pause() => lines.Flush();

        public void End() => lines.End();
    }
}
