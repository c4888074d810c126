using System.Diagnostics;

namespace Tenfold.Server.Tests;

/// <summary>A repository as a git host has it, and a clone in which somebody works.</summary>
/// <param name="folder">Where both are.</param>
internal sealed class Origin(TemporaryFolder folder)
{
    public string Url => folder["origin.git"];

    private string Clone => folder["clone"];

    public Origin Create()
    {
        Directory.CreateDirectory(Url);
        Git(Url, "init", "--quiet", "--bare", "--initial-branch=main");
        Directory.CreateDirectory(Clone);
        Git(Clone, "init", "--quiet", "--initial-branch=main");
        Git(Clone, "remote", "add", "origin", Url);
        return this;
    }

    /// <summary>Commits files, and pushes them to a branch.</summary>
    /// <returns>The commit.</returns>
    public string Push(string branch, params (string Path, string Content)[] files) => PushTo($"refs/heads/{branch}", files);

    /// <summary>Commits files, and pushes them to a ref.</summary>
    /// <returns>The commit.</returns>
    public string PushTo(string name, params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files) folder.Write($"clone/{path}", content);
        Git(Clone, "add", "--all");
        Git(Clone, "commit", "--quiet", "--allow-empty", "--message=change");
        Git(Clone, "push", "--quiet", "--force", "origin", $"HEAD:{name}");
        return Git(Clone, "rev-parse", "HEAD").Trim();
    }

    /// <summary>Replaces a file or folder of the clone by a link. The next commit has it.</summary>
    public void Link(string path, string target)
    {
        var link = Path.Combine(Clone, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (Directory.Exists(link)) Directory.Delete(link, recursive: true);
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }

    /// <summary>Goes on from a commit.</summary>
    public void GoTo(string commit) => Git(Clone, "checkout", "--quiet", "--detach", commit);

    /// <summary>Removes a branch.</summary>
    public void Delete(string branch) => Git(Url, "branch", "--quiet", "-D", branch);

    private static string Git(string place, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = place,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var role in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{role}_NAME"] = "Ann";
            start.Environment[$"GIT_{role}_EMAIL"] = "ann@example.org";
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, string.Join(' ', arguments));
        return output;
    }
}
