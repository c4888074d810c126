namespace Tenfold.Projects.Tests;

/// <summary>A repository's token goes only to the host that the file names, and not in clear text.</summary>
public sealed class The_servers_file_is_checked
{
    [Theory]
    [InlineData("token: T")]
    [InlineData("token: T, url: \"https://github.com/acme/x.git\"")]
    [InlineData("host: gitlab, token: T, url: \"https://gitlab.com/acme/x.git\"")]
    [InlineData("host: gitlab, token: T, url: \"https://git.corp/acme/x.git\", api: \"https://git.corp/api/v4\"")]
    [InlineData("host: gitea, url: \"http://tea.corp/acme/x.git\"")]
    [InlineData("host: gitea, token: T, url: \"http://127.0.0.1:3000/acme/x.git\", api: \"http://localhost:3000/api/v1\"")]
    public void A_token_for_a_host_is_accepted_with_its_addresses(string options) => Faults(options).ShouldBeEmpty();

    [Theory]
    [InlineData("host: gitlab, token: T, url: \"https://git.corp/acme/x.git\"", "must not go to the public GitLab")]
    [InlineData("token: T, url: \"https://github.corp/acme/x.git\"", "must not go to the public GitHub")]
    [InlineData("token: T, url: \"git@github.corp:acme/x.git\"", "must not go to the public GitHub")]
    [InlineData("token: T, url: \"http://github.com/acme/x.git\"", "unencrypted")]
    [InlineData("host: gitea, token: T, url: \"http://tea.corp/x.git\", api: \"https://tea.corp/api/v1\"", "unencrypted")]
    public void A_token_that_would_go_elsewhere_is_refused(string options, string words) =>
        Faults(options).ShouldHaveSingleItem().ShouldContain(words);

    [Theory]
    [InlineData("key: K", "")]
    [InlineData("key: K, token: T", "")]
    [InlineData("host: gitlab, key: K", "")]
    [InlineData("key: K, url: \"ssh://git@github.corp/acme/x.git\"", "")]
    [InlineData("key: K, url: \"git@github.corp:acme/x.git\"", "")]
    [InlineData("key: K, url: \"https://github.com/acme/x.git\"", "over ssh only")]
    [InlineData("key: K, url: /srv/x.git", "over ssh only")]
    public void A_key_needs_a_URL_for_ssh(string options, string words)
    {
        if (words is "") Faults(options).ShouldBeEmpty();
        else Faults(options).ShouldHaveSingleItem().ShouldContain(words);
    }

    private static IReadOnlyList<string> Faults(string options) => ServerReader
        .Read($"repositories: {{ acme/x: {{ secret: S, {options} }} }}\n", "server.yaml")
        .Match(_ => (IReadOnlyList<string>)[], faults => [.. faults.Select(fault => fault.ToString())]);
}
