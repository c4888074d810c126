using System.Globalization;
using Tenfold.App.Serving.Drift;
using Tenfold.App.Views;
using Tenfold.Core.Outcomes;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.App.Tests.Serving;

public sealed class Requests_are_compared_with_what_is_expected : IDisposable
{
    private readonly ServedModel _model = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SplitMix64 _random = new(1);
    private readonly LateClock _time = new();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_shifted_input_is_found_and_the_others_are_not()
    {
        await _model.DeployAsync("1.0.0");
        await SendAsync(400, daysAgo: 3, shift: 0);
        await SendAsync(200, daysAgo: 0.5, shift: 2);
        var drift = (await ReadAsync(new("iris"))).Value();
        (drift.Version, drift.Report.Features.Count).ShouldBe(("1.0.0", 3));
        drift.Against.ShouldStartWith("1.0.0 before ");
        VerdictOf(drift, "input.length").ShouldBe(DriftVerdict.Shift);
        VerdictOf(drift, "input.flower.colour").ShouldBe(DriftVerdict.NotShown);
        VerdictOf(drift, "input.flower.size[0]").ShouldBe(DriftVerdict.NotShown);
        var view = DriftView.Of(drift).Features.Single(feature => feature.Name == "input.length");
        (view.Verdict, view.Kind, view.N, view.ReferenceN).ShouldBe(("shifted", "numbers", 200, 400));
    }

    [Fact]
    public async Task Training_data_is_what_is_expected()
    {
        await _model.DeployAsync("1.0.0");
        await SendAsync(200, daysAgo: 0.5, shift: 0);
        var rows = Enumerable.Range(0, 500).Select(_ => string.Create(CultureInfo.InvariantCulture, $"{Number(0):R},\"setosa, small\""));
        var file = _folder.Write("train.csv", $"length,species\n{string.Join('\n', rows)}\n");
        var drift = (await ReadAsync(new("iris") { Against = file })).Value();
        drift.Against.ShouldBe("train.csv");
        // What only one side has is not compared. The training data's own columns, such as the label, are named.
        drift.Report.Features.Select(feature => feature.Name).ShouldBe(["input.length"]);
        drift.LeftOut.ShouldBe(["input.species"]);
        DriftView.Of(drift).LeftOut.ShouldBe(["input.species"]);
        VerdictOf(drift, "input.length").ShouldBe(DriftVerdict.NotShown);
        var lines = _folder.Write("train.jsonl", string.Concat(Enumerable.Range(0, 100).Select(_ => Body(5) + "\n")));
        VerdictOf((await ReadAsync(new("iris") { Against = lines })).Value(), "input.length").ShouldBe(DriftVerdict.Shift);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Memory_for_training_data_is_bounded(string kind)
    {
        await _model.DeployAsync("1.0.0");
        await SendAsync(50, daysAgo: 0.5, shift: 0);
        var file = _folder["train." + kind];
        await using (var text = new StreamWriter(file))
        {
            if (kind == "csv") text.WriteLine("length");
            for (var i = 0; i < 250_100; i++) text.WriteLine(kind == "csv" ? "1" : "{\"length\": 1}");
        }

        (await ReadAsync(new("iris") { Against = file })).Value().Report.Features.Single().Reference.ShouldBe(250_000);
    }

    [Fact]
    public async Task A_version_is_compared_with_another()
    {
        await _model.DeployAsync("1.0.0", "1.1.0");
        await _model.DivideAsync(("1.0.0", 80), ("1.1.0", 20));
        await SendAsync(200, daysAgo: 0.5, shift: 0);
        foreach (var (against, version) in new[] { ("1.0.0", "1.1.0"), ("1.1.0", "1.0.0") })
        {
            var drift = (await ReadAsync(new("iris") { Against = against })).Value();
            (drift.Version, drift.Against).ShouldBe((version, against));
        }
    }

    [Fact]
    public async Task A_user_counts_once()
    {
        await _model.DeployAsync("1.0.0");
        await SendAsync(200, daysAgo: 3, shift: 0);
        await SendAsync(100, daysAgo: 0.5, shift: 0);
        var route = await _model.RouteAsync();
        var recent = _time.GetUtcNow() - TimeSpan.FromHours(1);
        for (var i = 0; i < 500; i++) _model.Add(ServedModel.Request(route, "robot", recent, body: Body(9)));
        await _model.LoadAsync();
        var drift = (await ReadAsync(new("iris"))).Value();
        drift.Report.Features[0].Window.ShouldBe(101);
        VerdictOf(drift, "input.length").ShouldBe(DriftVerdict.NotShown);
    }

    [Fact]
    public async Task Nothing_to_compare_is_refused()
    {
        await _model.DeployAsync("1.0.0");
        (await ReadAsync(new("iris"))).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
        await SendAsync(50, daysAgo: 0.5, shift: 0);
        (await ReadAsync(new("iris"))).Refusal().Message.ShouldContain("--against");
        (await ReadAsync(new("iris") { Against = "nowhere.csv" })).Refusal().Message.ShouldContain("neither a version");
        (await ReadAsync(new("iris") { Against = _folder.Write("empty.csv", "") })).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
        (await ReadAsync(new("iris") { Version = "7" })).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
    }

    private static DriftVerdict VerdictOf(DriftResult drift, string feature) =>
        drift.Report.Features.Single(one => one.Name == feature).Verdict;

    private Task<Outcome<DriftResult>> ReadAsync(DriftRequest request) =>
        new DriftReader(_model.Services.Requests, _time).ReadAsync(request, TestContext.Current.CancellationToken);

    private async Task SendAsync(int users, double daysAgo, double shift)
    {
        var route = await _model.RouteAsync();
        for (var i = 0; i < users; i++)
        {
            var at = _time.GetUtcNow() - TimeSpan.FromDays(daysAgo) + TimeSpan.FromSeconds(i);
            _model.Add(ServedModel.Request(route, $"user-{daysAgo}-{i}", at, body: Body(shift)));
        }

        await _model.LoadAsync();
    }

    private string Body(double shift)
    {
        var colour = _random.NextDouble() < 0.5 ? "red" : "blue";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"length": {{Number(shift):R}}, "flower": {"colour": "{{colour}}", "size": [{{Number(0):R}}] } }""");
    }

    private double Number(double shift) => shift + _random.NextDouble() + _random.NextDouble();

    private sealed class LateClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => ServedModel.Start + TimeSpan.FromDays(30);
    }
}
