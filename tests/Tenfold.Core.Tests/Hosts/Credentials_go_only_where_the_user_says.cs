using Tenfold.Core.Hosts;

namespace Tenfold.Core.Tests.Hosts;

public sealed class Credentials_go_only_where_the_user_says
{
    private static readonly CredentialAddresses Set =
        new(["https://Head.Example:6820/slurm", "plain+http://lab:6820", "unix:/run/slurmrestd.sock", "http://127.0.0.1:9", "no address"]);

    [Theory]
    [InlineData("https://head.example:6820")]
    [InlineData("https://HEAD.example:6820/other/")]
    [InlineData("http://lab:6820")]
    [InlineData("unix:///run/slurmrestd.sock")]
    [InlineData("unix:/run/../run/slurmrestd.sock")]
    [InlineData("http://127.0.0.1:9/")]
    public void A_set_address_gets_them(string address) => Set.Refuse("TOKEN", address).ShouldBeNull();

    [Theory]
    [InlineData("https://head.example")]
    [InlineData("https://head.example:6821")]
    [InlineData("http://head.example:6820")]
    [InlineData("https://head.example.evil:6820")]
    [InlineData("https://head.example:6820@evil:6820")]
    [InlineData("https://evil:6820/?https://head.example:6820")]
    [InlineData("https://evil:6820#https://head.example:6820")]
    [InlineData("https://head.example:6820\\@evil:6820")]
    [InlineData("https://h\u0435ad.example:6820")]
    [InlineData("https://lab:6820")]
    [InlineData("http://lab.:6820")]
    [InlineData("http://127.0.0.1:10")]
    [InlineData("http://localhost:9")]
    [InlineData("unix:/tmp/slurmrestd.sock")]
    [InlineData("unix:run/slurmrestd.sock")]
    [InlineData("plain+http://evil:6820")]
    [InlineData("ftp://head.example:6820")]
    [InlineData("file:///etc/passwd")]
    [InlineData("head.example:6820")]
    [InlineData("")]
    public void No_other_address_gets_them(string address) =>
        Set.Refuse("TOKEN", address).ShouldNotBeNull().ShouldStartWith("TOKEN is not sent to");

    [Fact]
    public void Plain_http_to_another_machine_needs_consent()
    {
        var set = new CredentialAddresses(["http://head:6820"]);
        set.Refuse("TOKEN", "http://head:6820").ShouldNotBeNull().ShouldContain("everybody on the way could read it");
        new CredentialAddresses(["plain+http://head:6820"]).Refuse("TOKEN", "http://head:6820").ShouldBeNull();
        new CredentialAddresses(["plain+http://head:6820"]).Refuse("TOKEN", "https://head:6820").ShouldNotBeNull();
    }

    [Fact]
    public void The_list_is_kept_in_the_home_and_counts_only_while_nobody_else_can_write_it()
    {
        using var home = new TemporaryFolder();
        CredentialAddresses.Of(home.Path).Entries.ShouldBeEmpty();
        Set.Write(home.Path);
        CredentialAddresses.Of(home.Path).Entries.ShouldBe(Set.Entries);
        var file = home["credential-addresses"];
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        CredentialAddresses.Of(home.Path).Entries.ShouldBeEmpty();
        var variables = new Dictionary<string, string> { [CredentialAddresses.Variable] = "https://a, https://b:1" };
        CredentialAddresses.Read(home.Path, variables).Entries.ShouldBe(["https://a:443", "https://b:1"]);
    }
}
