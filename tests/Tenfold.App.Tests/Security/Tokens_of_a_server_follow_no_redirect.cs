using System.Net;
using System.Net.Sockets;
using System.Text;
using Tenfold.App.Pushes.Answers;
using Tenfold.Core.Git;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Tests.Security;

/// <summary>A git host, or whoever answers in its place, must not be able to send a token to another host.</summary>
public sealed class Tokens_of_a_server_follow_no_redirect : IDisposable
{
    private readonly TcpListener _host = new(IPAddress.Loopback, 0), _other = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Task _answering;
    private readonly List<string> _requests = [];

    public Tokens_of_a_server_follow_no_redirect()
    {
        _host.Start();
        _other.Start();
        _answering = AnswerAsync();
    }

    private string Url => $"http://{_host.LocalEndpoint}";

    public void Dispose()
    {
        _ended.Cancel();
        _host.Stop();
        _other.Stop();
        _ended.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_call_of_an_API_ends_there()
    {
        using var caller = new JsonCaller();
        var reply = await caller.CallAsync(
            HttpMethod.Get, $"{Url}/repos", [("Authorization", "Bearer t0ken")], body: null, CancellationToken.None);
        reply.ShouldNotBeNull().Status.ShouldBe(HttpStatusCode.TemporaryRedirect);
        await ShouldHaveEndedAsync();
    }

    [Fact]
    public async Task A_fetch_of_git_ends_there()
    {
        var git = new GitRunner(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, TimeProvider.System);
        var remote = new GitRemote($"{Url}/acme/vision.git", "t0ken", HostKind.GitHub);
        var result = await git.RunAsync(_folder.Path, ["ls-remote", remote.Url], remote.Credentials, CancellationToken.None);
        result.ExitCode.ShouldNotBe(0);
        await ShouldHaveEndedAsync();
    }

    // The token did reach the host that it is for.
    private async Task ShouldHaveEndedAsync()
    {
        await Eventually.ShouldBeAsync(() => _requests.Count > 0, "the host was asked");
        _requests[0].ShouldContain("Authorization: ");
        _other.Pending().ShouldBeFalse("nobody connects to the other host");
        _answering.IsFaulted.ShouldBeFalse();
    }

    private async Task AnswerAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            using var client = await _host.AcceptTcpClientAsync(_ended.Token);
            var stream = client.GetStream();
            var bytes = new byte[10_000];
            var request = Encoding.ASCII.GetString(bytes, 0, await stream.ReadAsync(bytes, _ended.Token));
            lock (_requests) _requests.Add(request);
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{_other.LocalEndpoint}/stolen\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n"),
                _ended.Token);
        }
    }
}
