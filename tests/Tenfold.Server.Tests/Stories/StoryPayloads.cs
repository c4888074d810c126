using System.Text.Json;

namespace Tenfold.Server.Tests.Stories;

/// <summary>The bodies of deliveries.</summary>
internal static class StoryPayloads
{
    private static readonly object Repository = new { id = 1, full_name = TrainingScene.Repository };

    /// <summary>Pull request 7, from a branch of the repository into <c>main</c>.</summary>
    public static string PullRequest(string head) => JsonSerializer.Serialize(new
    {
        action = "opened",
        number = 7,
        repository = Repository,
        pull_request = new { head = new { sha = head, repo = Repository }, @base = new { @ref = "main" } },
    });

    /// <summary>A push to <c>main</c>.</summary>
    public static string Push(string commit, string before) => JsonSerializer.Serialize(
        new { @ref = "refs/heads/main", before, after = commit, repository = Repository });
}
