using Tenfold.App.Pushes.Answers;

namespace Tenfold.App.Pools;

/// <summary>
/// Announces in Slack which machines of pools start, stop and are stuck: in the channel that the variable <c>SLACK_CHANNEL</c> names. What
/// can't be sent is tried again in later rounds, and holds up nothing.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class PoolNotices(Services services) : IDisposable
{
    // Nobody reads a longer list of old news.
    private const int Most = 100;

    private readonly JsonCaller _caller = new();
    private readonly Queue<string> _waiting = [];

    /// <summary>Adds an announcement.</summary>
    public void Add(string pool, string words)
    {
        _waiting.Enqueue($"pool {pool}: {words}");
        while (_waiting.Count > Most) _waiting.Dequeue();
    }

    /// <summary>Sends what waits, in order.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var slack = new SlackMessages(_caller, services.HostSecrets);
        if (!slack.IsSetUp || services.HostSecrets("SLACK_CHANNEL") is not { Length: > 0 } channel) _waiting.Clear();
        else while (_waiting.TryPeek(out var text) && await IsSentAsync(slack, channel, text, cancellationToken)) _waiting.Dequeue();
    }

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();

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
