using System.Text;
using System.Text.Json;
using Tenfold.Agent.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Tests.Output;

public sealed class Metrics_are_found_in_output : IAsyncDisposable
{
    private readonly FakeWriter _writer = FakeWriter.Ready();
    private readonly SegmentBuffer _buffer;
    private readonly List<Reason> _stops = [];

    public Metrics_are_found_in_output() => _buffer = new SegmentBuffer(_writer, TimeProvider.System);

    public ValueTask DisposeAsync() => _buffer.DisposeAsync();

    [Fact]
    public void JSON_lines_are_read_on_standard_output_only()
    {
        var recorder = Recorder();
        Take(recorder, """{"metric":"loss","value":1}""");
        Take(recorder, """{"metric":"loss","value":2}""", isStandardOutput: false);
        recorder.Summaries().Single()
            .ShouldSatisfyAllConditions(loss => loss.Name.ShouldBe("loss"), loss => loss.Count.ShouldBe(1), loss => loss.Last.ShouldBe(1));
    }

    [Fact]
    public void Patterns_are_applied_to_both_streams_and_find_every_match()
    {
        var recorder = Recorder(("loss", "loss=([-0-9.naif]+)"), ("top", "top5: ([0-9.]+)"));
        Take(recorder, "loss=3 loss=2 top5: 0.5");
        Take(recorder, "loss=nan", isStandardOutput: false);
        Take(recorder, "loss=-inf");
        var found = recorder.Summaries().ToDictionary(metric => metric.Name);
        found["loss"].Series.ShouldBe(
            [new MetricPoint(0, 3), new MetricPoint(1, 2), new MetricPoint(2, double.NaN), new MetricPoint(3, double.NegativeInfinity)]);
        found["top"].Last.ShouldBe(0.5);
        recorder.Warning.ShouldBeNull();
    }

    [Fact]
    public void Invalid_lines_are_counted_and_the_first_is_shown()
    {
        var recorder = Recorder(("loss", "loss=(\\S+)"));
        Take(recorder, """{"metric":"loss","value":}""");
        Take(recorder, "loss=high");
        recorder.Summaries().ShouldBeEmpty();
        recorder.Warning.ShouldNotBeNull().ToString()
            .ShouldStartWith("2 metric lines were not understood; the first: {\"metric\":\"loss\",\"value\":} (it is not JSON)");
    }

    [Fact]
    public void An_endless_pattern_is_stopped_and_named()
    {
        var recorder = Recorder(("loss", "(a+)+$"), ("good", "good=([0-9]+)"));
        Take(recorder, new string('a', 60) + "! good=7");
        recorder.Warning.ShouldNotBeNull().ToString().ShouldContain("the pattern of loss takes too long");
        recorder.Summaries().Single().Last.ShouldBe(7);
    }

