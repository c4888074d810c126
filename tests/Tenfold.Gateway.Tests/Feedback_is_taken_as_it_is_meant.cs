using System.Net;
using System.Text;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Feedback_is_taken_as_it_is_meant(Scene scene) : IClassFixture<Scene>
{
    private readonly Guid _id = Guid.CreateVersion7();

    [Fact]
    public async Task A_time_of_its_own_is_recorded()
    {
        (await PostAsync(Body(""","at":"2026-11-28T13:00:00+01:00" """))).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(Body(""","at":null"""))).Status.ShouldBe(HttpStatusCode.OK);
        var recorded = scene.Log.Feedback.Where(one => one.RequestId == _id).ToList();
        recorded[0].At.ShouldBe(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
        recorded[1].At.ShouldNotBe(recorded[0].At);
    }

    [Theory]
    [InlineData(""","at":"2026-11-28T12:00:00" """, "at has no time zone: '2026-11-28T12:00:00'. Write it like 2026-11-28T12:00:00Z")]
    [InlineData(""","at":"9999-01-01T00:00:00Z" """, "at is in the future")]
    [InlineData(""","at":1764331200""", "at is not a time: '1764331200'")]
    [InlineData(""","At":"2026-11-28T12:00:00Z" """, "feedback has no member 'At'; it is {\\\"request_id\\\"")]
    [InlineData(""","value":2""", "a member occurs twice")]
    public async Task Feedback_that_is_not_understood_is_refused(string more, string why)
    {
        var (status, text) = await PostAsync(Body(more));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        text.ReplaceLineEndings("").Replace("\\u0027", "'", StringComparison.Ordinal).Replace("\\u0022", "\\\"", StringComparison.Ordinal)
            .ShouldContain(why);
        scene.Log.Feedback.ShouldNotContain(one => one.RequestId == _id);
    }

    [Theory]
    [InlineData("true", "value must be a number: write 1 for true, and 0 for false")]
    [InlineData("\"1\"", "value is not a finite number")]
    [InlineData("null", "value is not a finite number")]
    public async Task A_value_is_a_number(string value, string why)
    {
        var (status, text) = await PostAsync($$"""{"request_id":"{{_id}}","metric":"reward","value":{{value}}}""");
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        text.ShouldContain(why);
    }

    private string Body(string more) => $$"""{"request_id":"{{_id}}","metric":"reward","value":1{{more}}}""";

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await scene.Client.PostAsync(new Uri("/feedback", UriKind.Relative), content);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
