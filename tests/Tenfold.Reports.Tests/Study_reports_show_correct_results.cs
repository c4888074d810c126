using System.Globalization;
using System.Xml.Linq;
using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Study_reports_show_correct_results
{
    private static readonly OrderedDictionary<string,
        SearchDimension> Line = new(StringComparer.Ordinal) { ["x"] = new RangeDimension { Min = 0, Max = 1, Whole = false } };

    [Theory]
    [InlineData("confirmed")]
    [InlineData("minimise")]
    public void The_best_trial_is_the_best_by_the_model_and_not_the_luckiest(string sample)
    {
        var input = Study_reports_are_safe_pages.Inputs()[sample];
        var model = Study_reports_are_safe_pages.All[sample];
        var space = new SearchSpace(StudyFixture.Digits);
        var expected = input.Trials
            .Where(trial => trial.Values.Count > 0).MaxBy(trial =>
            input.Model!.Mean(space.Encode(Parameters.FromJson(trial.Parameters.GetRawText()))!))!;
        model.Best!.Number.ShouldBe(expected.Number);
        model.Best.Number.ShouldNotBe(model.Ranked[0].Number, "else this shows nothing");
        var sign = input.Study.Spec.Metric.Goal == MetricGoal.Maximize ? 1 : -1;
        model.Predicted!.Value.Mean.ShouldBe(sign * input.Model!.Mean(model.Best.Point!));
        model.Ranked.Select(trial => sign * trial.Value!.Value).ShouldBeInOrder(SortDirection.Descending);
        var facts = Facts(Page(model));
        facts["Best by the model"].ShouldBe($"trial {expected.Number}");
        facts["Its value in the sweep"].ShouldBe(model.Text(expected.Value!.Value));
        facts["The model's mean ± standard deviation"].ShouldStartWith($"{model.Text(model.Predicted.Value.Mean)} ± ");
    }

    [Theory]
    [InlineData(1, new[] { 1, 3 })]
    [InlineData(-1, new[] { 1, 2, 4 })]
    public void The_best_so_far_changes_only_at_improvements(int sign, int[] expected)
    {
        (int Number, double? Value)[] trials = [(0, null), (1, 5), (2, 3), (3, 6), (4, 1), (5, 6), (6, 1)];
        StudyProgressChart.Improvements(trials, trial => trial.Value, sign).Select(trial => trial.Number).ShouldBe(expected);
    }

    [Fact]
    public void Only_finite_values_of_completed_trials_count()
    {
        var input = Simple(MetricGoal.Maximize, [0.5, 0.6, double.NaN, 0.99, 0.98]);
        var model = StudyReportModel.From(input with
        {
            Trials = [.. input.Trials.Take(3), input.Trials[3] with { State = TrialState.Failed },
                input.Trials[4] with { State = TrialState.Pruned }],
        });
        model.Ranked.Select(trial => trial.Number).ShouldBe([2, 1]);
        model.Notes.ShouldContain(new Note.TrialsWithoutValue(1));
        model.Notes.ShouldContain(new Note.TrialsFailed(1, 5));
        NoteText.Sentence(model.Notes[0]).ShouldStartWith("1 of 5 trials failed (");
    }

    [Fact]
    public void A_line_breaks_where_a_parameter_is_inactive()
    {
        var model = Study_reports_are_safe_pages.All["sixty"];
        var lines = Page(model).Descendants("path")
            .Where(path => ((string?)path.Attribute("class"))?.StartsWith("trial r") == true).ToArray();
        lines.Length.ShouldBe(model.Ranked.Count);
        foreach (var trial in model.Ranked)
        {
            var line = lines.Single(path => path.Element("title")!.Value.StartsWith($"trial {trial.Number}:"));
            line.Attribute("d")!.Value.Count(sign => sign == 'M').ShouldBe(trial.Settings["optimizer"].Text == "sgd" ? 1 : 2);
        }

        model.Ranked.Select(trial => trial.Settings["optimizer"].Text == "sgd").Distinct().Count().ShouldBe(2, "both kinds are there");
    }

    [Fact]
    public void Every_value_has_a_dot_in_each_slice_where_it_is_active()
    {
        var model = Study_reports_are_safe_pages.All["sixty"];
        var page = Page(model);
        foreach (var axis in model.Axes)
        {
            var slice = page.Descendants("svg").Single(one => one.Element("title")?.Value == $"accuracy over {axis.Name}");
            slice.Descendants("circle").Count(one => (string?)one.Attribute("class") == "dot faint g0").ShouldBe(model.Ranked.Count(trial =>
                trial.Settings.ContainsKey(axis.Name)), axis.Name);
        }
    }

    [Fact]
    public void Slices_and_contour_show_the_model_around_the_best_trial()
    {
        var input = Simple(MetricGoal.Minimize, [.. Enumerable.Range(0, 20).Select(i => 1.0 + i)]);
        var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal)
        {
            ["x"] = new RangeDimension { Min = 0, Max = 10, Whole = false },
            ["y"] = new ChoiceDimension([new TextValue("a"), new TextValue("b"), new TextValue("c")], Ordered: false),
            ["idle"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
        };
        // The loss is x + 10 times the choice; larger is better for a model.
        var model = StudyReportModel.From(input with
        {
            Study = StudyFixture.Study(space, MetricGoal.Minimize, "loss"),
            Trials = [.. Enumerable.Range(1, 20)
                .Select(i => StudyFixture.Trial(i, $$"""{"x": {{i / 2.0}}, "y": "{{"abc"[i % 3]}}", "idle": 0.5}""", TrialState.Completed,
                (i / 2.0) + (10 * (i % 3))))],
            Model = new(point => -((10 * point[0]) + (10 * Math.Floor(point[1] * 3))),
                point => (-((10 * point[0]) + (10 * Math.Floor(point[1] * 3))), 0.5)),
        });
        model.Best!.Number.ShouldBe(3, "x 1.5 and a");
        model.Slices[0].Points.ShouldAllBe(point => Math.Abs(point.Mean - point.Place) < 1e-9 && point.Deviation == 0.5);
        model.Slices[0].Points[0].Place.ShouldBe(0);
        model.Slices[0].Points[^1].Place.ShouldBe(10);
        model.Slices[1].Points.Select(point => point.Mean).ShouldBe([1.5, 11.5, 21.5], 1e-9);
        var contour = model.Contour!;
        (contour.Across.Name, contour.Up.Name).ShouldBe(("y", "x"));
        contour.Means.Length.ShouldBe(3);
        contour.Ends(-1).Best.ShouldBe(contour.Means[0][0]!.Value);
        contour.AcrossEdges.Length.ShouldBe(4);
        var importance = model.Importance!;
        importance.Axes[2].ShouldBe(new("idle", 0, 0));
        // 100 / 12 of 100 / 12 + 200 / 3.
        importance.Axes[0].Alone.ShouldBe(1 / 9.0, 0.02);
        Page(model).Value.ShouldContain($"y matters most: alone it explains {Math.Round(100 * importance.Axes[1].Alone)}\u00a0% of the "
            + "variance that the model sees");
    }

    [Fact]
    public void Rungs_show_arrived_and_pruned_trials()
    {
        var model = Study_reports_are_safe_pages.All["pruned"];
        var page = Page(model);
        foreach (var rung in model.Rungs.GroupBy(rung => rung.Rung))
        {
            var ended = rung.Count(one => one.IsPruned);
            page.Descendants("span").ShouldContain(one =>
                one.Value == $"{rung.Count()} trials arrived · {ended} ended here · {rung.Count() - ended} continued");
        }

        model.Trials.First(trial =>
            trial.Record.State == TrialState.Pruned).StateText.ShouldBe("pruned at "
            + $"{model.Trials.First(trial => trial.Record.State == TrialState.Pruned).Rung!.Rung}");
    }

    [Fact]
    public void Without_confirmation_a_note_calls_the_best_value_optimistic()
    {
        var model = Study_reports_are_safe_pages.All["sixty"];
        model.Notes.ShouldContain(new Note.NotConfirmed(model.Ranked.Count));
        Page(model).Value.ShouldContain($"The best of {model.Ranked.Count} values is optimistic");
        model.Notes.ShouldContain(new Note.NoiseUnknown());
        Study_reports_are_safe_pages.All["confirmed"].Notes.ShouldNotContain(note => note is Note.NotConfirmed);
        Study_reports_are_safe_pages.All["repeated"].Notes.ShouldNotContain(new Note.NoiseUnknown());
        Study_reports_are_safe_pages.All["running"].Notes.ShouldContain(new Note.StudyUnfinished(IsConfirming: false));
        StudyReportModel.From(Simple(MetricGoal.Maximize, [0.5, 0.5, 0.5])).Notes.ShouldContain(new Note.EqualTrialValues());
        var unread = StudyReportModel.From(Simple(MetricGoal.Maximize, [0.5, 0.6]) with { LinesUnread = [2] });
        Page(unread).Value.ShouldContain("Runs of trial 2 printed metric lines that could not be read");
    }

    [Fact]
    public void The_noise_of_a_run_is_pooled_from_repeats()
    {
        var input = Simple(MetricGoal.Maximize, [0, 0, 0]);
        var model = StudyReportModel.From(input with
        {
            Trials = [input.Trials[0] with { Values = [1, 3] },
            input.Trials[1] with { Values = [5, 5, 8] }, input.Trials[2]]
        });
        // Sums of squares 2 and 6 over 1 + 2 degrees of freedom.
        model.Noise!.Value.ShouldBe(Math.Sqrt(8 / 3.0), 1e-12);
        Study_reports_are_safe_pages.All["repeated"].Noise!.Value.ShouldBe(StudyFixture.Noise, StudyFixture.Noise / 4);
    }

    [Fact]
    public void A_long_table_summarises_the_trials_that_it_omits()
    {
        var model = Study_reports_are_safe_pages.All["many"];
        TrialState[] rest = [.. model.Ranked.Skip(200).Select(trial => trial.Record.State), .. model.Trials
            .Where(trial => trial.Value is null).Select(trial => trial.Record.State)];
        Page(model).Value.ShouldContain($"Not listed: {rest.Length} trials ({rest.Count(state => state == TrialState.Completed)} "
            + $"completed, {rest.Count(state => state == TrialState.Failed)} failed), "
            + $"with values from {model.Text(model.Ranked[200].Value!.Value)} to {model.Text(model.Ranked[^1].Value!.Value)}.");
    }

    [Fact]
    public void A_very_poor_value_does_not_compress_the_axis()
    {
        var scale = ClippedAxis.Of([0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.1], MetricGoal.Maximize);
        scale.Beyond.ShouldBe(1);
        (scale.Axis.At(0.97) - scale.Axis.At(0.92)).ShouldBeGreaterThan(0.25);
        scale.Axis.At(0.1).ShouldBe(0);
        ClippedAxis.Of([1, 2, 3], MetricGoal.Minimize).Beyond.ShouldBe(0);
        ClippedAxis.Of([0.01, 0.1, 5], MetricGoal.Minimize).Axis.IsLog.ShouldBeTrue();
    }

    [Fact]
    public void A_narrow_log_scale_has_labels_too()
    {
        ChartAxis.Log(8, 256).Ticks.Select(tick => tick.Label).ShouldBe(["10", "20", "50", "100", "200"]);
        ChartAxis.Log(0.3, 0.8).Ticks.Count.ShouldBeGreaterThan(1);
        ChartAxis.Log(1e-4, 1).Ticks.Select(tick => tick.Label).ShouldBe(["0.0001", "0.001", "0.01", "0.1", "1"]);
        ChartAxis.Categories(["a", "b"]).At(0).ShouldBe(0.25);
        ChartAxis.Whole(1, 4).Ticks.Select(tick => tick.Label).ShouldBe(["1", "2", "3", "4"]);
        ChartAxis.Log(1e-4, 1).Fitting(70).Count().ShouldBeLessThan(3);
    }

    [Fact]
    public void Thinning_keeps_the_best()
    {
        int[] ranked = [.. Enumerable.Range(0, 1000)];
        var kept = Thinned.BestAndEvenly(ranked, 100);
        kept.Count.ShouldBe(100);
        kept.Take(25).ShouldBe(Enumerable.Range(0, 25));
        kept[^1].ShouldBe(999);
        kept.ShouldBeUnique();
        Thinned.Evenly(ranked, 7).ShouldBe([0, 166, 333, 499, 666, 832, 999]);
    }

    internal static XElement Page(StudyReportModel model) => Group_reports_are_safe_pages.Parse(StudyHtmlReport.Render(model));

    internal static Dictionary<string, string> Facts(XElement page) =>
        page.Descendants("dl").First(one => (string?)one.Attribute("class") == "facts headline").Elements("div")
        .ToDictionary(one => one.Element("dt")!.Value, one => one.Element("dd")!.Value);

    internal static StudyReportInput Simple(MetricGoal goal, IReadOnlyList<double> values) => new()
    {
        Study = StudyFixture.Study(Line, goal),
        Trials = [.. values
            .Select((value, i) => StudyFixture.Trial(i
            + 1, $$"""{"x": {{(i / (double)values.Count).ToString(CultureInfo.InvariantCulture)}}}""", TrialState.Completed, value))],
        Now = Fixture.Now,
    };

    internal static ConfirmedTrial Finalist(int trial, params double[] values) =>
        new(trial, Fixture.OfValues($"finalist{trial}"[..8], [.. values.Select(value => (double?)value)]));
}
