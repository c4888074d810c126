using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Accidents;

public sealed partial class A_server_that_never_answered_is_given_up_soon
{
    [Fact]
    public async Task Nobody_listens_there()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        using var store = At($"http://127.0.0.1:{port}");
        var told = await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default));
        told.Message.ShouldContain("Connection refused");
        Waited(told).ShouldBeInRange(5, 40);
    }

    [Fact]
    public async Task Its_name_is_not_known()
    {
        using var store = At("http://s3.invalid");
        Waited(await Should.ThrowAsync<StoreException>(() => store.WriteAsync("a", default, default))).ShouldBeInRange(5, 40);
    }

    [Fact]
    public async Task It_takes_connections_and_says_nothing()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var store = At($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var told = await Should.ThrowAsync<StoreException>(() => store.ExistsAsync("a", default));
        told.Message.ShouldContain("no answer in time");
        Waited(told).ShouldBeInRange(5, 40);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_went_away_after_an_answer_is_waited_for(bool refused)
    {
        using var server = new S3Server();
        using var store = refused
            ? new(new S3Location("no-such-bucket", ""), new S3Options { Endpoint = server.Endpoint, Patience = TimeSpan.FromSeconds(12) })
            : server.Store("x", new S3Options { Patience = TimeSpan.FromSeconds(12) });
        // No is an answer, too.
        if (refused) await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default));
        else (await store.ReadAsync("a", default)).ShouldBeNull();
        server.Kill();
        Waited(await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", default))).ShouldBeGreaterThanOrEqualTo(12);
        server.Start();
        if (!refused) (await store.ReadAsync("a", default)).ShouldBeNull();
    }

    private static S3Store At(string endpoint) => new(new S3Location("bucket", ""), new S3Options { Endpoint = endpoint });

    // As it says: "can't be reached for 5 s".
    private static double Waited(StoreException told) =>
        double.Parse(Seconds().Match(told.Message).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"can't be reached for (\d+) s")]
    private static partial Regex Seconds();
}
