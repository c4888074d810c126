using System.Globalization;
using System.Net;
using Tenfold.App.Pushes.Answers;

namespace Tenfold.App.Tests.Pushes;

public sealed class Waits_for_hosts_are_bounded
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(429, "", 60)]
    [InlineData(429, "retry-after: 30", 30)]
    [InlineData(429, "retry-after: 0", 1)]
    [InlineData(429, "retry-after: 999999", 3600)]
    [InlineData(429, "retry-after: Sun, 01 Mar 2026 12:01:30 GMT", 90)]
    [InlineData(403, "retry-after: 30", 30)]
    [InlineData(403, "x-ratelimit-remaining: 0", 60)]
    [InlineData(403, "x-ratelimit-remaining: 0; x-ratelimit-reset: +600", 600)]
    [InlineData(403, "x-ratelimit-remaining: 0; x-ratelimit-reset: -600", 1)]
    [InlineData(403, "x-ratelimit-remaining: 0; x-ratelimit-reset: +86400", 3600)]
    [InlineData(403, "x-ratelimit-remaining: 0; x-ratelimit-reset: soon", 60)]
    [InlineData(403, "x-ratelimit-remaining: 17; x-ratelimit-reset: +600", null)]
    [InlineData(403, "", null)]
    [InlineData(422, "retry-after: 30", null)]
    public void A_wait_is_what_the_host_asks_for_within_one_second_and_one_hour(int status, string headers, int? seconds)
    {
        using var answer = new HttpResponseMessage((HttpStatusCode)status);
        answer.Headers.Date = Now;
        foreach (var header in headers.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (header.Split(": ")[0], header.Split(": ")[1]);
            if (value[0] is '+' or '-') value = $"{Now.ToUnixTimeSeconds() + long.Parse(value, CultureInfo.InvariantCulture)}";
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        RateLimit.WaitOf(answer, "{}").ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }
}
