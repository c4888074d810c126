using Tenfold.Projects;

namespace Tenfold.App.Pushes.Answers;

/// <summary>The addresses of a git host's pages about a repository.</summary>
/// <param name="Root">The repository's own page.</param>
/// <param name="Host">The kind of host.</param>
internal sealed record HostPages(string Root, RepositoryHost Host)
{
    private string Dash => Host == RepositoryHost.GitLab ? "/-" : "";

    /// <summary>The pages of a repository; null when git fetches it from a path or over ssh, since that names no page.</summary>
    public static HostPages? Of(string name, ServedRepository repository)
    {
        var url = repository.Url ?? (repository.Host == RepositoryHost.GitLab ? "https://gitlab.com/" : "https://github.com/") + name;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http")) return null;
        var root = $"{address.Scheme}://{address.Authority}{address.AbsolutePath}".TrimEnd('/');
        return new HostPages(root.EndsWith(".git", StringComparison.Ordinal) ? root[..^4] : root, repository.Host);
    }

    /// <summary>A commit.</summary>
    public string Commit(string hash) => $"{Root}{Dash}/commit/{hash}";

    /// <summary>What a commit changes since another.</summary>
    public string Changes(string from, string to) => $"{Root}{Dash}/compare/{from}...{to}";

    /// <summary>A comment on a pull request.</summary>
    public string Comment(int number, string id) => Host switch
    {
        RepositoryHost.GitHub => $"{Root}/pull/{number}#issuecomment-{id}",
        RepositoryHost.GitLab => $"{Root}/-/merge_requests/{number}#note_{id}",
        _ => $"{Root}/pulls/{number}#issuecomment-{id}",
    };
}