    [Fact]
    public void An_endless_pattern_does_not_delay_a_script_that_prints_many_lines()
    {
        var recorder = Recorder(("loss", "(a+)+$"));
        var clock = TimeProvider.System;
        var since = clock.GetTimestamp();
        for (var i = 0; i < 1000; i++) Take(recorder, new string('a', 60) + "!");
        // 1000 lines of 200 ms each would be 200 s; the bound leaves room for any machine.
        clock.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(60));
        recorder.Warning.ShouldNotBeNull().ToString().ShouldContain("the pattern of loss takes too long");
    }

    [Fact]
    public void At_most_1000_metrics_are_recorded_and_the_rest_is_reported()
    {
        var recorder = Recorder();
        for (var i = 0; i < 1005; i++) Take(recorder, $$"""{"metric":"m{{i}}","value":1}""");
        recorder.Summaries().Count.ShouldBe(1000);
        recorder.Warning.ShouldNotBeNull().ToString().ShouldStartWith("5 metric lines were not understood");
    }

    [Fact]
    public void Metrics_that_decide_have_room_after_a_thousand_others()
    {
        var spec = Spec() with
        {
            Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
            EarlyStopping = new EarlyStoppingSpec("loss", MetricGoal.Minimize, 2),
            MetricPatterns = new Dictionary<string, string> { ["perplexity"] = "ppl=(.*)" },
            DecidingMetrics = ["latency_ms", "accuracy"],
        };
        var recorder = new MetricRecorder(spec, _buffer, _stops.Add, TimeProvider.System);
        for (var i = 0; i < 1005; i++) Take(recorder, $$"""{"metric":"m{{i}}","value":1}""");
        foreach (var name in new[] { "accuracy", "loss", "latency_ms", "other" }) Take(recorder, $$"""{"metric":"{{name}}","value":2}""");
        Take(recorder, "ppl=2");
        recorder.Summaries().Where(metric => metric.Last == 2).Select(metric => metric.Name)
            .ShouldBe(["accuracy", "loss", "latency_ms", "perplexity"]);
        recorder.Summaries().Count.ShouldBe(1000);
        recorder.Warning.ShouldNotBeNull().ToString().ShouldStartWith("10 metric lines were not understood");
    }

    [Fact]
    public async Task The_full_series_is_passed_on()
    {
        var recorder = Recorder();
        Take(recorder, """{"metric":"größe","value":0.1,"step":5}""");
        Take(recorder, """{"metric":"größe","value":NaN}""");
        await _buffer.DisposeAsync();
        _writer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join('|', line.Split('\t')[1..]))
            .ShouldBe(["größe|5|0.1", "größe|1|NaN"]);
    }

    [Fact]
    public void Early_stopping_watches_its_own_metric()
    {
        var recorder = new MetricRecorder(
            Spec() with { EarlyStopping = new EarlyStoppingSpec("loss", MetricGoal.Minimize, 2) }, _buffer, _stops.Add,
            TimeProvider.System);
        foreach (var value in new[] { 1, 2 }) Take(recorder, $$"""{"metric":"loss","value":{{value}}}""");
        foreach (var value in new[] { 1, 2, 3, 4 }) Take(recorder, $$"""{"metric":"other","value":{{value}}}""");
        _stops.ShouldBeEmpty();
        Take(recorder, """{"metric":"loss","value":3}""");
        _stops.ShouldHaveSingleItem().ToString().ShouldContain("loss has not improved on 1 for 2 evaluations");
    }

    [Fact]
    public void Two_threads_lose_no_value()
    {
        var recorder = Recorder(("loss", "loss=([0-9]+)"));
        Parallel.For(0, 20_000, i => Take(recorder, i % 2 == 0 ? $"loss={i}" : $$"""{"metric":"loss","value":{{i}}}"""));
        recorder.Summaries().Single().Count.ShouldBe(20_000);
        recorder.Changes.ShouldBe(20_000);
    }

    [Fact]
    public void A_value_has_its_step_and_a_redrawn_bar_adds_nothing()
    {
        var recorder = Recorder(("loss", @"(?<step>\d+)/10 loss=(\S+)"));
        foreach (var text in new[] { "1/10 loss=3", "1/10 loss=3", "2/10 loss=3", "2/10 loss=2" })
            recorder.Record(Encoding.UTF8.GetBytes(text), isStandardOutput: false, isRewritten: true);
        Take(recorder, "2/10 loss=2"); // a line of its own is a value of its own
        recorder.Summaries().Single().Series
            .ShouldBe([new MetricPoint(1, 3), new MetricPoint(2, 3), new MetricPoint(2, 2), new MetricPoint(2, 2)]);
        Take(recorder, "x/10 loss=2");
        recorder.Warning.ShouldBeNull();
    }

    [Theory]
    [InlineData("""INFO:root:{"metric":"loss","value":1}""", true, "other text stands on its line")]
    [InlineData("""{"metric":"loss","value":1} done""", true, "it is not JSON")]
    [InlineData("""{"metric":"loss","value":1}""", false, "it is on standard error")]
    [InlineData("""INFO:root:{"metric":"loss","value":1}""", false, "it is on standard error")]
    public void A_metric_on_the_wrong_stream_is_reported(string line, bool isStandardOutput, string why)
    {
        var recorder = Recorder();
        Take(recorder, line, isStandardOutput);
        recorder.Summaries().ShouldBeEmpty();
        recorder.Warnings(hasSucceeded: true).ShouldHaveSingleItem().ToString().ShouldContain(why);
    }

    [Fact]
    public void A_value_on_both_streams_is_recorded_once()
    {
        var recorder = Recorder();
        foreach (var isStandardOutput in new[] { false, true }) Take(recorder, """{"metric":"loss","value":1}""", isStandardOutput);
        recorder.Warnings(hasSucceeded: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_pattern_also_reads_lines_that_are_invalid_as_JSON()
    {
        var recorder = Recorder(("acc", "\"score\": ([0-9.]+)"), ("loss", "\"loss\",\"value\":([0-9.]+)"));
        Take(recorder, """{"metric": "acc", "score": 0.9}""");
        Take(recorder, """{"metric":"loss","value":1}""", isStandardOutput: false);
        recorder.Summaries().Select(metric => metric.Last).ShouldBe([0.9, 1]);
        recorder.Warnings(hasSucceeded: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_metric_is_searched_for_and_a_pattern_is_suggested()
    {
        var recorder = new MetricRecorder(
            Spec() with { Metric = new MetricSpec("accuracy", MetricGoal.Maximize) }, _buffer, _stops.Add, TimeProvider.System);
        Take(recorder, "Epoch 1: Accuracy: 93.1%", isStandardOutput: false);
        recorder.Warnings(hasSucceeded: false).ShouldBeEmpty();
        var words = recorder.Warnings(hasSucceeded: true).ShouldHaveSingleItem().ShouldBeOfType<Warning.MetricNotFound>().ToString();
        words.ShouldContain("standard error may: Epoch 1: Accuracy: 93.1%");
        words.ShouldContain(@"metrics: { accuracy: '\bAccuracy: *([-+.\w]+)' }");
        Take(recorder, """{"metric":"accuracy","value":0.9}""");
        recorder.Warnings(hasSucceeded: true).ShouldBeEmpty();
    }

    private static void Take(MetricRecorder recorder, string line, bool isStandardOutput = true) =>
        recorder.Record(Encoding.UTF8.GetBytes(line), isStandardOutput);

    private MetricRecorder Recorder(params (string Name, string Pattern)[] patterns) =>
        new(Spec() with { MetricPatterns = patterns.ToDictionary(pattern => pattern.Name, pattern => pattern.Pattern) }, _buffer,
            _stops.Add, TimeProvider.System);

    private static WorkSpec Spec() => new()
    {
        Project = "test",
        Snapshot = "0",
        Environment = new EnvironmentSpec("system"),
        Parameters = JsonDocument.Parse("{}").RootElement,
    };
}
