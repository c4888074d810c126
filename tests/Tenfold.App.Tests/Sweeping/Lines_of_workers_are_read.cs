using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Workers;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Lines_of_workers_are_read
{
    [Theory]
    [InlineData("epoch 3: loss 0.4")]
    [InlineData("{\"metric\": \"accuracy\", \"value\": 0.93}")]
    [InlineData("{'trial': 1}")]
    [InlineData("[{\"trial\": 1}]")]
    [InlineData("")]
    public void A_line_without_a_trial_is_output(string text) =>
        WorkerLine.Parse(text, 1).ShouldBeOfType<WorkerLine.Output>().Text.ShouldBe(text);

    [Theory]
    [InlineData("{\"trial\": 3, \"value\": 0.93}", "0.93")]
    [InlineData("{\"value\": 1e-3, \"trial\": 3}", "1e-3")]
    [InlineData("{\"trial\": 3, \"value\": NaN}", "NaN")]
    [InlineData("{\"trial\":3,\"value\":-Infinity}", "-Infinity")]
    [InlineData("{\"trial\": 3, \"value\": \"inf\"}", "inf")]
    [InlineData("{\"trial\": 3, \"values\": [0.9, NaN, 0.8]}", "0.9 NaN 0.8")]
    public void Values_are_results(string text, string values)
    {
        var told = WorkerLine.Parse(text, 3).ShouldBeOfType<WorkerLine.Result>().Told;
        (told.Trial, string.Join(' ', told.Values), told.IsPruned, told.IsLost, told.Failure).ShouldBe((3, values, false, false, null));
    }

    [Fact]
    public void Trials_end_in_other_ways_too()
    {
        Told("{\"trial\": 3, \"failed\": \"out of memory\"}").ShouldBe(Empty() with { Failure = "out of memory" });
        Told("{\"trial\": 3, \"pruned\": true}").ShouldBe(Empty() with { IsPruned = true });
        Told("{\"trial\": 3, \"lost\": true}").ShouldBe(Empty() with { IsLost = true });

        static TrialResult Told(string text) => WorkerLine.Parse(text, 3).ShouldBeOfType<WorkerLine.Result>().Told with
        {
            Values = None,
            Metrics = NoMetrics,
        };
        static TrialResult Empty() => new(3, None) { Metrics = NoMetrics };
    }

    [Fact]
    public void A_value_with_a_step_is_a_report() =>
        WorkerLine.Parse("{\"trial\": 3, \"step\": 10, \"value\": 0.5}", 3).ShouldBe(new WorkerLine.Report(10, "0.5"));

    [Theory]
    [InlineData("{\"trial\": 3, \"value\": 0.93", "not JSON")]
    [InlineData("{\"trial\": \"three\", \"value\": 0.93}", "wrong trial")]
    [InlineData("{\"trial\": 3}", "needs one of these")]
    [InlineData("{\"trial\": 3, \"value\": 1, \"pruned\": true}", "needs one of these")]
    [InlineData("{\"trial\": 3, \"value\": null}", "wrong value")]
    [InlineData("{\"trial\": 3, \"value\": [1]}", "wrong value")]
    [InlineData("{\"trial\": 3, \"values\": []}", "wrong values")]
    [InlineData("{\"trial\": 3, \"value\": 1, \"step\": -1}", "wrong step")]
    [InlineData("{\"trial\": 3, \"value\": 1, \"step\": 1.5}", "wrong step")]
    [InlineData("{\"trial\": 3, \"pruned\": true, \"step\": 1}", "step without a value")]
    [InlineData("{\"trial\": 3, \"pruned\": false}", "wrong pruned")]
    [InlineData("{\"trial\": 3, \"value\": 1, \"metrics\": [1]}", "wrong metrics")]
    [InlineData("{\"trial\": 3, \"value\": 1, \"step\": 1, \"metrics\": {\"size\": 1}}", "go with the result only")]
    [InlineData("{\"trial\": 3, \"failed\": \"x\", \"metrics\": {\"size\": 1}}", "go with the result only")]
    [InlineData("{\"trial\": 3, \"failed\": \" \"}", "wrong failed")]
    [InlineData("{\"trial\": 3, \"accuracy\": 0.9}", "unknown member 'accuracy'")]
    public void A_message_that_makes_no_sense_is_faulty(string text, string why) =>
        WorkerLine.Parse(text, 3).ShouldBeOfType<WorkerLine.Faulty>().Why.ShouldContain(why);

    [Fact]
    public void A_message_about_another_trial_is_foreign()
    {
        WorkerLine.Parse("{\"trial\": 2, \"value\": 1}", 3).ShouldBeOfType<WorkerLine.Foreign>().IsReport.ShouldBeFalse();
        WorkerLine.Parse("{\"trial\": 2, \"value\": 1, \"step\": 4}", 3).ShouldBeOfType<WorkerLine.Foreign>().IsReport.ShouldBeTrue();
    }

    [Fact]
    public void Metrics_go_with_the_result()
    {
        var line = WorkerLine.Parse("{\"trial\": 3, \"value\": 1, \"metrics\": {\"latency_ms\": 12.5, \"recall\": NaN}}", 3);
        line.ShouldBeOfType<WorkerLine.Result>().Told.Metrics
            .ShouldBe(new Dictionary<string, string> { ["latency_ms"] = "12.5", ["recall"] = "NaN" });
    }

    private static readonly IReadOnlyList<string> None = [];
    private static readonly Dictionary<string, string> NoMetrics = [];
}
