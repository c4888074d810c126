using System.Xml.Linq;
using Tenfold.App.Reporting;
using Tenfold.App.Serving.Experiments;
using Tenfold.Core.Outcomes;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Tests.Serving;

public sealed class A_deployed_model_has_a_report : IDisposable
{
    private readonly ServedModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task It_draws_traffic_latency_and_the_experiment()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await _model.DeployAsync("1.0.0", "1.1.0");
        await _model.DivideAsync(("1.0.0", 50), ("1.1.0", 50));
        var clock = new StartClock();
        var desk = new ExperimentDesk(_model.Services.Versions, _model.Services.Requests, "ann@laptop", clock);
        (await desk.StartAsync(new("iris", "1.0.0", "1.1.0", "reward"), cancellationToken)).Value();
        var (route, random) = (await _model.RouteAsync(), new SplitMix64(1));
        for (var i = 0; i < 600; i++)
        {
            var request = ServedModel.Request(route, $"user-{i}", ServedModel.Start + TimeSpan.FromMinutes(i));
            _model.Add(
                request with { Status = i % 50 == 0 ? 500 : 200, Latency = TimeSpan.FromMilliseconds(2 + 10 * random.NextDouble()) },
                random.NextDouble() < 0.3 ? 1 : 0);
        }

        await _model.LoadAsync();
        var html = (await new ReportRenderer(_model.Services).RenderAsync(["iris"], null, cancellationToken)).Value();
        var page = XDocument.Parse(html);
        page.Descendants("h2").Select(one => one.Value).ShouldBe(
            ["Experiment 1: 1.1.0 against 1.0.0", "Traffic", "Latency in milliseconds (log scale)", "Versions", "Routes, newest first"]);
        page.Descendants("svg").Count(one => (string?)one.Attribute("role") == "img").ShouldBe(3);
        page.Descendants("path").Attributes("d").ShouldAllBe(path => !path.Value.Contains("NaN") && !path.Value.Contains('E'));
        html.ShouldNotContain("<script");
        html.ShouldContain("1.1.0 50\u00a0%");
    }

    [Fact]
    public async Task A_model_without_requests_has_one_too()
    {
        await _model.DeployAsync("1.0.0");
        var renderer = new ReportRenderer(_model.Services);
        var html = (await renderer.RenderAsync(["iris"], null, TestContext.Current.CancellationToken)).Value();
        XDocument.Parse(html).Descendants("h2").Select(one => one.Value).ShouldBe(["Routes, newest first"]);
        var refused = await renderer.RenderAsync(["iris"], "reward", TestContext.Current.CancellationToken);
        refused.Refusal().Kind.ShouldBe(RefusalKind.BadInput);
    }

    private sealed class StartClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => ServedModel.Start;
    }
}
