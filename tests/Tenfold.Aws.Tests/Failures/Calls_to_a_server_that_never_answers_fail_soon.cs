using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Failures;

public sealed partial class Calls_to_a_server_that_never_answers_fail_soon
{
    [Fact]
    public async Task A_port_without_a_listener()
    {
        var port = FreePort.Find();
        using var store = At($"http://127.0.0.1:{port}");
        var error = await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default));
        error.Message.ShouldContain("Connection refused");
        Waited(error).ShouldBeInRange(5, 40);
    }

    [Fact]
    public async Task An_unknown_host_name()
    {
        using var store = At("http://s3.invalid");
        Waited(await Should.ThrowAsync<StoreException>(() => store.WriteAsync("a", default, default))).ShouldBeInRange(5, 40);
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var store = At($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var error = await Should.ThrowAsync<StoreException>(() => store.ExistsAsync("a", default));
        error.Message.ShouldContain("no answer in time");
        Waited(error).ShouldBeInRange(5, 40);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_answered_before_gets_the_full_patience(bool refused)
    {
        using var server = new S3Server();
        using var store = refused
            ? new(new S3Location("no-such-bucket", ""), new S3Options { Endpoint = server.Endpoint, Patience = TimeSpan.FromSeconds(12) })
            : server.Store("x", new S3Options { Patience = TimeSpan.FromSeconds(12) });
        // An error response is an answer too.
        if (refused) await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default));
        else (await store.ReadAsync("a", default)).ShouldBeNull();
        server.Kill();
        Waited(await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default))).ShouldBeGreaterThanOrEqualTo(12);
        server.Start();
        if (!refused) (await store.ReadAsync("a", default)).ShouldBeNull();
    }

    private static S3Store At(string endpoint) => new(new S3Location("bucket", ""), new S3Options { Endpoint = endpoint });

    // The message says how long it tried: "can't be reached for 5 s".
    private static double Waited(StoreException error) =>
        double.Parse(Seconds().Match(error.Message).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"can't be reached for (\d+) s")]
    private static partial Regex Seconds();
}
