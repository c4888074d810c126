using System.Net;
using System.Text.Json;
using Tenfold.App.Pools;
using Tenfold.Projects;
using Tenfold.Server.Notifications;

namespace Tenfold.Server.Tests;

public sealed class Machines_are_announced : IAsyncLifetime
{
    private readonly SmtpDouble _smtp = new();
    private readonly FrozenClock _time = new();
    private HostDouble _slack = null!;

    public async ValueTask InitializeAsync() => _slack = await HostDouble.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _slack.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task Slack_and_the_mail_server_are_told_once_also_after_they_were_away()
    {
        await using var scene = new TrainingScene(
            "", ("SLACK_API_TOKEN", "token"), ("SLACK_API_URL", _slack.Url), ("SLACK_CHANNEL", "#machines"));
        var settings = new MailSettings { Server = "127.0.0.1", Port = _smtp.Port, From = "tenfold@example.org" };
        using var notices = new PoolNotices(scene.Services, new MailSender(settings, _ => null, _time), "team@example.org");
        _slack.Fail(1, HttpStatusCode.ServiceUnavailable);
        _smtp.IsDown = true;
        notices.Add("ten", "i-1 (g5.xlarge) starts");
        notices.Add("ten", "i-2 is on without an agent");
        await notices.SendAsync(CancellationToken.None);
        (_slack.Calls.Count, _smtp.Mails.Count).ShouldBe((0, 0));
        _smtp.IsDown = false;
        _time.Pass(TimeSpan.FromSeconds(30));
        notices.Add("ten", "i-1 has stopped");
        for (var i = 0; i < 3; i++) await notices.SendAsync(CancellationToken.None);
        _slack.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("text").GetString()).ShouldBe(
            ["pool ten: i-1 (g5.xlarge) starts", "pool ten: i-2 is on without an agent", "pool ten: i-1 has stopped"]);
        _smtp.Mails.Count.ShouldBe(2);
        _smtp.Mails[0].ShouldContain("Subject: pool ten: i-1 (g5.xlarge) starts, and 1 more");
        _smtp.Mails[0].ShouldContain("pool ten: i-2 is on without an agent");
        _smtp.Mails[1].ShouldContain("i-1 has stopped");
    }

    [Fact]
    public async Task Without_an_address_there_is_no_mail()
    {
        await using var scene = new TrainingScene();
        var settings = new MailSettings { Server = "127.0.0.1", Port = _smtp.Port, From = "tenfold@example.org" };
        using var notices = new PoolNotices(scene.Services, new MailSender(settings, _ => null, _time));
        notices.Add("ten", "i-1 starts");
        await notices.SendAsync(CancellationToken.None);
        _smtp.Mails.ShouldBeEmpty();
    }
}
