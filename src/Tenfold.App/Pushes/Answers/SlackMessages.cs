using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Answers;

/// <summary>
/// Announces pushes in Slack: a message when the runs begin, and one when they have ended. Each push has one thread in a channel.
/// </summary>
/// <param name="caller">Makes the calls.</param>
/// <param name="secrets">Finds the token, or the URL of an incoming webhook.</param>
/// <remarks>Source: Slack, <c>chat.postMessage</c> and "Sending messages using incoming webhooks". A failure has status 200 too.</remarks>
internal sealed class SlackMessages(JsonCaller caller, SecretSource secrets)
{
    private const int MaxText = 3000;

    /// <summary>True when the server has a token or a webhook.</summary>
    public bool IsSetUp => Token is not null || Webhook is not null;

    private string? Token => secrets("SLACK_API_TOKEN") is { Length: > 0 } token ? token : null;

    private string? Webhook => secrets("SLACK_WEBHOOK_URL") is { Length: > 0 } url ? url : null;

    /// <summary>What should have been announced of a project by now, in order: a name for each message, and its text.</summary>
    public static IEnumerable<(string Key, string Text)> Of(PushRecord push, PushProject project)
    {
        var where = $"{push.Repository} {push.Ref} at {push.Commit[..10]}{(project.Folder.Length == 0 ? "" : $" ({project.Folder})")}";
        if ((project.Group ?? project.Study) is { } work)
            yield return ($"slack-start {project.Folder}", $"{where}: the runs of {work} begin{Notice(project)}");
        if (project.Outcome is { } outcome)
        {
            var how = outcome == PushOutcome.Success ? "passed" : outcome == PushOutcome.Failure ? "failed"
                : (project.Group ?? project.Study) is null ? "could not run" : "could not be judged";
            yield return ($"slack-end {project.Folder}", $"{where} {how}: {project.Detail}{Notice(project)}");
        }
    }

    /// <summary>The first message about a push in a channel, in whose thread the others appear; null when there is none yet.</summary>
    public static string? ThreadOf(PushRecord push, string channel) =>
        (from project in push.Projects
         where project.SlackChannel == channel
         from what in new[] { "start", "end" }
         select push.Posted.GetValueOrDefault($"slack-{what} {project.Folder}")?.Id).FirstOrDefault(id => id is not null);

    /// <summary>Sends a message.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="text">The text.</param>
    /// <param name="thread">The message in whose thread it appears; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Posted with the id of the message that begins the thread, a text that looks like a number; or why not.</returns>
    public async Task<HostReply> SendAsync(string channel, string text, string? thread, CancellationToken cancellationToken)
    {
        text = Escape(text.Length <= MaxText ? text : $"{text[..MaxText]}…");
        if (Token is not { } token)
        {
            var sent = await caller.CallAsync(HttpMethod.Post, Webhook!, [], JsonCaller.Object(("text", text)), cancellationToken);
            return sent?.ToReply() ?? new HostReply(ReplyKind.Later);
        }

        var root = secrets("SLACK_API_URL") is { Length: > 0 } own ? own.TrimEnd('/') : "https://slack.com/api";
        var body = JsonCaller.Object(("channel", channel), ("text", text), ("thread_ts", thread));
        var answer = await caller.CallAsync(
            HttpMethod.Post, $"{root}/chat.postMessage", [("Authorization", $"Bearer {token}")], body, cancellationToken);
        if (answer is null) return new HostReply(ReplyKind.Later);
        if (answer.ToReply() is not { Kind: ReplyKind.Posted } || answer.Json is not { ValueKind: JsonValueKind.Object } json)
            return answer.ToReply() with { Detail = $"{(int)answer.Status}" };
        if (json.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True)
            return new HostReply(ReplyKind.Posted, thread ?? (json.TryGetProperty("ts", out var ts) ? ts.GetString() : null));
        var error = json.TryGetProperty("error", out var word) ? word.GetString() : null;
        var mayPass = error is "ratelimited" or "internal_error" or "service_unavailable";
        return new HostReply(mayPass ? ReplyKind.Later : ReplyKind.Refused, error);
    }

    private static string Notice(PushProject project) => project.Notice is { } notice ? $" ({notice})" : "";

    // Slack's own marks, by which a text could mention a whole channel.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
