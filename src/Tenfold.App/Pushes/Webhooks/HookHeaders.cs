using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Webhooks;

/// <summary>What the headers of a delivery say.</summary>
/// <param name="Host">The kind of host.</param>
/// <param name="Event">The event, by GitHub's word for it.</param>
/// <param name="Id">The host's id of the delivery, which is the same when it is sent again; null when it has none.</param>
internal sealed record HookHeaders(HostKind Host, string Event, string? Id)
{
    /// <summary>Reads the headers; null when no host sends such headers.</summary>
    /// <remarks>Forgejo sends Gitea's headers too, and both send GitHub's. So the most special one comes first.</remarks>
    public static HookHeaders? Read(Func<string, string?> header)
    {
        if (header("X-Forgejo-Event") is { } forgejo) return new HookHeaders(HostKind.Forgejo, forgejo, header("X-Forgejo-Delivery"));
        if (header("X-Gitea-Event") is { } gitea) return new HookHeaders(HostKind.Gitea, gitea, header("X-Gitea-Delivery"));
        if (header("X-Gitlab-Event") is { } gitlab)
        {
            var word = gitlab switch
            {
                "Push Hook" => "push",
                "Tag Push Hook" => "create",
                "Merge Request Hook" => "pull_request",
                _ => gitlab,
            };
            return new HookHeaders(
                HostKind.GitLab, word, header("webhook-id") ?? header("Idempotency-Key") ?? header("X-Gitlab-Event-UUID"));
        }

        return header("X-GitHub-Event") is { } github ? new HookHeaders(HostKind.GitHub, github, header("X-GitHub-Delivery")) : null;
    }
}
