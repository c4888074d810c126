using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;

namespace Tenfold.App.Pushes.Answers;

/// <summary>
/// Posts what is known of a push where it has not been posted yet: statuses, the comment of a pull request, messages in Slack. What fails
/// is tried again in later rounds, and holds up nothing.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="follower">Compares the groups of projects.</param>
/// <param name="mail">Sends e-mail; null when no mail server is set up.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class PushPoster(
    Services services, RepositoryAccess repositories, PushFollower follower, IMailSender? mail, ILogger logger) : IDisposable
{
    // After this time nobody waits for an answer any more.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private const int Newest = 200;

    private readonly JsonCaller _caller = new();
    private readonly Dictionary<string, (long Since, TimeSpan Wait)> _limited = [];

    /// <summary>Posts what is missing.</summary>
    /// <param name="push">The push.</param>
    /// <param name="save">Records what was posted, at once: what is posted and not recorded would be posted again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The push; and whether everything has been posted.</returns>
    public async Task<(PushRecord Push, bool IsComplete)> PostAsync(
        PushRecord push, Func<PushRecord, Task> save, CancellationToken cancellationToken)
    {
        var posting = new Round(push, save);
        if (repositories.Find(push.Repository) is { } repository && repositories.TokenOf(repository) is { } token)
            await PostToHostAsync(posting, new HostApi(_caller, push.Repository, repository, token), cancellationToken);
        await PostToSlackAsync(posting, cancellationToken);
        await MailAsync(posting, cancellationToken);
        var isTooLate = services.Time.GetUtcNow() - push.ReceivedAt > Patience;
        return (posting.Push, posting.IsComplete || isTooLate);
    }

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();

    private async Task PostToHostAsync(Round round, HostApi host, CancellationToken cancellationToken)
    {
        foreach (var check in CommitCheck.Of(round.Push))
        {
            await PostAsync(
                round, host.Place, $"status {check.Context}", $"{check.Outcome}: {check.Description}",
                _ => host.PostStatusAsync(round.Push.Commit, check, PageOf(round.Push, check, host.Pages), cancellationToken));
        }

        if (round.Push is not { Ref.Number: { } number, Projects.Count: > 0, State: PushState.Running or PushState.Done }) return;
        if (await HasNewerAsync(round.Push, cancellationToken)) return;
        var body = await WriteCommentAsync(round.Push, host.Pages, cancellationToken);
        await PostAsync(round, host.Place, "comment", body, async known =>
        {
            if (known is null)
            {
                var found = await host.FindCommentAsync(number, PushComment.Mark, cancellationToken);
                if (found.Kind is ReplyKind.Later or ReplyKind.Refused) return found;
                known = found.Kind == ReplyKind.Posted ? found.Detail : null;
            }

            var reply = await host.PostCommentAsync(number, known, body, cancellationToken);
            // Somebody has removed the comment.
            return reply.Kind == ReplyKind.Gone && known is not null
                ? await host.PostCommentAsync(number, id: null, body, cancellationToken) : reply;
        });
    }

    // The comment once it is there; else what was changed since the commit to compare with.
    private static string? PageOf(PushRecord push, CommitCheck check, HostPages? pages)
    {
        if (push.Ref.Number is { } number && push.Posted.GetValueOrDefault("comment")?.Id is { } comment)
            return pages?.Comment(number, comment);
        return check.BaselineCommit is { } baseline ? pages?.Changes(baseline, push.Commit) : null;
    }

    // The pull request has one comment, and a newer push writes it. One that concerns no project writes none.
    private async Task<bool> HasNewerAsync(PushRecord push, CancellationToken cancellationToken)
    {
        var pushes = await services.Pushes.ListPushesAsync(push.Repository, push.Ref, Newest, cancellationToken);
        return pushes.TakeWhile(newer => newer.Id != push.Id).Any(
            newer => newer is { State: PushState.Waiting } or { State: PushState.Running or PushState.Done, Projects.Count: > 0 });
    }

    private async Task PostToSlackAsync(Round round, CancellationToken cancellationToken)
    {
        var slack = new SlackMessages(_caller, services.HostSecrets);
        if (!slack.IsSetUp) return;
        foreach (var project in round.Push.Projects)
        {
            if (project.SlackChannel is not { } channel) continue;
            foreach (var (key, text) in SlackMessages.Of(round.Push, project))
            {
                var thread = SlackMessages.ThreadOf(round.Push, channel);
                await PostAsync(round, "slack", key, "sent", _ => slack.SendAsync(channel, text, thread, cancellationToken));
            }
        }
    }

    private async Task MailAsync(Round round, CancellationToken cancellationToken)
    {
        foreach (var project in round.Push.Projects)
        {
            if (project.Email is not { } to) continue;
            foreach (var (key, text) in MailMessages.Of(round.Push, project, to))
                await PostAsync(round, "mail", key, "sent", _ => SendAsync(text, cancellationToken));
        }
    }

    private async Task<HostReply> SendAsync(Mail text, CancellationToken cancellationToken)
    {
        if (mail is null) return new HostReply(ReplyKind.Refused, "server.yaml has no mail server");
        var reply = await mail.SendAsync(text, cancellationToken);
        return reply.Result switch
        {
            MailResult.Sent => new HostReply(ReplyKind.Posted),
            MailResult.Later => new HostReply(ReplyKind.Later, reply.Detail),
            _ => new HostReply(ReplyKind.Refused, reply.Detail),
        };
    }

    private async Task PostAsync(Round round, string place, string key, string content, Func<string?, Task<HostReply>> post)
    {
        var known = round.Push.Posted.GetValueOrDefault(key);
        if (known?.Content == content) return;
        // A host that is asked in spite of its limit may extend it.
        if (_limited.TryGetValue(place, out var limit) && services.Time.GetElapsedTime(limit.Since) < limit.Wait)
        {
            round.IsComplete = false;
            return;
        }

        HostReply reply;
        try
        {
            reply = await post(known?.Id);
        }
        catch (Exception e) when (e is not (LedgerException or OperationCanceledException))
        {
            // An address that is none, or an answer that is not as documented, must not hold up anything else.
            reply = new HostReply(ReplyKind.Later, e.Message);
        }

        if (reply.Kind == ReplyKind.Later)
        {
            round.IsComplete = false;
            if (reply.Wait is { } wait) _limited[place] = (services.Time.GetTimestamp(), wait);
            logger.AnswerPostponed(round.Push.Id, key, reply.Detail);
            return;
        }

        if (reply.Kind != ReplyKind.Posted) logger.AnswerRefused(round.Push.Id, key, reply.Detail);
        await round.RecordAsync(key, new Posting(content, reply.Kind == ReplyKind.Posted ? reply.Detail ?? known?.Id : known?.Id));
    }

    private async Task<string> WriteCommentAsync(PushRecord push, HostPages? pages, CancellationToken cancellationToken)
    {
        var comparisons = new Dictionary<string, GroupComparison>();
        var costs = new Dictionary<string, string>();
        foreach (var project in push.Projects.Where(project => project.Outcome is not null))
        {
            if (await follower.CompareAsync(project, cancellationToken) is { } compared && compared.Succeeded(out var comparison, out _))
                comparisons[project.Folder] = comparison;
            if (await FindCostAsync(project, cancellationToken) is { } cost) costs[project.Folder] = cost;
        }

        return PushComment.Write(push, pages, comparisons, costs);
    }

    private async Task<string?> FindCostAsync(PushProject project, CancellationToken cancellationToken)
    {
        if (project.Group is not { } id || await services.Ledger.FindGroupAsync(id, cancellationToken) is not { } group) return null;
        if (group.Spec.UsdPerHour is not > 0) return null;
        var runs = await services.Ledger.ListRunsAsync(id, cancellationToken);
        var hours = runs.Sum(run => run.Run is { StartedAt: { } start, EndedAt: { } end } ? (end - start).TotalHours : 0);
        return $"about {Money.Format(group.Spec.UsdPerHour.Value * (decimal)hours)} USD for the machines of this commit";
    }

    private sealed class Round(PushRecord push, Func<PushRecord, Task> save)
    {
        public PushRecord Push { get; private set; } = push;

        public bool IsComplete { get; set; } = true;

        public Task RecordAsync(string key, Posting posting)
        {
            Push = Push with { Posted = new Dictionary<string, Posting>(Push.Posted) { [key] = posting } };
            return save(Push);
        }
    }
}
