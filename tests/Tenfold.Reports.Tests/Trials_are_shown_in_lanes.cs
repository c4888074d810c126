using Tenfold.Reports.Studies;

namespace Tenfold.Reports.Tests;

public sealed class Trials_are_shown_in_lanes
{
    [Fact]
    public void Bars_of_one_lane_never_overlap_and_lanes_are_as_few_as_possible()
    {
        var spans = Study_reports_are_safe_pages.Inputs()["confirmed"].Spans;
        var lanes = StudyLanes.Of(spans, Fixture.Now);
        lanes.Count.ShouldBe(8);
        lanes.Sum(lane => lane.Spans.Count).ShouldBe(spans.Count);
        foreach (var lane in lanes)
            for (var i = 1; i < lane.Spans.Count; i++) lane.Spans[i].Start.ShouldBeGreaterThanOrEqualTo(lane.Spans[i - 1].End!.Value);
    }

    [Fact]
    public void Known_lanes_are_kept_and_a_running_trial_occupies_its_lane()
    {
        TrialSpan Span(int trial, int start, int? end, string? host = null, int? lane = null) =>
            new(trial, Fixture.Start.AddSeconds(start), end is { } at ? Fixture.Start.AddSeconds(at) : null, host, lane);
        var lanes = StudyLanes.Of([Span(1, 0, 10, "b", 7), Span(2, 5, 9, "b", 7), Span(3, 0, null, "a"), Span(4, 60, 70, "a")],
            Fixture.Now);
        lanes.Select(lane => (lane.Name, string.Join(",", lane.Spans.Select(span => span.Trial)))).ShouldBe([("a 1", "3"), ("a 2", "4"),
            ("b", "1,2")]);
    }
}
