using System.Diagnostics;
using Tenfold.App.Pushes.Submitting;
using Tenfold.Core.Outcomes;

namespace Tenfold.App.Tests.Pushes;

public sealed class A_pushed_commit_is_found : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tenfold-").FullName;

    public A_pushed_commit_is_found()
    {
        Git("init", "--quiet", "--initial-branch=main");
        Git("commit", "--quiet", "--allow-empty", "--message=first");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://example.org/acme/vision.git", "https://example.org/acme/vision.git")]
    [InlineData("https://ann:secret@example.org/acme/vision.git", "https://example.org/acme/vision.git")]
    [InlineData("https://token@example.org:8443/acme/vision.git", "https://example.org:8443/acme/vision.git")]
    [InlineData("ssh://git:secret@example.org/acme/vision.git", "ssh://git@example.org/acme/vision.git")]
    [InlineData("ssh://git@example.org:2222/acme/vision.git", "ssh://git@example.org:2222/acme/vision.git")]
    [InlineData("git@example.org:acme/vision.git", "git@example.org:acme/vision.git")]
    [InlineData("/srv/git/vision.git", "/srv/git/vision.git")]
    public async Task No_password_of_a_remote_is_sent(string url, string sent)
    {
        Git("remote", "add", "origin", url);
        Git("update-ref", "refs/remotes/origin/main", "HEAD");
        (await FindAsync()).ShouldBe((sent, "main"));
    }

    [Fact]
    public async Task The_branch_that_has_the_commit_is_named()
    {
        Git("remote", "add", "team", "/srv/git/vision.git");
        Git("remote", "add", "team/fork", "/srv/git/fork.git");
        Git("update-ref", "refs/remotes/team/fork/main", "HEAD");
        (await FindAsync()).ShouldBe(("/srv/git/fork.git", "main"), "the remote with the longer name has it");
        Git("update-ref", "refs/remotes/team/exp/one", "HEAD");
        Git("branch", "--quiet", "--set-upstream-to=team/exp/one");
        (await FindAsync()).ShouldBe(("/srv/git/vision.git", "exp/one"));
    }

    [Fact]
    public async Task A_commit_that_is_only_here_is_refused()
    {
        Git("remote", "add", "origin", "/srv/git/vision.git");
        Git("update-ref", "refs/remotes/origin/main", "HEAD");
        Git("commit", "--quiet", "--allow-empty", "--message=second");
        var found = await FindOutcomeAsync();
        found.Match(pushed => pushed.Commit, refused => refused.Message).ShouldContain("is not pushed");
    }

    private async Task<(string Remote, string Branch)> FindAsync() =>
        (await FindOutcomeAsync()).Match(pushed => (pushed.Remote, pushed.Branch), refused => (refused.Message, ""));

    private Task<Outcome<PushedCommit>> FindOutcomeAsync() => PushedCommit.FindAsync(
        _folder, new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }, TimeProvider.System,
        TestContext.Current.CancellationToken);

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo(
            "git", ["-C", _folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", .. arguments])
        {
            UseShellExecute = false,
        })!;
        git.WaitForExit();
        git.ExitCode.ShouldBe(0);
    }
}
