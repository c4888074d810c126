using System.Text;
using Tenfold.Core.Attempts;

namespace Tenfold.Core.Tests.Attempts;

public sealed class Secrets_are_redacted
{
    [Theory]
    [InlineData("hunter22", "a hunter22 b xhunter22x", "a *** b x***x")]
    [InlineData("first line\nsecond line\r\n", "first line, then second line", "***, then ***")]
    [InlineData("a\"b\\c", """{"key":"a\"b\\c"}""", """{"key":"***"}""")]
    [InlineData("gehäim", "no gehäim here", "no *** here")]
    [InlineData("abc", "abc is too short to hide", "abc is too short to hide")]
    [InlineData("", "nothing to hide", "nothing to hide")]
    public void A_secret_is_redacted_anywhere(string secret, string text, string expected) =>
        new SecretRedaction([secret]).Apply(text).ShouldBe(expected);

    [Fact]
    public void The_longest_of_nested_secrets_is_redacted() =>
        new SecretRedaction(["hunter", "hunter22"]).Apply("hunter22 hunter").ShouldBe("*** ***");

    [Theory]
    [InlineData("key-123-abc", "a key-\x1b[1;36m123\x1b[0m-abc b", "a *** b")]
    [InlineData("hunter22", "\x1b[31mhunter22\x1b[0m", "\x1b[31m***\x1b[0m")]
    [InlineData("hunter22", "hun\0ter22", "***")]
    [InlineData("first\rsecond", "first\rsecond", "***\r***")]
    [InlineData("first\rsecond", "\rsecond", "\r***")]
    public void Colours_and_carriage_returns_do_not_hide_a_secret(string secret, string text, string expected) =>
        new SecretRedaction([secret]).Apply(text).ShouldBe(expected);

    [Theory]
    [InlineData("a hunt", 4)]
    [InlineData("a hunter2", 7)]
    [InlineData("a hunter22", 0)]
    [InlineData("nothin", 0)]
    [InlineData("gehä", 5)]
    [InlineData("a hun\x1b[3", 6)]
    [InlineData("hunthu", 2)]
    public void The_beginning_of_a_secret_waits_for_its_rest(string text, int undecided) =>
        new SecretRedaction(["hunter22", "gehäim"]).CountUndecided(Encoding.UTF8.GetBytes(text)).ShouldBe(undecided);

    [Fact]
    public void The_length_of_the_longest_secret_is_known_in_bytes()
    {
        new SecretRedaction(["abcdef", "ääää"]).LongestBytes.ShouldBe(Encoding.UTF8.GetByteCount("ääää"));
        new SecretRedaction([]).LongestBytes.ShouldBe(0);
    }
}
