using Tenfold.Cli.Remote;
using Tenfold.Core.Outcomes;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_server_is_named_by_variables
{
    [Theory]
    [InlineData("https://tenfold.example.org", "https://tenfold.example.org/")]
    [InlineData("https://example.org/tenfold/", "https://example.org/tenfold/")]
    [InlineData("http://127.0.0.1:4000", "http://127.0.0.1:4000/")]
    [InlineData("http://[::1]:4000", "http://[::1]:4000/")]
    public void A_url_and_a_key_name_it(string url, string expected) =>
        Read((ServerAddress.Variable, url), (ServerAddress.KeyVariable, "tfk_x")).Match(
            named => named.Address!.Url.AbsoluteUri, refusal => refusal.Message).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_url_there_is_none(string? url) =>
        Read((ServerAddress.Variable, url), (ServerAddress.KeyVariable, "tfk_x")).Match(
            named => named.Address is null, _ => false).ShouldBeTrue();

    [Theory]
    [InlineData("http://tenfold.example.org", "tfk_x", "plain http")]
    [InlineData("https://ann:secret@example.org", "tfk_x", "without a user")]
    [InlineData("https://example.org?x=1", "tfk_x", "without a user or a query")]
    [InlineData("ftp://example.org", "tfk_x", "must be a URL")]
    [InlineData("tenfold.example.org", "tfk_x", "must be a URL")]
    [InlineData("https://example.org", "", "is not")]
    [InlineData("https://example.org", "tfk_x\ny", "no key has")]
    public void An_address_that_could_leak_the_key_is_refused(string url, string key, string message)
    {
        var refusal = Read((ServerAddress.Variable, url), (ServerAddress.KeyVariable, key)).Match<Refusal?>(_ => null, refused => refused);
        refusal!.Message.ShouldContain(message);
        refusal.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void The_user_may_trust_a_network() =>
        Read(
            (ServerAddress.Variable, "http://lab.example:4000"), (ServerAddress.KeyVariable, "k"), (ServerAddress.PlainVariable, "1"))
            .Match(named => named.Address!.Url.Host, refusal => refusal.Message).ShouldBe("lab.example");

    private static Outcome<ServerAddress.Named> Read(params (string Name, string? Value)[] variables) =>
        ServerAddress.Read(variables.Where(one => one.Value is not null).ToDictionary(one => one.Name, one => one.Value!));
}
