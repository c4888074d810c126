using System.IO.Pipes;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_pipe_is_cut_into_lines
{
    [Fact]
    public async Task At_each_line_feed_and_a_carriage_return_before_it_goes_too() =>
        (await ReadAsync("one\ntwo\r\n\n\r\nthree\rfour\n"u8.ToArray())).ShouldBe(["one", "two", "", "", "three\rfour"]);

    [Fact]
    public async Task The_last_needs_no_line_feed()
    {
        (await ReadAsync("one\ntwo"u8.ToArray())).ShouldBe(["one", "two"]);
        (await ReadAsync([])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_come_through_as_they_are()
    {
        byte[] odd = [0xff, 0x00, 0xc3, (byte)'\n', 0x80];
        List<byte[]> lines = [];
        await ReadAsync([odd], (line, _, _) => lines.Add(line.ToArray()));
        lines.ShouldBe([[0xff, 0x00, 0xc3], [0x80]]);
    }

    [Fact]
    public async Task Whatever_the_writes_are()
    {
        var lines = Enumerable.Range(0, 3000).Select(i => new string((char)('a' + (i % 26)), i % 70)).ToList();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        List<string> read = [];
        await ReadAsync(bytes.Chunk(7), (line, _, _) => read.Add(Encoding.UTF8.GetString(line)));
        read.ShouldBe(lines);
    }

    [Theory]
    [InlineData(LogLine.MaxTextBytes - 1, 1)]
    [InlineData(LogLine.MaxTextBytes, 1)]
    [InlineData(LogLine.MaxTextBytes + 1, 2)]
    [InlineData(2 * LogLine.MaxTextBytes, 2)]
    [InlineData(10_000_000, 306)]
    public async Task A_long_one_comes_in_pieces_that_make_it_up_again(int length, int pieces)
    {
        var line = new byte[length];
        for (var i = 0; i < length; i++) line[i] = (byte)('a' + (i % 23));
        List<(byte[] Text, bool IsPiece, bool GoesOn)> taken = [];
        await ReadAsync(
            [[.. "before\n"u8, .. line, .. "\nafter\n"u8]], (text, isPiece, goesOn) => taken.Add((text.ToArray(), isPiece, goesOn)));
        Encoding.UTF8.GetString(taken[0].Text).ShouldBe("before");
        Encoding.UTF8.GetString(taken[^1].Text).ShouldBe("after");
        var middle = taken[1..^1];
        middle.Count.ShouldBe(pieces);
        middle.ShouldAllBe(piece => piece.IsPiece == pieces > 1 && piece.Text.Length <= LogLine.MaxTextBytes);
        middle[..^1].ShouldAllBe(piece => piece.GoesOn);
        middle[^1].GoesOn.ShouldBeFalse();
        middle.SelectMany(piece => piece.Text).SequenceEqual(line).ShouldBeTrue();
    }

    [Fact]
    public async Task No_letter_is_cut_in_two()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("é€😀", 20_000));
        var joined = new StringBuilder();
        await ReadAsync([Encoding.UTF8.GetBytes(text)], (piece, _, _) => joined.Append(Encoding.UTF8.GetString(piece)));
        joined.ToString().ShouldBe(text);
    }

    [Fact]
    public async Task A_fault_of_the_taker_is_told() =>
        await Should.ThrowAsync<InvalidOperationException>(
            () => ReadAsync(["x\n"u8.ToArray()], (_, _, _) => throw new InvalidOperationException()));

    private static async Task<List<string>> ReadAsync(byte[] bytes)
    {
        List<string> lines = [];
        await ReadAsync([bytes], (line, _, _) => lines.Add(Encoding.UTF8.GetString(line)));
        return lines;
    }

    private static async Task ReadAsync(IEnumerable<byte[]> writes, LineHandler take)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var end = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        var read = LineReader.ReadAsync(end, take);
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
}
