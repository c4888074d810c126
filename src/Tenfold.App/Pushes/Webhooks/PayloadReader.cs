using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Webhooks;

/// <summary>Reads what a delivery is about, and nothing else: git is asked for everything that git knows.</summary>
/// <remarks>
/// Members that are missing or of another type are no error, since hosts leave some out and add others. A payload lists at most some
/// commits and files, and so they are never read from it.
/// </remarks>
internal static class PayloadReader
{
    /// <summary>The full name of the repository; null when there is none.</summary>
    public static string? RepositoryOf(JsonElement payload) =>
        payload.Text("repository", "full_name") ?? payload.Text("project", "path_with_namespace");

    /// <summary>Reads a delivery.</summary>
    /// <returns>What was pushed; or why the delivery calls for nothing.</returns>
    public static ReadPayload Read(HostKind host, string @event, JsonElement payload) => @event switch
    {
        "push" => ReadPush(payload),
        "pull_request" => host == HostKind.GitLab ? ReadMergeRequest(payload) : ReadPullRequest(payload),
        "ping" => ReadPayload.Ignore("a ping: the hook works"),
        _ => ReadPayload.Ignore($"the event {@event} starts no runs"),
    };

    private static ReadPayload ReadPush(JsonElement payload)
    {
        const string heads = "refs/heads/";
        var name = payload.Text("ref");
        if (name is null) return ReadPayload.Ignore("the push names no branch");
        if (!name.StartsWith(heads, StringComparison.Ordinal)) return ReadPayload.Ignore($"{name} is no branch");
        var after = HashOf(payload.Text("after"));
        if (after is null || payload.Flag("deleted")) return ReadPayload.Ignore($"the branch {name[heads.Length..]} was deleted");
        return new ReadPayload(new PushRef(name[heads.Length..]), after, HashOf(payload.Text("before")), null);
    }

    private static ReadPayload ReadPullRequest(JsonElement payload)
    {
        var action = payload.Text("action");
        var hasNewBase = action == "edited" && payload.Find("changes", "base") is not null;
        if (action is not ("opened" or "reopened" or "synchronize" or "synchronized" or "ready_for_review") && !hasNewBase)
            return ReadPayload.Ignore($"a pull request that is {action} starts no runs");
        var number = payload.Number("number") ?? payload.Number("pull_request", "number");
        var (head, into) = (HashOf(payload.Text("pull_request", "head", "sha")), payload.Text("pull_request", "base", "ref"));
        if (number is not { } known || head is null || into is null) return ReadPayload.Ignore("the pull request has no commit or no base");
        // The head's repository is null once it was deleted. Then nobody can tell, and so it counts as a fork.
        var (own, from) = (payload.Number("repository", "id"), payload.Number("pull_request", "head", "repo", "id"));
        return new ReadPayload(new PushRef(into) { Number = (int)known, IsFromFork = own is null || own != from }, head, null, null);
    }

    private static ReadPayload ReadMergeRequest(JsonElement payload)
    {
        var action = payload.Text("object_attributes", "action");
        // An update without an old revision changes a title or a label.
        if (action is not ("open" or "reopen") && (action != "update" || payload.Text("object_attributes", "oldrev") is null))
            return ReadPayload.Ignore($"a merge request with the action {action} starts no runs");
        var number = payload.Number("object_attributes", "iid");
        var head = HashOf(payload.Text("object_attributes", "last_commit", "id"));
        var into = payload.Text("object_attributes", "target_branch");
        if (number is not { } known || head is null || into is null)
            return ReadPayload.Ignore("the merge request has no commit or no target");
        var from = payload.Number("object_attributes", "source_project_id");
        var to = payload.Number("object_attributes", "target_project_id");
        return new ReadPayload(new PushRef(into) { Number = (int)known, IsFromFork = from is null || from != to }, head, null, null);
    }

    // The hash of no commit has only zeros.
    private static string? HashOf(string? text) =>
        text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigit) && text.Any(c => c != '0') ? text.ToLowerInvariant() : null;

    private static JsonElement? Find(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        return element;
    }

    private static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Find(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    private static long? Number(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Find(path) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var number) ? number : null;

    private static bool Flag(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Find(path) is { ValueKind: JsonValueKind.True };
}

/// <summary>What a delivery is about.</summary>
/// <param name="Ref">What was pushed to; null when the delivery calls for nothing.</param>
/// <param name="Commit">The commit; null when the delivery calls for nothing.</param>
/// <param name="Before">The branch's commit before; null for a new branch, and for a pull request.</param>
/// <param name="Ignored">Why the delivery calls for nothing; null when it calls for something.</param>
internal sealed record ReadPayload(PushRef? Ref, string? Commit, string? Before, string? Ignored)
{
    /// <summary>A delivery that calls for nothing.</summary>
    public static ReadPayload Ignore(string why) => new(null, null, null, why);
}
