using System.Text.Json;
using Tenfold.Core.Pushes;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Answers;

/// <summary>Posts statuses and comments to a git host.</summary>
/// <param name="caller">Makes the calls.</param>
/// <param name="name">The repository's full name.</param>
/// <param name="repository">The repository.</param>
/// <param name="token">Its token.</param>
/// <remarks>
/// Sources: "Commit statuses" and "Issue comments" of GitHub's REST API, version 2022-11-28, which Gitea and Forgejo follow; "Commits" and
/// "Notes" of GitLab's REST API.
/// </remarks>
internal sealed class HostApi(JsonCaller caller, string name, ServedRepository repository, string token)
{
    // A pull request with more comments than this gets another one.
    private const int MaxPages = 10, PageSize = 100;

    /// <summary>Where its limits of requests hold: for one token at one host.</summary>
    public string Place => $"{Root} {repository.Token}";

    private bool IsGitLab => repository.Host == RepositoryHost.GitLab;

    private string Root => repository.Api ?? (IsGitLab ? "https://gitlab.com/api/v4" : "https://api.github.com");

    private string Base => IsGitLab ? $"{Root}/projects/{Uri.EscapeDataString(name)}" : $"{Root}/repos/{name}";

    private IEnumerable<(string Name, string Value)> Headers => repository.Host switch
    {
        RepositoryHost.GitLab => [("PRIVATE-TOKEN", token)],
        RepositoryHost.GitHub =>
            [("Authorization", $"Bearer {token}"), ("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")],
        _ => [("Authorization", $"token {token}")],
    };

    /// <summary>The addresses of the host's pages; null when they are not known.</summary>
    public HostPages? Pages { get; } = HostPages.Of(name, repository);

    /// <summary>Posts a status of a commit. A later one with the same context replaces it.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="check">The status.</param>
    /// <param name="page">The page with the details; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<HostReply> PostStatusAsync(string commit, CommitCheck check, string? page, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post, $"{Base}/statuses/{commit}",
            JsonCaller.Object(
                ("state", IsGitLab ? GitLabState(check) : State(check)), (IsGitLab ? "name" : "context", check.Context),
                ("description", check.Description), ("target_url", page)), cancellationToken);

    /// <summary>Posts a comment on a pull request, or replaces one.</summary>
    /// <param name="number">The pull request.</param>
    /// <param name="id">The comment to replace; null to post one.</param>
    /// <param name="body">The text, as Markdown.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<HostReply> PostCommentAsync(int number, string? id, string body, CancellationToken cancellationToken)
    {
        var content = JsonCaller.Object(("body", body));
        var notes = CommentsOf(number);
        if (id is null) return SendAsync(HttpMethod.Post, notes, content, cancellationToken);
        return IsGitLab
            ? SendAsync(HttpMethod.Put, $"{notes}/{id}", content, cancellationToken)
            : SendAsync(HttpMethod.Patch, $"{Base}/issues/comments/{id}", content, cancellationToken);
    }

    /// <summary>Finds the comment with a mark.</summary>
    /// <returns>Posted with the comment's id; Gone when there is none; Later.</returns>
    public async Task<HostReply> FindCommentAsync(int number, string mark, CancellationToken cancellationToken)
    {
        for (var page = 1; page <= MaxPages; page++)
        {
            var url = $"{CommentsOf(number)}?{PageSizeName}={PageSize}&page={page}";
            var answer = await caller.CallAsync(HttpMethod.Get, url, Headers, body: null, cancellationToken);
            if (answer?.Json is not { ValueKind: JsonValueKind.Array } comments) return answer?.ToReply() ?? new HostReply(ReplyKind.Later);
            foreach (var comment in comments.EnumerateArray())
                if (comment.TryGetProperty("body", out var body) && body.GetString()?.StartsWith(mark, StringComparison.Ordinal) == true)
                    return new HostReply(ReplyKind.Posted, JsonReply.IdOf(comment));
            if (comments.GetArrayLength() < PageSize) break;
        }

        return new HostReply(ReplyKind.Gone);
    }

    private string PageSizeName => repository.Host is RepositoryHost.GitHub or RepositoryHost.GitLab ? "per_page" : "limit";

    private string CommentsOf(int number) => IsGitLab ? $"{Base}/merge_requests/{number}/notes" : $"{Base}/issues/{number}/comments";

    private async Task<HostReply> SendAsync(HttpMethod method, string url, JsonElement body, CancellationToken cancellationToken) =>
        (await caller.CallAsync(method, url, Headers, body, cancellationToken))?.ToReply() ?? new HostReply(ReplyKind.Later, "no answer");

    private static string State(CommitCheck check) => check.Outcome switch
    {
        PushOutcome.Success => "success",
        PushOutcome.Failure => "failure",
        PushOutcome.Error => "error",
        _ => "pending",
    };

    private static string GitLabState(CommitCheck check) => check.Outcome switch
    {
        PushOutcome.Success => "success",
        null => check.WaitsForPerson ? "pending" : "running",
        _ => "failed",
    };
}
