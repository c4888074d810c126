using System.Net;
using Tenfold.App.Views;

namespace Tenfold.Cli.Tests.Remote;

public sealed class The_key_goes_to_no_proxy
{
    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_plain_request_goes_straight_to_the_server_and_a_secret_one_through_a_tunnel(string scheme)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var server = ScriptedServer.Answering("""{"id":"x","kind":"run"}""");
        await using var proxy = ScriptedServer.Answering("no", "text/plain", 502);
        var usual = HttpClient.DefaultProxy;
        // As http_proxy and https_proxy set it, for requests of this test only.
        HttpClient.DefaultProxy = new ProxyOf(server.Port, new Uri($"http://127.0.0.1:{proxy.Port}/"));
        try
        {
            using var client = server.Client(scheme: scheme);
            var asked = client.GetAsync("ids/x", ViewJson.Default.IdView, cancel);
            if (scheme == "http")
            {
                (await asked).Id.ShouldBe("x");
                proxy.Requests.ShouldBeEmpty();
                server.Requests.ShouldHaveSingleItem().ShouldContain("Bearer tfk_secret");
            }
            else
            {
                await Refused.AsUnavailableAsync(() => asked, "can't be reached");
                proxy.Requests.ShouldHaveSingleItem().ShouldStartWith($"CONNECT 127.0.0.1:{server.Port} ");
                proxy.Requests.ShouldAllBe(request => !request.Contains("tfk_secret"));
            }
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
    }

    private sealed class ProxyOf(int port, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy;

        public bool IsBypassed(Uri host) => host.Port != port;
    }
}
