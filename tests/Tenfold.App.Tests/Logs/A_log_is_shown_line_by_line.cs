using Tenfold.App.Logs;
using Tenfold.Core.Attempts;

namespace Tenfold.App.Tests.Logs;

public sealed class A_log_is_shown_line_by_line
{
    [Theory]
    [InlineData("e:bar 1/2|o>line|e:\rbar 2/2|e>", "o line|e bar 2/2")]
    [InlineData("e:\r1/2 #|e:\r2/2 ##|e>\r", "e 2/2 ##")]
    [InlineData("o>windows\r|o>", "o windows|o ")]
    [InlineData("o>a\tb|o:a|o>\tb", "o a\tb|o a\tb")]
    [InlineData("o:ab  |o>  ", "o ab    ")]
    [InlineData("o>\x1b[31mred\x1b[0m|t>said", "o red|t said")]
    [InlineData("o:\x1b[3|o:1mred|o>", "o red")]
    [InlineData("e:unfinished|o>line", "o line|e unfinished")]
    public void A_log_is_shown_as_a_terminal_would_finally_show_it(string records, string shown) =>
        Show(Parse(records), isRaw: false).ShouldBe(shown);

    [Theory]
    [InlineData("e:\r1/2|o>line|e:\r2/2|e>\r", "o line|e \r1/2\r2/2")]
    [InlineData("o>\x1b[31mred\x1b[0m\r", "o \x1b[31mred\x1b[0m")]
    [InlineData("o:a\r|o>", "o a")]
    public void A_raw_log_is_shown_as_it_was_written(string records, string shown) =>
        Show(Parse(records), isRaw: true).ShouldBe(shown);

    [Fact]
    public void How_records_are_cut_makes_no_difference()
    {
        var random = new Random(5);
        string[] parts = ["\r", "\x1b[2K", "\x1b[31m", "\x1b[0m", "#", "text ", "\t", "\b", "全", "\u0301", "😀", " "];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => parts[random.Next(parts.Length)]));
            var cut = random.Next(text.Length + 1);
            if (cut > 0 && cut < text.Length && char.IsLowSurrogate(text[cut])) cut--;
            LogLine[] inTwo = [Record('o', goesOn: true, text[..cut]), Record('o', goesOn: false, text[cut..])];
            foreach (var isRaw in new[] { false, true })
                Show(inTwo, isRaw).TrimEnd().ShouldBe(Show([Record('o', goesOn: false, text)], isRaw).TrimEnd());
        }
    }

    [Fact]
    public void A_very_long_line_comes_in_pieces_and_another_streams_line_is_not_glued_to_it()
    {
        var piece = new string('x', LogLine.MaxTextBytes);
        var records = new List<LogLine>();
        for (var i = 0; i < 100; i++)
        {
            records.Add(Record('o', goesOn: i < 99, piece));
            if (i == 50) records.Add(Record('e', goesOn: false, "between"));
        }

        var (assembler, texts) = (new LogAssembler(isRaw: false), new List<LogText>());
        foreach (var record in records) assembler.Add(record, texts);
        texts.Where(text => text.Source == 'o').Sum(text => text.Text.Length).ShouldBe(100 * piece.Length);
        texts.Count(text => text.Starts).ShouldBe(3);
        texts.ShouldAllBe(text => text.Text.Length <= 2 * LogLine.MaxTextBytes);
        assembler.IsClean.ShouldBeTrue();
    }

    [Fact]
    public void An_unfinished_line_can_be_shown()
    {
        var (assembler, texts) = (new LogAssembler(isRaw: false), new List<LogText>());
        assembler.Add(Record('e', goesOn: true, "\r1/9"), texts);
        assembler.Add(Record('e', goesOn: true, "\r2/9"), texts);
        texts.ShouldBeEmpty();
        assembler.Waiting().ShouldHaveSingleItem().Text.ShouldBe("2/9");
        assembler.End(texts);
        texts.ShouldHaveSingleItem().Text.ShouldBe("2/9");
        assembler.Waiting().ShouldBeEmpty();
    }

    private static string Show(IReadOnlyList<LogLine> records, bool isRaw)
    {
        var (assembler, texts) = (new LogAssembler(isRaw), new List<LogText>());
        foreach (var record in records) assembler.Add(record, texts);
        assembler.End(texts);
        return string.Join('|', texts.Select(text => $"{text.Source} {text.Text}"));
    }

    private static LogLine[] Parse(string records) =>
        [.. records.Split('|').Select(record => Record(record[0], record[1] == ':', record[2..]))];

    private static LogLine Record(char source, bool goesOn, string text) => new(DateTimeOffset.UnixEpoch, source, goesOn, text);
}
