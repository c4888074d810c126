using System.Text;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Tests;

public sealed class Secrets_are_not_logged
{
    [Theory]
    [InlineData("/name", """{"name":"me","age":1}""", """{"name":"[redacted]","age":1}""")]
    [InlineData("/a/b", """{"a":{"b":1,"c":2}}""", """{"a":{"b":"[redacted]","c":2}}""")]
    [InlineData("/people/*/name", """{"people":[{"name":"a"},{"name":"b","x":1}]}""", """{"people":[{"name":"[redacted]"},{"name":"[redacted]","x":1}]}""")]
    [InlineData("/1", "[1,2,3]", """[1,"[redacted]",3]""")]
    [InlineData("/*", """{"a":{"b":1}}""", """{"a":"[redacted]"}""")]
    [InlineData("/a~1b/~0", """{"a/b":{"~":1}}""", """{"a/b":{"~":"[redacted]"}}""")]
    [InlineData("/none", """{ "a" : 1 }""", """{ "a" : 1 }""")]
    [InlineData("/name", "", "")]
    // Nobody knows where the secrets of a body are that can't be read.
    [InlineData("/name", """{"name":"me""", "")]
    [InlineData("/name", "name=me", "")]
    [InlineData("/name", """{"name":"me","name":"other"}""", "")]
    public void A_member_is_replaced(string path, string body, string logged) =>
        Encoding.UTF8.GetString(Redaction.Of([path])!.Apply(Encoding.UTF8.GetBytes(body)).Span).ShouldBe(logged);

    [Fact]
    public void Without_secrets_there_is_no_redaction() => Redaction.Of([]).ShouldBeNull();
}
