using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Tenfold.App.Pushes.Answers;
using Tenfold.Core.Attempts;
using Tenfold.Projects;

namespace Tenfold.Server.Notifications;

/// <summary>Sends e-mail over the mail server of <c>server.yaml</c>; to another machine over TLS only.</summary>
/// <param name="settings">The mail server.</param>
/// <param name="secrets">Finds the password.</param>
/// <param name="time">The clock.</param>
internal sealed class MailSender(MailSettings settings, SecretSource secrets, TimeProvider time) : IMailSender
{
    // A mail server that is away must not hold up each push for as long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20), Rest = TimeSpan.FromSeconds(30);

    private const int ImplicitTlsPort = 465;

    private long? _failedAt;

    /// <summary>How the connection is secured.</summary>
    /// <returns>TLS from the first byte on port 465; to this machine TLS if it is offered; otherwise TLS or nothing.</returns>
    public static SecureSocketOptions SecurityOf(MailSettings settings) => settings switch
    {
        { Port: ImplicitTlsPort } => SecureSocketOptions.SslOnConnect,
        { Server: "localhost" } => SecureSocketOptions.StartTlsWhenAvailable,
        _ when IPAddress.TryParse(settings.Server, out var address) && IPAddress.IsLoopback(address) =>
            SecureSocketOptions.StartTlsWhenAvailable,
        _ => SecureSocketOptions.StartTls,
    };

    /// <inheritdoc/>
    public async Task<MailReply> SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < Rest)
            return new MailReply(MailResult.Later, "the mail server did not answer a moment ago");
        if (!MailboxAddress.TryParse(settings.From, out var from) || !MailboxAddress.TryParse(mail.To, out var to))
            return new MailReply(MailResult.Refused, $"{mail.To} or {settings.From} is no address");
        using var message = new MimeMessage([from], [to], mail.Subject, new TextPart("plain") { Text = mail.Text })
        {
            MessageId = mail.Id,
            Date = time.GetUtcNow(),
        };
        // Robots that answer mails do not answer these.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Answers is { } answers)
        {
            message.InReplyTo = answers;
            message.References.Add(answers);
        }

        try
        {
            await SendAsync(message, cancellationToken);
            _failedAt = null;
            return new MailReply(MailResult.Sent);
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode >= 500 && e.ErrorCode == SmtpErrorCode.RecipientNotAccepted)
        {
            return new MailReply(MailResult.Refused, e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or CommandException or TimeoutException
            or AuthenticationException or SslHandshakeException or NotSupportedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _failedAt = time.GetTimestamp();
            return new MailReply(MailResult.Later, e.Message);
        }
    }

    private async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds };
        // As for HTTPS in .NET: many networks let nobody fetch the lists of revoked certificates.
        client.CheckCertificateRevocation = false;
        await client.ConnectAsync(settings.Server, settings.Port, SecurityOf(settings), cancellationToken);
        if (settings.User is { } user && settings.Password is { } name && secrets(name) is { } password)
            await client.AuthenticateAsync(user, password, cancellationToken);
        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
