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
    public void Wherever_they_occur(string secret, string text, string expected) =>
        new SecretRedaction([secret]).Apply(text).ShouldBe(expected);

    [Fact]
    public void The_longest_first_when_one_contains_another() =>
        new SecretRedaction(["hunter", "hunter22"]).Apply("hunter22 hunter").ShouldBe("*** ***");

    [Fact]
    public void And_the_longest_is_known_in_bytes()
    {
        new SecretRedaction(["abcdef", "ääää"]).LongestBytes.ShouldBe(Encoding.UTF8.GetByteCount("ääää"));
        new SecretRedaction([]).LongestBytes.ShouldBe(0);
    }
}
