using Tenfold.App.Pushes.Answers;
using Tenfold.Core.Output;

namespace Tenfold.App.Pools;

/// <summary>
/// Announces which machines of pools start, stop and are stuck: in Slack, in the channel that the variable <c>SLACK_CHANNEL</c> names, and
/// by e-mail. What can't be sent is tried again in later rounds, and holds up nothing.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="mail">Sends e-mail; null when no mail server is set up.</param>
/// <param name="to">The address; null for no e-mail.</param>
public sealed class PoolNotices(Services services, IMailSender? mail = null, string? to = null) : IDisposable
{
    // Nobody reads a longer list of old news.
    private const int Most = 100;

    private readonly JsonCaller _caller = new();
    private readonly Queue<string> _forSlack = [], _forMail = [];
    private Mail? _mail;

    /// <summary>Adds an announcement.</summary>
    public void Add(string pool, string words)
    {
        foreach (var waiting in new[] { _forSlack, _forMail })
        {
            waiting.Enqueue($"pool {pool}: {words}");
            while (waiting.Count > Most) waiting.Dequeue();
        }
    }

    /// <summary>Sends what waits, in order.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var slack = new SlackMessages(_caller, services.HostSecrets);
        if (!slack.IsSetUp || services.HostSecrets("SLACK_CHANNEL") is not { Length: > 0 } channel) _forSlack.Clear();
        else while (_forSlack.TryPeek(out var text) && await IsSentAsync(slack, channel, text, cancellationToken)) _forSlack.Dequeue();
        await MailAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();

    // One mail for what a round has seen: ten machines often start at once. It keeps its id until it is sent.
    private async Task MailAsync(CancellationToken cancellationToken)
    {
        if (mail is null || to is null) _forMail.Clear();
        if (_mail is null && _forMail.Count > 0)
        {
            var more = _forMail.Count == 1 ? "" : $", and {_forMail.Count - 1} more";
            var subject = PlainText.Of($"{_forMail.Peek()}{more}").ReplaceLineEndings(" ");
            _mail = new Mail(to!, subject, PlainText.Of(string.Join('\n', _forMail)) + "\n", $"{Guid.NewGuid():N}@tenfold.invalid");
            _forMail.Clear();
        }

        if (_mail is not null && (await mail!.SendAsync(_mail, cancellationToken)).Result != MailResult.Later) _mail = null;
    }

    // One that Slack refuses is not sent again.
    private static async Task<bool> IsSentAsync(SlackMessages slack, string channel, string text, CancellationToken cancellationToken)
    {
        try
        {
            return (await slack.SendAsync(channel, text, thread: null, cancellationToken)).Kind != ReplyKind.Later;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return false;
        }
    }
}
