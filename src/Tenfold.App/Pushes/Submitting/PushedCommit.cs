using Tenfold.Core.Git;
using Tenfold.Core.Snapshots;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>The commit that is checked out in a folder, and a branch of a remote that has it.</summary>
/// <param name="Remote">The remote's URL or path, without a password.</param>
/// <param name="Branch">The branch at the remote.</param>
/// <param name="Commit">The commit, as a full hash.</param>
/// <param name="Folder">The folder in the repository; <c>.</c> for its root.</param>
public sealed record PushedCommit(string Remote, string Branch, string Commit, string Folder)
{
    private const string Remotes = "refs/remotes/";

    /// <summary>Asks git, which asks no other machine: what was pushed is known here.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="environment">The variables with which git is found and started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <returns>The commit; or BadInput: the folder has no commit, has other changes, or its commit is not pushed.</returns>
    /// <exception cref="GitException">Git can't be started.</exception>
    public static async Task<Outcome<PushedCommit>> FindAsync(
        string folder, IReadOnlyDictionary<string, string> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await GitFacts.ReadAsync(folder, environment, time, cancellationToken) is not { } facts)
            return Refusal.BadInput($"a server trains commits, and git knows no repository in {folder}: make one, commit and push");
        if (facts.Commit is not { } commit) return Refusal.BadInput("there is no commit yet: commit and push first");
        if (facts.Dirty)
        {
            return Refusal.BadInput(
                $"{folder} has changes that are not committed, and the server trains commits only: commit and push them, or `git stash`");
        }

        var git = new Questions(new GitRunner(environment, time), folder, cancellationToken);
        var refs = await git.LinesAsync("for-each-ref", "--contains=HEAD", "--format=%(refname)", Remotes);
        refs = [.. refs.Where(name => !name.EndsWith("/HEAD", StringComparison.Ordinal))];
        var remotes = await git.LinesAsync("remote");
        if (remotes.Count == 0 && git.Failure is null)
            return Refusal.BadInput("the repository has no remote from which the server could fetch it: git remote add");
        var wanted = await WantedAsync(git, facts.Branch);
        if ((refs.FirstOrDefault(wanted.Contains) ?? (refs.Count > 0 ? refs[0] : null)) is not { } found
            || remotes.Where(name => found.StartsWith($"{Remotes}{name}/", StringComparison.Ordinal)).MaxBy(name => name.Length)
                is not { } remote)
        {
            return git.Failure ?? Refusal.BadInput($"the commit {commit[..10]} is not pushed, so the server can't have it: git push");
        }

        var url = await git.LineAsync("remote", "get-url", remote);
        var prefix = (await git.LineAsync("rev-parse", "--show-prefix"))?.TrimEnd('/');
        return git.Failure is { } failure ? failure : new PushedCommit(
            WithoutPassword(url ?? ""), found[(Remotes.Length + remote.Length + 1)..], commit, string.IsNullOrEmpty(prefix) ? "." : prefix);
    }

    // The branch to which this one is pushed, and those with its name.
    private static async Task<IReadOnlyList<string>> WantedAsync(Questions git, string? branch)
    {
        if (branch is null) return [];
        var upstream = await git.LinesAsync("for-each-ref", "--format=%(upstream)", $"refs/heads/{branch}");
        return [.. upstream, .. (await git.LinesAsync("remote")).Select(remote => $"{Remotes}{remote}/{branch}")];
    }

    // A token stands for a user in the URLs of http, too. SSH needs the name of its user.
    private static string WithoutPassword(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.UserInfo.Length == 0) return url;
        var user = uri.Scheme is "https" or "http" ? "" : uri.UserInfo.Split(':')[0];
        return new UriBuilder(uri) { UserName = user, Password = "" }.Uri.AbsoluteUri;
    }

    private sealed class Questions(GitRunner git, string folder, CancellationToken cancellationToken)
    {
        // Why git could not answer; null when it could.
        public Refusal? Failure { get; private set; }

        public async Task<string?> LineAsync(params string[] arguments) => await LinesAsync(arguments) is [var first, ..] ? first : null;

        public async Task<IReadOnlyList<string>> LinesAsync(params string[] arguments)
        {
            var result = await git.RunAsync(folder, arguments, credentials: null, cancellationToken);
            if (result.IsGood) return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Failure ??= Refusal.Unavailable($"`git {arguments[0]}` failed in {folder}: {result.Error.Split('\n')[^1]}");
            return [];
        }
    }
}
