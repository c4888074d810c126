using Tenfold.App.Pushes.Answers;
using Tenfold.Projects;

namespace Tenfold.App.Tests.Pushes;

public sealed class Pages_of_hosts_have_addresses
{
    [Theory]
    [InlineData(
        RepositoryHost.GitHub, null, "https://github.com/acme/vision/commit/b",
        "https://github.com/acme/vision/pull/7#issuecomment-5")]
    [InlineData(
        RepositoryHost.GitLab, null, "https://gitlab.com/acme/vision/-/commit/b",
        "https://gitlab.com/acme/vision/-/merge_requests/7#note_5")]
    [InlineData(
        RepositoryHost.Forgejo, "https://forge.example/acme/vision.git", "https://forge.example/acme/vision/commit/b",
        "https://forge.example/acme/vision/pulls/7#issuecomment-5")]
    [InlineData(
        RepositoryHost.GitLab, "https://user@git.example:8443/acme/vision/", "https://git.example:8443/acme/vision/-/commit/b",
        "https://git.example:8443/acme/vision/-/merge_requests/7#note_5")]
    public void A_commit_and_a_comment_have_their_own(RepositoryHost host, string? url, string commit, string comment)
    {
        var pages = HostPages.Of("acme/vision", new ServedRepository { Host = host, Url = url, Secret = "S" }).ShouldNotBeNull();
        (pages.Commit("b"), pages.Comment(7, "5")).ShouldBe((commit, comment));
    }

    [Theory]
    [InlineData("/srv/vision.git")]
    [InlineData("git@github.com:acme/vision.git")]
    [InlineData("ssh://git@github.com/acme/vision.git")]
    public void A_path_and_ssh_name_no_page(string url) =>
        HostPages.Of("acme/vision", new ServedRepository { Url = url, Secret = "S" }).ShouldBeNull();
}
