using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenfold.Server.Tests;

/// <summary>A mail server on a free port that keeps what it is given.</summary>
internal sealed class SmtpDouble : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _mails = [];
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

    /// <summary>The mails with their headers, as they were sent.</summary>
    public IReadOnlyList<string> Mails
    {
        get
        {
            lock (_mails) return [.. _mails];
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
                if (!IsDown) await TalkAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 double");
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            var word = line.Split(' ')[0].ToUpperInvariant();
            await writer.WriteLineAsync(
                word switch { "DATA" => "354 go on", "RCPT" => Recipient, "QUIT" => "221 bye", _ => "250 ok" });
            if (word == "QUIT") return;
            if (word != "DATA") continue;
            var mail = new StringBuilder();
            while (await reader.ReadLineAsync(_end.Token) is { } text && text != ".") mail.AppendLine(text);
            lock (_mails) _mails.Add(mail.ToString());
            await writer.WriteLineAsync("250 taken");
        }
    }
}
