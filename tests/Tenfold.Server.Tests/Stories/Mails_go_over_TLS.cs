using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tenfold.App.Pushes.Answers;
using Tenfold.Core.Pushes;
using Tenfold.Projects;
using Tenfold.Server.Notifications;

namespace Tenfold.Server.Tests.Stories;

/// <summary>A mail server that takes nothing before STARTTLS, and the published server.</summary>
public sealed class Mails_go_over_TLS : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly SmtpDouble _smtp = new();

    public ValueTask InitializeAsync()
    {
        _smtp.Certificate = _certificate;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_push_is_announced_to_a_mail_server_whose_certificate_is_trusted()
    {
        await using var scene = new TrainingScene();
        await File.WriteAllTextAsync(
            Path.Combine(scene.Services.Home, "server.yaml"),
            $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, url: \"{scene.Origin.Url}\" }} }}\n" +
            $"mail: {{ server: 127.0.0.1, port: {_smtp.Port}, from: t@example.org, user: ann, password: SMTP_PASSWORD }}\n");
        var yaml = scene.Project("{ push: { repeat: 1 } }", "notify: { email: team@example.org }");
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        await using var server = new ServerProgram(new Dictionary<string, string>
        {
            ["TENFOLD_HOME"] = scene.Services.Home,
            ["SMTP_PASSWORD"] = "hush",
            ["SSL_CERT_FILE"] = _folder.Write("ca.pem", _certificate.ExportCertificatePem()),
        });
        await server.StartAsync();
        (await server.DeliverAsync("push", StoryPayloads.Push(commit, new string('0', 40)), "1")).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.ShouldBeAsync(() => _smtp.Mails.Count == 2, "the begin and the end were announced");
        _smtp.Mails[1].ShouldContain("passed: accuracy 0.9");
        _smtp.Logins.ShouldAllBe(login => login == "\0ann\0hush");
        (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, new PushRef("main"), 1, default))
            .ShouldHaveSingleItem().State.ShouldBe(PushState.Done);
    }

    [Fact]
    public async Task A_mail_server_whose_certificate_is_not_trusted_gets_neither_mails_nor_the_password()
    {
        var settings = new MailSettings { Server = "127.0.0.1", Port = _smtp.Port, From = "t@example.org", User = "ann", Password = "P" };
        var reply = await new MailSender(settings, _ => "hush", TimeProvider.System).SendAsync(
            new Mail("team@example.org", "hello", "text", "1@tenfold.invalid"), CancellationToken.None);
        reply.Result.ShouldBe(MailResult.Later);
        (_smtp.Mails.Count, _smtp.Logins.Count).ShouldBe((0, 0));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
