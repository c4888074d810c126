using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tenfold.Server.Tests;

/// <summary>A mail server on a free port that keeps what it is given.</summary>
internal sealed class SmtpDouble : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _mails = [], _logins = [];
    private readonly Task _serving;

    public SmtpDouble()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The answer to RCPT; default: it takes the recipient.</summary>
    public string Recipient { get; set; } = "250 ok";

    /// <summary>True to close each connection at once.</summary>
    public bool IsDown { get; set; }

    /// <summary>The certificate with which it offers STARTTLS. It then refuses logins and mails without TLS. Null for no TLS.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The mails with their headers, as they were sent.</summary>
    public IReadOnlyList<string> Mails
    {
        get
        {
            lock (_mails) return [.. _mails];
        }
    }

    /// <summary>What clients sent to log in: the user and the password, with a zero before each.</summary>
    public IReadOnlyList<string> Logins
    {
        get
        {
            lock (_mails) return [.. _logins];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                if (IsDown) continue;
                await WriteAsync(client.GetStream(), "220 double");
                if (await TalkAsync(client.GetStream(), isSecure: false) && Certificate is { } certificate)
                {
                    await using var secure = new SslStream(client.GetStream());
                    await secure.AuthenticateAsServerAsync(certificate);
                    await TalkAsync(secure, isSecure: true);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException
                or System.Security.Authentication.AuthenticationException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    // True when the client goes on with TLS.
    private async Task<bool> TalkAsync(Stream stream, bool isSecure)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            var words = line.Split(' ');
            var word = words[0].ToUpperInvariant();
            if (word == "AUTH")
            {
                lock (_mails) _logins.Add(Encoding.UTF8.GetString(Convert.FromBase64String(words[^1])));
            }

            await WriteAsync(stream, AnswerTo(word, isSecure));
            if (word == "STARTTLS") return true;
            if (word == "QUIT") return false;
            if (word != "DATA") continue;
            var mail = new StringBuilder();
            while (await reader.ReadLineAsync(_end.Token) is { } text && text != ".") mail.AppendLine(text);
            lock (_mails) _mails.Add(mail.ToString());
            await WriteAsync(stream, "250 taken");
        }

        return false;
    }

    private string AnswerTo(string word, bool isSecure) => word switch
    {
        "EHLO" when Certificate is not null => isSecure ? "250-double\r\n250 AUTH PLAIN" : "250-double\r\n250 STARTTLS",
        "STARTTLS" => "220 go on",
        "QUIT" => "221 bye",
        "MAIL" or "AUTH" when Certificate is not null && !isSecure => "530 must issue a STARTTLS command first",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "RCPT" => Recipient,
        _ => "250 ok",
    };

    private static async Task WriteAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes($"{line}\r\n"));
}
