using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Studies;

using static Tenfold.Reports.Tests.Study_reports_show_correct_results;

namespace Tenfold.Reports.Tests;

public sealed class Confirmations_are_shown_in_the_report
{
    [Theory]
    [InlineData(MetricGoal.Maximize, 0.98, 0.96)]
    [InlineData(MetricGoal.Minimize, 0.02, 0.04)]
    public void The_winners_curse_is_its_value_in_the_sweep_minus_its_fresh_mean(MetricGoal goal, double lucky, double true1)
    {
        var model = StudyReportModel.From(Simple(goal, [lucky, true1]) with
        {
            Confirmed = [Finalist(1, true1, true1 + 0.001, true1 - 0.001), Finalist(2, true1 - 0.001, true1, true1 + 0.001)],
        });
        StudyConfirmationSection.Drop(model)!.Value.ShouldBe(0.02, 1e-12);
        var text = Page(model).Value;
        text.ShouldContain(
            $"In the sweep trial 1 had {model.Text(lucky)}; with fresh seeds it has {model.Text(true1)} (95\u00a0% interval");
        text.ShouldContain("0.0200 of it was luck, so expect the fresh mean.");
        Facts(Page(model))["Lost when run again: the winner's curse"].ShouldBe("0.0200");
    }

    [Fact]
    public void The_drop_compares_only_values_of_the_winner()
    {
        var model = StudyReportModel.From(
            Simple(MetricGoal.Maximize, [0.98, 0.96]) with { Confirmed = [Finalist(2, 0.959, 0.961, 0.962)] });
        var text = Page(model).Value;
        text.ShouldContain("In the sweep trial 2 had 0.96");
        text.ShouldContain("The best single value of the sweep, 0.98");
        text.ShouldContain("belongs to trial 1; this comparison doesn't say how much of it is luck.");
        text.ShouldNotContain("was luck, so");
    }

    [Fact]
    public void The_best_fresh_runs_win()
    {
        var kept = StudyReportModel.From(Simple(MetricGoal.Maximize,
            [0.9, 0.9]) with
        { Confirmed = [Finalist(1, 0.94, 0.90, 0.93, 0.92), Finalist(2, 0.90, 0.92, 0.94, 0.91)] });
        kept.Confirmation!.WinnerTrial.ShouldBe(1);
        Page(kept).Value.ShouldContain("Trial 1 led after the sweep, and has the best fresh runs too.");
        var shown = StudyReportModel.From(Simple(MetricGoal.Maximize,
            [0.9, 0.9]) with
        { Confirmed = [Finalist(1, 0.90, 0.91, 0.92, 0.93, 0.90), Finalist(2, 0.95, 0.961, 0.97, 0.979, 0.95)] });
        shown.Confirmation!.WinnerTrial.ShouldBe(2);
        shown.Confirmation.Runs.Comparisons[0].Verdict.ShouldBe(Verdict.Better);
        Page(shown).Value.ShouldContain("Trial 1 led after the sweep, but trial 2 has better fresh runs, by more than chance.");
    }

    [Fact]
    public void The_gain_over_the_baseline_is_told()
    {
        SeedValue[] winner = [new(1, 0.95), new(2, 0.961), new(3, 0.97), new(4, 0.979), new(5, 0.95)];
        SeedValue[] baseline = [.. winner.Select(run => run with { Value = run.Value - 0.02 - (run.Seed * 1e-4) })];
        var gain = Comparison.Between(winner, baseline, MetricGoal.Maximize);
        var model = StudyReportModel.From(Simple(MetricGoal.Maximize, [0.9, 0.9]) with
        {
            Confirmed = [Finalist(1, 0.90, 0.91, 0.92, 0.93, 0.90), Finalist(2, 0.95, 0.961, 0.97, 0.979, 0.95)],
            Measured = new ConfirmationMeasurement(gain.Candidate, 5, gain.Baseline, 5, gain),
        });
        model.Confirmation!.WinnerSummary.ShouldBe(gain.Candidate);
        Page(model).Value.ShouldContain("Trial 2 is better than the baseline settings");
    }

    [Fact]
    public void Finalists_are_compared_like_groups()
    {
        var model = Study_reports_are_safe_pages.All["confirmed"];
        var runs = model.Confirmation!.Runs;
        var expected = Comparison.Family([.. runs.Groups.Skip(1).Select(Fixture.SeedValues)], Fixture.SeedValues(runs.Groups[0]),
            MetricGoal.Maximize);
        runs.Comparisons
            .Select(one => (one.Verdict, one.AdjustedPValue)).ShouldBe(expected.Select(one => (one.Verdict, one.AdjustedPValue)));
        Page(model).Descendants("div").Count(one => ((string?)one.Attribute("class"))?.Contains("verdict") == true).ShouldBe(2);
    }
}
