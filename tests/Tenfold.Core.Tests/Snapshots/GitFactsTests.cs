using Tenfold.Core.Snapshots;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class GitFactsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_outside_git_has_none()
    {
        (await Read("")).ShouldBeNull();
        (await Read("nowhere")).ShouldBeNull();
    }

    [Fact]
    public async Task Commit_branch_and_changes_are_read_in_every_state()
    {
        Git.Run(_folder.Path, "init", "-q", "-b", "main");
        (await Read("")).ShouldBe(new GitFacts(null, "main", false));
        _folder.Write("project/a", "1");
        _folder.Write("other/b", "1");
        (await Read("project")).ShouldBe(new GitFacts(null, "main", true));
        Git.Run(_folder.Path, "add", "-A");
        Git.Run(_folder.Path, "commit", "-qm", "x");
        var commit = Git.Run(_folder.Path, "rev-parse", "HEAD").Trim();
        (await Read("project")).ShouldBe(new GitFacts(commit, "main", false));
        _folder.Write("other/b", "2");
        (await Read("project")).ShouldBe(new GitFacts(commit, "main", false));
        _folder.Write("project/new", "2");
        (await Read("project")).ShouldBe(new GitFacts(commit, "main", true));
        File.Delete(_folder["project/new"]);
        Git.Run(_folder.Path, "checkout", "-q", "--detach");
        (await Read("project")).ShouldBe(new GitFacts(commit, null, false));
    }

    [Fact]
    public async Task No_hook_and_no_monitor_is_run_and_the_index_is_not_touched()
    {
        Git.Run(_folder.Path, "init", "-q", "-b", "main");
        _folder.Write("a", "1");
        Git.Run(_folder.Path, "add", "-A");
        Git.Run(_folder.Path, "commit", "-qm", "x");
        _folder.Write("monitor", $"#!/bin/sh\ntouch {_folder["ran"]}\n");
        AsNobody.SetMode(_folder["monitor"], 0x1ED);
        Git.Run(_folder.Path, "config", "core.fsmonitor", _folder["monitor"]);
        File.SetLastWriteTimeUtc(_folder["a"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var index = File.ReadAllBytes(_folder[".git/index"]);
        (await Read("")).ShouldNotBeNull();
        File.Exists(_folder["ran"]).ShouldBeFalse();
        File.ReadAllBytes(_folder[".git/index"]).ShouldBe(index);
    }

    [Fact]
    public async Task Git_is_found_in_the_users_path()
    {
        Git.Run(_folder.Path, "init", "-q", "-b", "main");
        _folder.Write("bin/git", "#!/bin/sh\nprintf '# branch.oid (initial)\\n# branch.head users\\n'\n");
        AsNobody.SetMode(_folder["bin/git"], 0x1ED);
        (await Read("", _folder["bin"])).ShouldBe(new GitFacts(null, "users", false));
        (await Read("", _folder["nowhere"])).ShouldBeNull();
    }

    private Task<GitFacts?> Read(string folder, string path = "/usr/local/bin:/usr/bin:/bin") => GitFacts.ReadAsync(
        _folder[folder], new Dictionary<string, string> { ["PATH"] = path, ["GIT_DIR"] = "/nowhere" }, TimeProvider.System,
        CancellationToken.None);
}
