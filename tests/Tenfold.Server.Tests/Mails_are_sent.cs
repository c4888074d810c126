using MailKit.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.App.Pushes;
using Tenfold.App.Pushes.Answers;
using Tenfold.Core.Pushes;
using Tenfold.Projects;
using Tenfold.Server.Notifications;

namespace Tenfold.Server.Tests;

public sealed class Mails_are_sent : IAsyncLifetime
{
    private static readonly Mail Hello = new("team@example.org", "hello", "text", "1@tenfold.invalid");

    private readonly SmtpDouble _smtp = new();
    private readonly FrozenClock _time = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _smtp.DisposeAsync();

    [Fact]
    public async Task A_push_is_announced_once_when_its_runs_begin_and_in_one_thread_when_they_have_ended()
    {
        await using var scene = new TrainingScene();
        var commit = PushTo(scene);
        await scene.DeliverAsync(new PushRef("main"), commit);
        await EndAsync(scene);
        await RoundAsync(scene, Sender());
        _smtp.Mails.Count.ShouldBe(2);
        _smtp.Mails.ShouldAllBe(mail => mail.Contains("To: team@example.org") && mail.Contains($"commit      {commit}"));
        var id = _smtp.Mails[0].Split('\n').Single(line => line.StartsWith("Message-Id: ")).Trim()["Message-Id: ".Length..];
        _smtp.Mails[1].ShouldContain($"In-Reply-To: {id}");
        _smtp.Mails[1].ShouldContain("passed: accuracy 0.9");
    }

    [Fact]
    public async Task A_mail_server_that_is_away_holds_up_no_run_and_gets_the_mails_later()
    {
        _smtp.IsDown = true;
        await using var scene = new TrainingScene();
        await scene.DeliverAsync(new PushRef("main"), PushTo(scene));
        await EndAsync(scene);
        _smtp.Mails.ShouldBeEmpty();
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).Count.ShouldBe(1);
        _smtp.IsDown = false;
        await RoundAsync(scene, Sender());
        _smtp.Mails.Count.ShouldBe(2);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_that_is_announced_becomes_a_header()
    {
        var push = new PushRecord
        {
            Id = "abcd2345",
            Repository = "acme/vision",
            Ref = new PushRef("main"),
            Commit = new string('1', 40),
            ReceivedAt = DateTimeOffset.UnixEpoch,
        };
        var project = new PushProject("a\r\nBcc: one@evil.example")
        {
            Group = "abcd1234",
            Outcome = PushOutcome.Failure,
            Detail = "bad\r\nBcc: two@evil.example\n.\nMAIL FROM: x\u2028Bcc: three@evil.example",
        };
        foreach (var (_, mail) in MailMessages.Of(push, project, "team@example.org"))
        {
            mail.Subject.ShouldAllBe(c => !char.IsControl(c));
            (await Sender().SendAsync(mail, CancellationToken.None)).Result.ShouldBe(MailResult.Sent);
        }

        (await Sender().SendAsync(Hello with { Subject = "x\r\nBcc: four@evil.example" }, CancellationToken.None))
            .Result.ShouldBe(MailResult.Sent);
        _smtp.Mails.Count.ShouldBe(3);
        foreach (var mail in _smtp.Mails)
            mail.Split("\n\n")[0].Split('\n').ShouldAllBe(line => !line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_address_that_the_mail_server_refuses_is_not_tried_again()
    {
        _smtp.Recipient = "550 no such user";
        (await Sender().SendAsync(Hello, CancellationToken.None)).ShouldBe(new MailReply(MailResult.Refused, "no such user"));
        _smtp.Recipient = "451 try later";
        (await Sender().SendAsync(Hello, CancellationToken.None)).Result.ShouldBe(MailResult.Later);
    }

    [Fact]
    public async Task A_mail_server_that_did_not_answer_rests()
    {
        var sender = Sender();
        _smtp.IsDown = true;
        (await sender.SendAsync(Hello, CancellationToken.None)).Result.ShouldBe(MailResult.Later);
        _smtp.IsDown = false;
        (await sender.SendAsync(Hello, CancellationToken.None)).Result.ShouldBe(MailResult.Later);
        _smtp.Mails.ShouldBeEmpty();
        _time.Pass(TimeSpan.FromSeconds(30));
        (await sender.SendAsync(Hello, CancellationToken.None)).Result.ShouldBe(MailResult.Sent);
    }

    [Theory]
    [InlineData("smtp.example.org", 587, SecureSocketOptions.StartTls)]
    [InlineData("smtp.example.org", 25, SecureSocketOptions.StartTls)]
    [InlineData("smtp.example.org", 465, SecureSocketOptions.SslOnConnect)]
    [InlineData("10.0.0.1", 25, SecureSocketOptions.StartTls)]
    [InlineData("127.0.0.1", 25, SecureSocketOptions.StartTlsWhenAvailable)]
    [InlineData("localhost", 587, SecureSocketOptions.StartTlsWhenAvailable)]
    public void Only_this_machine_may_take_mails_without_TLS(string server, int port, SecureSocketOptions options) =>
        MailSender.SecurityOf(Settings with { Server = server, Port = port }).ShouldBe(options);

    private MailSettings Settings => new() { Server = "127.0.0.1", Port = _smtp.Port, From = "tenfold@example.org" };

    private MailSender Sender() => new(Settings, _ => null, _time);

    private static string PushTo(TrainingScene scene) => scene.Origin.Push(
        "main", ("tenfold.yaml", scene.Project("{ push: { repeat: 2 } }", "notify: { email: team@example.org }")),
        ("train.sh", TrainingScene.Script("0.9")));

    private static async Task RoundAsync(TrainingScene scene, MailSender sender)
    {
        var access = new RepositoryAccess(scene.Services, scene.File.Repositories);
        using var rounds = new PushRounds(scene.Services, access, NullLogger<PushRounds>.Instance, TimeSpan.Zero, sender);
        await rounds.RunAsync(CancellationToken.None);
        await scene.Services.Controller.ReconcileAsync(CancellationToken.None);
    }

    private async Task EndAsync(TrainingScene scene)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await RoundAsync(scene, Sender());
            var pushes = await scene.Services.Pushes.ListPushesAsync(
                TrainingScene.Repository, new PushRef("main"), 1, CancellationToken.None);
            if (pushes[0].State == PushState.Done) return;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(20);
        }
    }
}
