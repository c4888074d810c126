using Tenfold.App.Serving.Experiments;
using Tenfold.App.Views;
using Tenfold.Core.Experiments;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Tests.Serving.Experiments;

public sealed class Experiments_are_started_and_judged : IDisposable
{
    private readonly ServedModel _model = new();
    private readonly FixedClock _time = new(ServedModel.Start);

    private ExperimentDesk Desk => new(_model.Services.Versions, _model.Services.Requests, "ann@laptop", _time);

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task An_experiment_is_judged_by_the_outcomes_of_its_users()
    {
        await _model.DeployAsync("1.0.0", "1.1.0");
        await _model.DivideAsync(("1.0.0", 50), ("1.1.0", 50));
        var started = (await Desk.StartAsync(new("iris", "1.0.0", "1.1.0", "reward"), Cancellation)).Value();
        (started.Number, started.Goal, started.Alpha, started.TunedFor, started.FirstLook)
            .ShouldBe((1, MetricGoal.Maximize, 0.05, 5000, 20));
        await SendAsync(1500, version => version == "1.1.0" ? 0.3 : 0.1);

        _time.Now += TimeSpan.FromHours(1);
        var status = (await Desk.JudgeAsync("iris", Cancellation)).Value();
        status.Verdict.ShouldBe(ExperimentVerdict.Better);
        (status.Baseline.Keys + status.Candidate.Keys).ShouldBe(1500);
        status.Comparison.Interval!.Contains(0.2).ShouldBeTrue();
        status.KeysPerHour.ShouldBe(1500);
        var view = ExperimentStatusView.Of(status);
        (view.Verdict, view.Confidence, view.RemainingSeconds).ShouldBe(("better", 0.95, 0));
        view.Text.ShouldStartWith("1.1.0 is better than 1.0.0: its reward is higher by 0.2");
    }

    [Fact]
    public async Task Requests_of_before_the_start_or_after_the_end_do_not_count()
    {
        await _model.DeployAsync("1.0.0", "1.1.0");
        await _model.DivideAsync(("1.0.0", 50), ("1.1.0", 50));
        _time.Now = ServedModel.Start + TimeSpan.FromSeconds(100);
        await Desk.StartAsync(new("iris", "1.0.0", "1.1.0", "latency"), Cancellation);
        _time.Now = ServedModel.Start + TimeSpan.FromSeconds(300);
        var ended = (await Desk.StopAsync("iris", Cancellation)).Value();
        (ended.EndedAt, ended.EndReason).ShouldBe((_time.Now, new Reason.ExperimentStopped()));
        await SendAsync(500, _ => 0); // one each second
        var status = (await Desk.JudgeAsync("iris", Cancellation)).Value();
        (status.Baseline.Keys + status.Candidate.Keys).ShouldBe(200);
        status.Experiment.Goal.ShouldBe(MetricGoal.Minimize);
        status.Baseline.Mean.ShouldBe(5);
        status.Remaining.ShouldBeNull();
    }

    [Fact]
    public async Task An_impossible_comparison_is_refused_before_it_starts()
    {
        (await RefusalAsync(new("iris", "1.0.0", "1.1.0", "reward"))).Kind.ShouldBe(RefusalKind.NotFound);
        await _model.DeployAsync("1.0.0", "1.1.0", "1.2.0");
        (await RefusalAsync(new("iris", "1.0.0", "1.0.0", ""))).Message.ShouldContain("2 faults");
        (await RefusalAsync(new("iris", "1.0.0", "1.1.0", "reward") { Alpha = 0.7 })).Kind.ShouldBe(RefusalKind.BadInput);
        (await RefusalAsync(new("iris", "1.0.0", "3", "reward"))).Message.ShouldBe(
            "iris has no version 3: `tenfold versions iris` lists them");
        (await RefusalAsync(new("iris", "1.0.0", "1.1.0", "reward"))).Message.ShouldContain("tenfold traffic iris 1.0.0=90 1.1.0=10");
        await _model.Services.Versions.ChangeVersionAsync("iris", "1.2.0", VersionState.Reverted, ServedModel.Start, Cancellation);
        (await RefusalAsync(new("iris", "1.0.0", "1.2.0", "reward"))).Message.ShouldContain("1.2.0 is reverted");
    }

    [Fact]
    public async Task A_model_has_one_running_experiment()
    {
        await _model.DeployAsync("1.0.0", "1.1.0");
        (await Desk.JudgeAsync("iris", Cancellation)).Refusal().Message.ShouldContain("tenfold ab start iris");
        await _model.DivideAsync(("1.0.0", 90), ("1.1.0", 10));
        (await Desk.StartAsync(new("iris", "1.0.0", "1.1.0", "reward"), Cancellation)).Value().Number.ShouldBe(1);
        (await RefusalAsync(new("iris", "1.0.0", "1.1.0", "errors"))).Kind.ShouldBe(RefusalKind.AlreadyExists);
        (await Desk.StopAsync("iris", Cancellation)).Value();
        (await Desk.StopAsync("iris", Cancellation)).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
        (await Desk.StartAsync(new("iris", "1.0.0", "1.1.0", "errors"), Cancellation)).Value().Number.ShouldBe(2);
        (await Desk.JudgeAsync("iris", Cancellation)).Value().Experiment.Metric.ShouldBe("errors");
        (await Desk.JudgeAsync("moon", Cancellation)).Refusal().Message.ShouldContain("no version of moon is deployed");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<Refusal> RefusalAsync(ExperimentRequest request) => (await Desk.StartAsync(request, Cancellation)).Refusal();

    private async Task SendAsync(int users, Func<string, double> rate)
    {
        var (route, random) = (await _model.RouteAsync(), new SplitMix64(1));
        for (var i = 0; i < users; i++)
        {
            var request = ServedModel.Request(route, $"user-{i}", ServedModel.Start + TimeSpan.FromSeconds(i));
            _model.Add(request, random.NextDouble() < rate(request.Version!) ? 1 : 0);
        }

        await _model.LoadAsync();
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
