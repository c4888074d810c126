using System.Diagnostics;
using System.Text;

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

    /// <summary>Pushes many commits to a branch. The first changes a file, and the others change <c>notes</c>.</summary>
    /// <returns>The commits, the oldest first.</returns>
    public IReadOnlyList<string> PushMany(string branch, int count, string path, string content)
    {
        var from = Git(Clone, "rev-parse", "HEAD").Trim();
        var stream = new StringBuilder();
        for (var i = 1; i <= count; i++)
        {
            stream.Append($"commit refs/heads/many\ncommitter Ann <ann@example.org> {1_700_000_000 + i} +0000\ndata 1\nx\n");
            if (i == 1) stream.Append($"from {from}\nM 100644 inline {path}\ndata {content.Length}\n{content}\n");
            else stream.Append($"M 100644 inline notes\ndata {$"{i}".Length}\n{i}\n");
        }

        GitWith($"{stream}", Clone, "fast-import", "--quiet", "--force");
        Git(Clone, "push", "--quiet", "--force", "origin", $"refs/heads/many:refs/heads/{branch}");
        return Git(Clone, "rev-list", "--reverse", $"{from}..refs/heads/many").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Merges a commit into the one that is checked out, by a commit of its own, and pushes it to a branch.</summary>
    /// <returns>The merge commit.</returns>
    public string Merge(string branch, string commit)
    {
        Git(Clone, "merge", "--quiet", "--no-ff", "--no-edit", commit);
        return PushHead(branch);
    }

    private string PushHead(string branch)
    {
        Git(Clone, "push", "--quiet", "--force", "origin", $"HEAD:refs/heads/{branch}");
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

    private static string Git(string place, params string[] arguments) => GitWith("", place, arguments);

    private static string GitWith(string input, string place, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = place,
            RedirectStandardInput = true,
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
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, string.Join(' ', arguments));
        return output;
    }
}
