using System.Net;

namespace Tenfold.Gateway.Tests;

public sealed class The_gateway_is_alive
{
    [Fact]
    public async Task It_answers_on_a_free_port()
    {
        await using var gateway = GatewayHost.Create(new GatewayOptions { Url = "http://127.0.0.1:0" });
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var reply = await client.GetAsync($"{gateway.Urls.First()}/v2/health/live", TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
