using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Rest;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>A ledger's row, or a project that was cloned, names the address of a server that collects tokens.</summary>
public sealed class The_token_goes_only_where_the_user_says : IDisposable
{
    private readonly Listener _listener = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_address_of_a_project_gets_no_token_and_no_connection()
    {
        var refusal = (await Kind().PlanAsync(Settings(), new FolderStore(_folder["store"]), Cancel)).Refusal();
        (refusal.Kind, _listener.Requests.Count).ShouldBe((RefusalKind.BadInput, 0));
        refusal.Message.ShouldContain($"SLURM_JWT is not sent to {_listener.Address}");
        refusal.Message.ShouldNotContain(StandInSlurmrestd.Token);
    }

    [Fact]
    public async Task An_address_of_the_ledger_gets_no_token_and_no_connection()
    {
        var spec = new TargetSpec("slurm", "ann@cluster", Settings().ToJson());
        var fault = await Should.ThrowAsync<TargetException>(() => Kind().OpenAsync(spec, new FolderStore(_folder["store"]), Cancel));
        fault.Message.ShouldContain("tenfold trust");
        _listener.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_that_the_user_has_set_gets_the_token()
    {
        var spec = new TargetSpec("slurm", "ann@cluster", Settings().ToJson());
        await Should.ThrowAsync<TargetException>(
            () => Kind(_listener.Address).OpenAsync(spec, new FolderStore(_folder["store"]), Cancel));
        _listener.Requests.ShouldContain(request => request.Contains(StandInSlurmrestd.Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_does_not_take_the_token_elsewhere(int status)
    {
        var answer = $"HTTP/1.1 {status} Moved\r\nLocation: {_listener.Address}/\r\nContent-Length: 0\r\n\r\n";
        using var server = new Listener { Answer = answer };
        var slurm = SlurmRest.Open(server.Address, "ann", RestBench.Timeout, TimeProvider.System, () => StandInSlurmrestd.Token);
        await Should.ThrowAsync<TargetException>(() => slurm.GetFactsAsync(Cancel));
        (server.Requests.IsEmpty, _listener.Requests.IsEmpty).ShouldBe((false, true));
    }

    private static SlurmKind Kind(params string[] addresses) => new(
        null!, Sessions.Own with { Addresses = new CredentialAddresses(addresses) },
        name => name == SlurmToken.Name ? StandInSlurmrestd.Token : null, TimeProvider.System);

    private TargetSettings Settings() =>
        TargetSettings.From(new TargetSpec("slurm", "", JsonSerializer.SerializeToElement(new { rest = _listener.Address })));

    /// <summary>A server that keeps what it is sent.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _socket = new(IPAddress.Loopback, 0);

        public Listener()
        {
            _socket.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndpoint).Port}";

        public string Answer { get; init; } = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

        public ConcurrentQueue<string> Requests { get; } = [];

        public void Dispose() => _socket.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _socket.AcceptTcpClientAsync(Cancel);
                    var buffer = new byte[64 * 1024];
                    var read = await client.GetStream().ReadAsync(buffer, Cancel);
                    Requests.Enqueue(Encoding.UTF8.GetString(buffer, 0, read));
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Answer), Cancel);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
            {
                // The test is over.
            }
        }
    }
}
