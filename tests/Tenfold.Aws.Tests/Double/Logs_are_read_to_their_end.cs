using Tenfold.Aws.Double;
using Tenfold.Aws.Logs;

namespace Tenfold.Aws.Tests.Double;

public sealed class Logs_are_read_to_their_end : IDisposable
{
    private readonly AwsDouble _aws = new();
    private readonly LogsClient _client;

    public Logs_are_read_to_their_end() => _client = new LogsClient(BatchFixture.OptionsOf(_aws));

    public void Dispose()
    {
        _client.Dispose();
        _aws.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task The_end_is_where_a_token_comes_back_and_not_an_empty_page(int emptyPages)
    {
        _aws.Logs.AddGroup("group");
        _aws.Logs.AddStream("group", "stream");
        foreach (var line in (string[])["one", "two", "three"]) _aws.Logs.AddLine("group", "stream", line);
        _aws.Logs.EmptyPages = emptyPages;
        var lines = new List<string>();
        var (token, pages) = ((string?)null, 0);
        while (true)
        {
            var page = await _client.GetLogEventsAsync(
                new("group", "stream") { StartFromHead = true, NextToken = token, Limit = 2 }, default);
            lines.AddRange(page.Events.Select(e => e.Message!));
            pages++;
            if (page.NextForwardToken == token) break;
            token = page.NextForwardToken;
        }
        lines.ShouldBe(["one", "two", "three"]);
        // Two pages with events, each after its empty ones, and the end.
        pages.ShouldBe((2 * (1 + emptyPages)) + 1);
        _aws.Logs.AddLine("group", "stream", "four");
        _aws.Logs.EmptyPages = 0;
        (await _client.GetLogEventsAsync(new("group", "stream") { NextToken = token }, default)).Events.Single().Message.ShouldBe("four");
    }
}
