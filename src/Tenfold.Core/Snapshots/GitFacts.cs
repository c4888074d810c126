using System.ComponentModel;
using System.Diagnostics;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>A project's commit and branch in git. They are for people; the snapshot pins the files.</summary>
/// <param name="Commit">The commit's full hash; null before the first commit.</param>
/// <param name="Branch">The branch; null when HEAD is detached.</param>
/// <param name="Dirty">True when the project's folder has uncommitted changes, or an untracked file that isn't ignored.</param>
public sealed record GitFacts(string? Commit, string? Branch, bool Dirty)
{
    /// <summary>Git answers in milliseconds. A disk that hangs must not delay a run for longer than this.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks git. It takes no lock in the repository and runs no hook, monitor or pager.</summary>
    /// <param name="root">The project's folder.</param>
    /// <param name="environment">The user's variables, with which git is found and started.</param>
    /// <param name="clock">The clock of the time-out.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <returns>Null when the folder isn't in a git work tree, when git isn't installed, or when git takes longer than
    /// <see cref="DefaultTimeout"/>.</returns>
    /// <remarks>Source: git-status(1), porcelain format version 2.</remarks>
    public static async Task<GitFacts?> ReadAsync(
        string root, IReadOnlyDictionary<string, string> environment, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(DefaultTimeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await AskAsync(Path.GetFullPath(root), environment, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<GitFacts?> AskAsync(
        string root, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        if (SearchPath.Find("git", environment.GetValueOrDefault("PATH")) is not { } program) return null;
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList =
            {
                "--no-optional-locks", "--no-pager", "-C", root, "-c", "core.fsmonitor=false",
                "status", "--porcelain=v2", "--branch", "--no-renames", "--untracked-files=normal", "--", ".",
            },
        };
        // A git hook or another tool may have set GIT_DIR and the like, but we mean the project's own repository.
        start.Environment.Clear();
        foreach (var (name, value) in PrivateVariables.Without(environment))
            if (!name.StartsWith("GIT_", StringComparison.Ordinal) || name.StartsWith("GIT_CONFIG", StringComparison.Ordinal))
                start.Environment[name] = value;
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        using var git = new Process { StartInfo = start };
        try
        {
            if (!Directory.Exists(root) || !git.Start()) return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        try
        {
            git.StandardInput.Close();
            var output = git.StandardOutput.ReadToEndAsync(cancellationToken);
            await git.StandardError.ReadToEndAsync(cancellationToken);
            var text = await output;
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0 ? Parse(text) : null;
        }
        finally
        {
            if (!git.HasExited) git.Kill(entireProcessTree: true);
        }
    }

    private static GitFacts Parse(string text)
    {
        string? commit = null, branch = null;
        var dirty = false;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# branch.oid ", StringComparison.Ordinal)) commit = line["# branch.oid ".Length..];
            else if (line.StartsWith("# branch.head ", StringComparison.Ordinal)) branch = line["# branch.head ".Length..];
            else if (line[0] != '#') dirty = true;
        }
        return new GitFacts(commit == "(initial)" ? null : commit, branch == "(detached)" ? null : branch, dirty);
    }
}
