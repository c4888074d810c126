using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Pushes;

namespace Tenfold.Core.Git;

/// <summary>A bare copy of a repository on the server, with one work tree in which projects are planned.</summary>
/// <param name="folder">Its folder.</param>
/// <param name="remote">Where it is fetched from.</param>
/// <param name="git">Runs git.</param>
public sealed class GitMirror(string folder, GitRemote remote, GitRunner git)
{
    private const string Default = "refs/tenfold/default";

    /// <summary>
    /// The ref of the copy under which a branch is. It is a hash, since git can't keep <c>fix/a</c> beside a removed branch <c>fix</c>.
    /// </summary>
    public static string RefOf(string branch) =>
        $"refs/tenfold/branch/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(branch)))}";

    private string Bare => Path.Combine(folder, "mirror.git");

    /// <summary>The folder of the work tree. It is the same for every commit, so that the runs of two commits differ in no path.</summary>
    public string WorkTree => Path.Combine(folder, "tree");

    /// <summary>Fetches what a push needs.</summary>
    /// <returns>The newest commit of the branch or of the pull request; null when it no longer exists.</returns>
    /// <exception cref="GitException">The repository can't be fetched.</exception>
    public async Task<string?> FetchAsync(PushRef place, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var branch = $"refs/heads/{place.Branch}";
        var theirs = place.Number is { } number ? remote.PullRef(number) : branch;
        if (!await IsRefAsync(branch, cancellationToken)) return null;
        var listing = await RemoteAsync(["ls-remote", "--", remote.Url, "HEAD", theirs, branch], cancellationToken);
        var known = listing.Split('\n').Select(line => line.Split('\t')).Where(line => line.Length == 2)
            .ToDictionary(line => line[1], line => line[0]);
        if (!known.TryGetValue(theirs, out var tip) || !known.ContainsKey(branch)) return null;
        List<string> wanted = [$"+{branch}:{RefOf(place.Branch)}"];
        if (theirs != branch) wanted.Add($"+{theirs}:{LocalOf(place)}");
        if (known.ContainsKey("HEAD")) wanted.Add($"+HEAD:{Default}");
        await RemoteAsync(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", remote.Url, .. wanted], cancellationToken);
        return await ResolveAsync(LocalOf(place), cancellationToken) ?? tip;
    }

    /// <summary>Asks for the name of the repository's default branch.</summary>
    /// <returns>Null when there is none, as in an empty repository.</returns>
    /// <exception cref="GitException">The repository can't be asked.</exception>
    public async Task<string?> FindDefaultBranchAsync(CancellationToken cancellationToken)
    {
        const string mark = "ref: refs/heads/";
        await CreateAsync(cancellationToken);
        var listing = await RemoteAsync(["ls-remote", "--symref", "--", remote.Url, "HEAD"], cancellationToken);
        return listing.Split('\n').FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal))?[mark.Length..].Split('\t')[0];
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.Combine(Bare, "objects"))) return;
        Directory.CreateDirectory(folder);
        await GoodAsync(folder, ["init", "--quiet", "--bare", Bare], cancellationToken);
    }

    /// <summary>The full hash of a commit; null when the mirror does not have it.</summary>
    public async Task<string?> ResolveAsync(string revision, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", $"{revision}^{{commit}}"], cancellationToken);
        return result.IsGood ? result.Output.Trim() : null;
    }

    /// <summary>True when a branch or pull request contains a commit. That a host names a commit proves nothing.</summary>
    public async Task<bool> ContainsAsync(PushRef place, string commit, CancellationToken cancellationToken) =>
        (await RunAsync(["merge-base", "--is-ancestor", commit, LocalOf(place)], cancellationToken)).IsGood;

    /// <summary>The commit at which a commit left a branch; null when they have none in common.</summary>
    public async Task<string?> MergeBaseAsync(string commit, string branch, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["merge-base", commit, RefOf(branch)], cancellationToken);
        return result.IsGood ? result.Output.Trim() : null;
    }

    /// <summary>The commit at which a commit left the repository's default branch; null when there is none.</summary>
    public async Task<string?> DefaultBaseAsync(string commit, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["merge-base", commit, Default], cancellationToken);
        return result.IsGood && result.Output.Trim() != commit ? result.Output.Trim() : null;
    }

    /// <summary>The paths of all files of a commit.</summary>
    public async Task<IReadOnlyList<string>> ListFilesAsync(string commit, CancellationToken cancellationToken) =>
        (await GoodAsync(Bare, ["ls-tree", "-r", "-z", "--name-only", commit], cancellationToken)).Values;

    /// <summary>The paths of the files in which two commits differ.</summary>
    public async Task<IReadOnlyList<string>> ListChangesAsync(string from, string to, CancellationToken cancellationToken) =>
        (await GoodAsync(Bare, ["diff", "--name-only", "--no-renames", "-z", from, to, "--"], cancellationToken)).Values;

    /// <summary>The content of a file of a commit; null when there is none.</summary>
    public async Task<string?> ReadAsync(string commit, string path, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["cat-file", "blob", $"{commit}:{path}"], cancellationToken);
        return result.IsGood ? result.Output : null;
    }

    /// <summary>Puts the files of a commit, and nothing else, into the work tree.</summary>
    /// <exception cref="GitException">It failed, for instance because the disk is full.</exception>
    public async Task CheckOutAsync(string commit, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(WorkTree, ".git"))) await AddWorkTreeAsync(commit, cancellationToken);
        try
        {
            await FillAsync(commit, cancellationToken);
        }
        catch (GitException)
        {
            // A git that was killed leaves lock files behind, and no later git removes them.
            await AddWorkTreeAsync(commit, cancellationToken);
            await FillAsync(commit, cancellationToken);
        }
    }

    // The second --force is for a work tree whose creation was interrupted: git keeps it locked.
    private async Task AddWorkTreeAsync(string commit, CancellationToken cancellationToken)
    {
        if (Directory.Exists(WorkTree)) Directory.Delete(WorkTree, recursive: true);
        await RunAsync(["worktree", "prune"], cancellationToken);
        await GoodAsync(Bare, ["worktree", "add", "--force", "--force", "--quiet", "--detach", WorkTree, commit], cancellationToken);
    }

    private async Task FillAsync(string commit, CancellationToken cancellationToken)
    {
        await GoodAsync(WorkTree, ["checkout", "--quiet", "--force", "--detach", commit], cancellationToken);
        await GoodAsync(WorkTree, ["clean", "--quiet", "-ffdx"], cancellationToken);
    }

    // Git's own rules for names keep a payload from being taken for an option or a pattern.
    private async Task<bool> IsRefAsync(string name, CancellationToken cancellationToken) =>
        (await RunAsync(["check-ref-format", name], cancellationToken)).IsGood;

    private static string LocalOf(PushRef place) =>
        place.Number is { } number ? $"refs/tenfold/pull/{number}" : RefOf(place.Branch);

    private Task<GitResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        git.RunAsync(Bare, arguments, credentials: null, cancellationToken);

    private async Task<string> RemoteAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var key = remote.Key is { } text ? DeployKey.Write(folder, text) : null;
        var runner = key is null ? git : git.With(key);
        var result = await runner.RunAsync(Bare, arguments, remote.Credentials, cancellationToken);
        return result.IsGood ? result.Output : throw Failed(arguments, result);
    }

    private async Task<GitResult> GoodAsync(string place, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await git.RunAsync(place, arguments, credentials: null, cancellationToken);
        return result.IsGood ? result : throw Failed(arguments, result);
    }

    private GitException Failed(IReadOnlyList<string> arguments, GitResult result) =>
        new($"`git {arguments[0]}` of {remote.Url} failed: {result.Error.Split('\n')[^1]}");
}

