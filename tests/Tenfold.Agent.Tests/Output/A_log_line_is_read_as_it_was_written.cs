using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_log_line_is_read_as_it_was_written
{
    [Theory]
    [InlineData('o', "hello", false)]
    [InlineData('e', "", false)]
    [InlineData('t', " leading and trailing ", false)]
    [InlineData('o', "a piece", true)]
    [InlineData('e', "1700000000000 o not a record", true)]
    public async Task A_line_is_read_with_its_time_source_and_text(char source, string text, bool goesOn)
    {
        var writer = FakeWriter.Ready();
        await using (var buffer = new SegmentBuffer(writer, TimeProvider.System))
            new LogStream(new AttemptLog(buffer, [], new Clock()), source).Write(Encoding.UTF8.GetBytes(text), goesOn);
        LogLine.Parse(Encoding.UTF8.GetBytes(writer.Text[..^1])).ShouldBe(new LogLine(Clock.Now, source, goesOn, text));
    }

    [Fact]
    public async Task Each_line_of_Tenfolds_own_notes_is_a_record()
    {
        var writer = FakeWriter.Ready();
        await using (var buffer = new SegmentBuffer(writer, TimeProvider.System)) new AttemptLog(buffer, [], new Clock()).Note("one\ntwo");
        writer.Text.Split('\n')[..^1].Select(line => LogLine.Parse(Encoding.UTF8.GetBytes(line))!.Text).ShouldBe(["one", "two"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("123")]
    [InlineData("123 o")]
    [InlineData("123o hello")]
    public void An_invalid_record_is_not_read(string record) => LogLine.Parse(Encoding.UTF8.GetBytes(record)).ShouldBeNull();

    private sealed class Clock : TimeProvider
    {
        public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
