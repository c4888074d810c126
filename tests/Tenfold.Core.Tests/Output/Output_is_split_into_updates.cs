using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Core.Tests.Output;

public sealed class Output_is_split_into_updates
{
    [Theory]
    [InlineData("one\ntwo\r\nthree", "one$|two<|$|three.")]
    [InlineData("\r1/2\r2/2\n", "<|1/2<|2/2$")]
    [InlineData("\x1b[2K\r\x1b[32m{\"a\":1}\x1b[0m\n", "<|{\"a\":1}$")]
    [InlineData("\ufeff{\"a\":1}\n", "{\"a\":1}$")]
    [InlineData("\x1b[0m\ufeffx\n", "x$")]
    [InlineData("1/2\x1b[1G2/2\x1b[G3\n", "1/2<|2/2<|3$")]
    [InlineData("up\x1b[1Aagain\n", "up<|again$")]
    [InlineData("\tx\n", "\tx$")]
    [InlineData("10%\b\b\b20%\n", "20%$")]
    [InlineData("\x1b]0;title\rx\n", "<|x$")]
    [InlineData("\x1b]0;title\nx\n", "$|x$")]
    [InlineData("\x1b[12\nx\n", "$|x$")]
    [InlineData("a\0b\n", "ab$")]
    [InlineData("end\x1b[3", "end.")]
    [InlineData("", "")]
    public void Output_is_split_at_line_feeds_and_carriage_returns(string output, string expected) =>
        Split([Encoding.UTF8.GetBytes(output)]).ShouldBe(expected);

    [Fact]
    public void The_sizes_of_reads_make_no_difference()
    {
        var random = new Random(11);
        string[] parts =
        [
            "\r", "\n", "\r\n", "\x1b[2K", "\x1b[32m", "\x1b[1G", "\x1b[1A", "\x1b]0;title\a", "\x1b]8;;x\x1b\\", "\b\b", "\t", "\0",
            "\ufeff",
            "loss=0.5", "{\"metric\":\"acc\",\"value\":1}", "é€😀全", "\x1b", "\x1b[", "[", "m", " ",
        ];
        for (var i = 0; i < 3000; i++)
        {
            var bytes = Enumerable.Range(0, random.Next(12)).SelectMany(_ => Encoding.UTF8.GetBytes(parts[random.Next(parts.Length)]))
                .Concat(random.Next(5) == 0 ? [0xff, 0xc3] : Array.Empty<byte>()).ToArray();
            var whole = Split([bytes]);
            Split(bytes.Chunk(1)).ShouldBe(whole);
            Split(Chunks(bytes, random)).ShouldBe(whole);
        }
    }

    [Fact]
    public void An_update_that_is_too_long_is_reported_and_hides_no_other()
    {
        var taken = new List<(int Length, UpdateEnd End, bool IsTooLong)>();
        var splitter = new UpdateSplitter((text, end, isTooLong) => taken.Add((text.Length, end, isTooLong)));
        var piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é", 50_000)));
        splitter.Append("x"u8);
        for (var i = 0; i < 1000; i++) splitter.Append(piece); // 100 MB without any end
        splitter.Append("\rshort\n"u8);
        splitter.Append(new byte[UpdateSplitter.MaxBytes + 1].Select(_ => (byte)'y').Append((byte)'\n').ToArray());
        splitter.End();
        taken.ShouldBe(
        [
            (UpdateSplitter.MaxBytes - 1, UpdateEnd.Rewritten, true), (5, UpdateEnd.LineFeed, false),
            (UpdateSplitter.MaxBytes, UpdateEnd.LineFeed, true),
        ]);
    }

    private static IEnumerable<byte[]> Chunks(byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 7));
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    private static string Split(IEnumerable<byte[]> reads)
    {
        var taken = new List<string>();
        var splitter = new UpdateSplitter((text, end, _) =>
            taken.Add(Encoding.UTF8.GetString(text) + (end switch { UpdateEnd.Rewritten => '<', UpdateEnd.LineFeed => '$', _ => '.' })));
        foreach (var read in reads) splitter.Append(read);
        splitter.End();
        return string.Join('|', taken);
    }
}
