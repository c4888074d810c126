using System.Net;
using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Limits_of_hosts_are_kept : IAsyncLifetime
{
    private static readonly PushRef Main = new("main");

    private HostDouble _host = null!;

    public async ValueTask InitializeAsync() => _host = await HostDouble.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "retry-after")]
    [InlineData(HttpStatusCode.TooManyRequests, "x-ratelimit-reset")]
    public async Task A_host_with_too_many_requests_is_left_alone_for_as_long_as_it_asks(HttpStatusCode status, string header)
    {
        await using var scene = new TrainingScene($", token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"));
        await EndAsync(scene, "{ push: { repeat: 1 } }", "");
        using var rounds = new PushRounds(
            scene.Services, new RepositoryAccess(scene.Services, scene.File.Repositories), new LogList(), rest: TimeSpan.Zero);
        var later = header == "retry-after" ? "3600" : $"{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}";
        await ReopenAsync(scene);
        _host.Fail(1, status, "", ("x-ratelimit-remaining", "0"), (header, later));
        var requests = _host.Requests;
        for (var i = 0; i < 5; i++) await rounds.RunAsync(CancellationToken.None);
        _host.Requests.ShouldBe(requests + 1);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_host_is_asked_again_when_its_time_is_over()
    {
        await using var scene = new TrainingScene($", token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"));
        await EndAsync(scene, "{ push: { repeat: 1 } }", "");
        using var rounds = new PushRounds(
            scene.Services, new RepositoryAccess(scene.Services, scene.File.Repositories), new LogList(), rest: TimeSpan.Zero);
        await ReopenAsync(scene);
        _host.Fail(1, HttpStatusCode.TooManyRequests, "", ("retry-after", "1"));
        var since = TimeProvider.System.GetTimestamp();
        while ((await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).Count > 0)
        {
            await rounds.RunAsync(CancellationToken.None);
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
        }

        TimeProvider.System.GetElapsedTime(since).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(73, false)]
    public async Task Hosts_that_were_away_for_an_hour_are_told_and_after_three_days_no_more(int hours, bool isTold)
    {
        await using var scene = new TrainingScene(
            $", token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"), ("SLACK_API_TOKEN", "token"),
            ("SLACK_API_URL", _host.Url));
        _host.Fail(int.MaxValue, HttpStatusCode.ServiceUnavailable);
        await EndAsync(scene, "{ push: { repeat: 1 } }", "notify: { slack: '#monitoring' }");
        var push = (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldHaveSingleItem();
        await scene.Services.Pushes.SavePushAsync(
            push with { ReceivedAt = push.ReceivedAt.AddHours(-hours) }, isOpen: true, CancellationToken.None);
        await scene.RoundAsync();
        _host.Calls.ShouldBeEmpty();
        _host.Fail(0, default);
        await scene.RoundAsync();
        _host.Calls.Count.ShouldBe(isTold ? 3 : 0, "a status, and two messages in Slack");
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ratelimited", true)]
    [InlineData("channel_not_found", false)]
    public async Task Slacks_status_200_is_no_success(string error, bool comesLater)
    {
        await using var scene = new TrainingScene("", ("SLACK_API_TOKEN", "token"), ("SLACK_API_URL", _host.Url));
        _host.SlackError = error;
        await EndAsync(scene, "{ push: { repeat: 1 } }", "notify: { slack: '#monitoring' }");
        _host.Calls.ShouldBeEmpty();
        await ReopenAsync(scene);
        var log = new LogList();
        using var rounds = new PushRounds(
            scene.Services, new RepositoryAccess(scene.Services, scene.File.Repositories), log, rest: TimeSpan.Zero);
        for (var i = 0; i < 3; i++) await rounds.RunAsync(CancellationToken.None);
        var refused = log.Lines.Where(line => line.Contains("was refused")).ToList();
        refused.Count.ShouldBe(comesLater ? 0 : 2, "the message of the start and that of the end");
        refused.ShouldAllBe(line => line.Contains("channel_not_found"));
        _host.SlackError = null;
        await rounds.RunAsync(CancellationToken.None);
        _host.Calls.Count.ShouldBe(comesLater ? 2 : 0);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task EndAsync(TrainingScene scene, string on, string more)
    {
        var yaml = scene.Project(on, more);
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        (await scene.TrainAsync(Main, commit)).State.ShouldBe(PushState.Done);
    }

    // As if nothing of the push had been posted yet.
    private static async Task ReopenAsync(TrainingScene scene)
    {
        var push = (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, Main, 1, CancellationToken.None))[0];
        await scene.Services.Pushes.SavePushAsync(
            push with { Posted = new Dictionary<string, Posting>() }, isOpen: true, CancellationToken.None);
    }

    private sealed class LogList : ILogger<PushRounds>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
