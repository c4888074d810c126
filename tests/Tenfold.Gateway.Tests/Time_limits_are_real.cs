using System.Net;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Time_limits_are_real(Scene scene) : IClassFixture<Scene>
{
    // A model that sends a byte now and then is not idle, but it does not reply either.
    [Theory]
    [InlineData("wait", "*/*")]
    [InlineData("wait", "text/event-stream")]
    [InlineData("trickle", "*/*")]
    [InlineData("trickle", "text/event-stream")]
    public async Task A_model_that_does_not_reply_in_time_is_given_up(string what, string accept)
    {
        scene.Replicas.SetReady("2", scene.Old.Address);
        scene.Ledger.Change((versions, _, _) =>
        {
            if (versions.All(version => version.Version != "2"))
                versions.Add(Scene.Version("2", new ServingLimits { Timeout = TimeSpan.FromMilliseconds(300) }));
        });
        await Scene.UntilAsync(async () => (await scene.Client.GetAsync("/v2/models/iris/versions/2/ready")).IsSuccessStatusCode);
        using var reply = await scene.PostAsync("""{"length": 1}""", what, "/models/iris/versions/2/invocations", ("Accept", accept));
        reply.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        scene.Log.Of(reply).ShouldSatisfyAllConditions(
            record => record.Outcome.ShouldBe(RequestOutcome.TimedOut), record => record.Status.ShouldBe(504),
            record => record.Latency.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(250)));
    }
}