/// <summary>Where a repository is fetched from.</summary>
/// <param name="Url">The URL or path, without credentials.</param>
/// <param name="Token">The token; null for none.</param>
/// <param name="Host">The kind of host.</param>
public sealed record GitRemote(string Url, string? Token, HostKind Host)
{
    /// <summary>The private key by which it is fetched over ssh, as it is or in base64; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The setting of git that sends the token to this URL and to no other; null without a token or for ssh.</summary>
    public (string Key, string Value)? Credentials
    {
        get
        {
            if (Token is null || !Url.StartsWith("http", StringComparison.Ordinal)) return null;
            var user = Host == HostKind.GitHub ? "x-access-token" : "oauth2";
            return ($"http.{Url}.extraHeader", $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Token}"))}");
        }
    }

    /// <summary>The ref under which the host shows the commits of a pull request.</summary>
    public string PullRef(int number) => Host == HostKind.GitLab ? $"refs/merge-requests/{number}/head" : $"refs/pull/{number}/head";

    /// <summary>What a URL names, whatever the protocol and the user: <c>github.com/acme/vision</c>; or a path.</summary>
    /// <remarks>Source: git-clone(1), section "Git URLs".</remarks>
    public static string PlaceOf(string url)
    {
        if (url.StartsWith('/')) return Trimmed(url);
        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && url.Contains("://", StringComparison.Ordinal))
            return uri.IsFile ? Trimmed(uri.LocalPath) : $"{uri.Host.ToLowerInvariant()}{Trimmed(uri.AbsolutePath)}";
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? Trimmed(url)
            : $"{url[..colon].Split('@')[^1].ToLowerInvariant()}/{Trimmed(url[(colon + 1)..].TrimStart('/'))}";

        static string Trimmed(string path) =>
            path.TrimEnd('/') is var whole && whole.EndsWith(".git", StringComparison.Ordinal) ? whole[..^4] : whole;
    }

    /// <summary>Never shows the token.</summary>
    public override string ToString() => Url;
}
