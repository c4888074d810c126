using System.Globalization;
using System.Net;

namespace Tenfold.App.Pushes.Answers;

/// <summary>Tells whether a host has had too many requests, and how long it wants to be left alone.</summary>
/// <remarks>
/// Source: GitHub's REST API, "Rate limits for the REST API" and "Best practices for using the REST API": a limit is answered with 403 or
/// 429; wait for <c>retry-after</c>, else until <c>x-ratelimit-reset</c> when nothing remains, else a minute. GitLab, Gitea and Slack
/// answer 429 with <c>Retry-After</c>.
/// </remarks>
internal static class RateLimit
{
    // GitHub's limits last an hour at most. A header with a longer time must not silence the server.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Usual = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromHours(1);

    /// <summary>How long to wait, from one second to one hour; null when the answer tells of no limit.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="body">Its body.</param>
    public static TimeSpan? WaitOf(HttpResponseMessage answer, string body)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)) return null;
        var isSpent = Header(answer, "x-ratelimit-remaining") == "0";
        var asked = answer.Headers.RetryAfter is not null;
        // GitHub tells a secondary limit from a missing permission in the message alone when it sends neither header.
        var isLimit = answer.StatusCode == HttpStatusCode.TooManyRequests || asked || isSpent
            || body.Contains("rate limit", StringComparison.OrdinalIgnoreCase);
        if (!isLimit) return null;
        // By the host's own clock, since that of this machine may be wrong.
        var now = answer.Headers.Date ?? TimeProvider.System.GetUtcNow();
        var wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => isSpent && long.TryParse(Header(answer, "x-ratelimit-reset"), CultureInfo.InvariantCulture, out var seconds)
                && seconds is > 0 and < 1L << 35 ? DateTimeOffset.FromUnixTimeSeconds(seconds) - now : Usual,
        };
        return wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
