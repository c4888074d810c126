using Tenfold.Core.Output;

namespace Tenfold.Core.Tests.Output;

public sealed class A_line_is_as_a_terminal_shows_it
{
    [Theory]
    [InlineData("plain\ttext", "plain\ttext")]
    [InlineData("one\rtwo", "two")]
    [InlineData("longer text\rabc", "abcger text")]
    [InlineData("longer text\r\x1b[Kabc", "abc")]
    [InlineData("longer text\x1b[2K\rabc", "abc")]
    [InlineData("50%\b\b\b60%", "60%")]
    [InlineData("loss: 0.5\b\b\b\b\b\b\b\b\b\r", "loss: 0.5")]
    [InlineData("\x1b[32m40/40 \x1b[1;31m###\x1b[0m", "40/40 ###")]
    [InlineData("abc\x1b[2Dx", "axc")]
    [InlineData("abc\x1b[1Gx", "xbc")]
    [InlineData("abc\x1b[3Cx", "abc   x")]
    [InlineData("abc\x1b[9999Cx", "abcx")]
    [InlineData("abcdef\r\x1b[2Pxy", "xyef")]
    [InlineData("\x1b]0;a title\abody", "body")]
    [InlineData("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link")]
    [InlineData("\x1b(Btext\x1b=", "text")]
    [InlineData("a\0b\u0007c\u009fd\u202ee", "abcde")]
    [InlineData("\ufeffstart", "start")]
    [InlineData("全部\r半", "半部")]
    [InlineData("全部\ra", "a 部")]
    [InlineData("e\u0301a\r\u00e8", "\u00e8a")]
    [InlineData("👍🏽 ok", "👍🏽 ok")]
    [InlineData("one\x1b[2Ktwo", "   two")]
    [InlineData("", "")]
    public void A_rewritten_line_is_shown_in_its_final_form(string text, string shown) => PlainText.Of(text).ShouldBe(shown);

    [Fact]
    public void Each_line_of_a_text_is_shown_on_its_own() =>
        PlainText.Of("\r1/2\r2/2\nTraceback:\n\x1b[31mred\n\x1b]0;never closed\nlast").ShouldBe("2/2\nTraceback:\nred\n\nlast");

    [Fact]
    public void Text_without_control_characters_stays_one_object()
    {
        var text = "Zeile mit Ümlauten,\n\ttabs and 全部";
        PlainText.Of(text).ShouldBeSameAs(text);
    }

    [Fact]
    public void Random_bytes_leave_nothing_that_a_terminal_would_obey()
    {
        var random = new Random(7);
        var alphabet = "\x1b\x1b\x1b[[]]()?;0123456789mKGHABCDJPXhl\r\b\a\t\\ab全e\u0301\u009b\u202e\0\x7f";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            var shown = PlainText.Of(text);
            shown.ShouldAllBe(c => !char.IsControl(c) || c == '\t', $"{string.Join(' ', text.Select(c => (int)c))}");
        }
    }

    [Fact]
    public void A_line_without_end_stays_bounded()
    {
        var line = new TerminalLine();
        for (var i = 0; i < 100; i++) line.Append(new string('x', 10_000));
        line.Append("\x1b[99999999999999999999C\x1b[99999999G!");
        line.Columns.ShouldBe(TerminalLine.MaxColumns);
    }

    [Fact]
    public void Nothing_of_a_long_text_is_lost()
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i} "));
        PlainText.Of("\x1b[1m" + text + "\0end").ShouldBe(text + "end");
    }

    [Theory]
    [InlineData("aé", 3, "aé")]
    [InlineData("aé", 2, "a")]
    [InlineData("€€", 5, "€")]
    [InlineData("😀", 3, "")]
    public void A_cut_never_splits_a_letter(string text, int bytes, string start) =>
        System.Text.Encoding.UTF8.GetString(PlainText.Start(System.Text.Encoding.UTF8.GetBytes(text), bytes)).ShouldBe(start);

    [Fact]
    public void Characters_that_a_terminal_would_obey_are_escaped()
    {
        PlainText.Escape("a\x1b]52;c;aGk=\a\u202eb\r\u009b1mc\td\ne\u00e9")
            .ShouldBe("a\\u001b]52;c;aGk=\\u0007\\u202eb\\u000d\\u009b1mc\td\ne\u00e9");
        const string plain = "caf\u00e9 \ud83d\ude00\n";
        PlainText.Escape(plain).ShouldBeSameAs(plain);
    }
}
