using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Follows AWS's work on a stack to its end.</summary>
/// <param name="stack">The stack.</param>
internal sealed class StackWatch(AwsStack stack)
{
    // A stack's status and its events become visible at different times. An end without an event counts after this many rounds.
    private const int MaxQuiet = 10;

    private readonly HashSet<string> _seen = [];
    private StackFailure? _first;
    private string? _end;

    /// <summary>True once an event of the operation was seen.</summary>
    public bool HasSeenAny { get; private set; }

    /// <summary>Leaves out what happened up to now. To be called before the operation begins.</summary>
    public async Task SkipEarlierAsync(string stackId, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var last in stack.Client.DescribeStackEventsAsync(new() { StackName = stackId }, cancellationToken))
            {
                _seen.Add(last.EventId);
                return;
            }
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // Nothing has happened.
        }
    }

    /// <summary>Follows an operation.</summary>
    /// <param name="stackId">The stack's ARN, by which it is found after its deletion too.</param>
    /// <param name="token">The token of the operation's events.</param>
    /// <param name="report">Receives what happens, in its order.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer for a while; it goes on with its work.</exception>
    public async Task<StackEnd> FollowAsync(
        string stackId, string? token, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        var failing = stack.Time.GetTimestamp();
        for (var quiet = 0; ;)
        {
            try
            {
                // The status first: the events that are read afterwards are at least as new.
                var found = await stack.FindAsync(stackId, cancellationToken);
                if (found is null) return new StackEnd.Gone();
                var isNews = await ReadEventsAsync(found.StackId ?? stackId, token, report, cancellationToken);
                failing = stack.Time.GetTimestamp();
                if (found.StackStatus == StackStatus.Deleted) return new StackEnd.Gone();
                var isIdle = !StackStatus.IsInProgress(found.StackStatus);
                quiet = isIdle && !isNews ? quiet + 1 : 0;
                if (isIdle && (_end is not null || quiet >= MaxQuiet)) return EndAt(_end ?? found.StackStatus);
            }
            catch (AwsException e) when (IsPassing(e) && stack.Time.GetElapsedTime(failing) < stack.Patience)
            {
                // AWS goes on meanwhile.
            }

            await stack.PauseAsync(cancellationToken);
        }
    }

    /// <summary>The token of the operation that AWS works on; null when the newest events carry none.</summary>
    public async Task<string?> CurrentTokenAsync(string stackId, CancellationToken cancellationToken)
    {
        await foreach (var happened in stack.Client.DescribeStackEventsAsync(new() { StackName = stackId }, cancellationToken))
            return happened.ClientRequestToken;
        return null;
    }

    private static bool IsPassing(AwsException e) => e.Fault is AwsFault.Throttled or AwsFault.Server or AwsFault.Transport;

    private StackEnd EndAt(string status) =>
        StackStatus.IsSuccess(status) ? new StackEnd.Done(status) : new StackEnd.Failed(status, _first);

    // The events of one operation follow each other, since AWS works on one at a time. They come newest first. Some emulators of AWS give
    // events no token.
    private async Task<bool> ReadEventsAsync(
        string stackId, string? token, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        var news = new List<StackEvent>();
        var events = stack.Client.DescribeStackEventsAsync(new() { StackName = stackId }, cancellationToken);
        await foreach (var happened in events)
        {
            if (_seen.Contains(happened.EventId) || (happened.ClientRequestToken is { } other && other != token)) break;
            news.Add(happened);
        }

        for (var i = news.Count - 1; i >= 0; i--)
        {
            _seen.Add(news[i].EventId);
            Take(news[i], stackId, report);
        }

        HasSeenAny |= news.Count > 0;
        return news.Count > 0;
    }

    private void Take(StackEvent happened, string stackId, Action<StackProgress> report)
    {
        var status = happened.ResourceStatus ?? "";
        var isStack = happened.PhysicalResourceId == stackId;
        if (isStack) _end = StackStatus.IsInProgress(status) || status == StackStatus.InReview ? null : status;
        else if (StackStatus.IsFailure(status)) _first ??= FailureOf(happened);
        report(new StackProgress(
            happened.LogicalResourceId ?? "", happened.ResourceType ?? "", status, happened.ResourceStatusReason, happened.Timestamp));
    }

    private static StackFailure FailureOf(StackEvent failed) =>
        new(failed.LogicalResourceId ?? "", failed.ResourceType ?? "", failed.ResourceStatusReason ?? "AWS gave no reason");
}
