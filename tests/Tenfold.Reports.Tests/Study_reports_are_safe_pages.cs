using System.Xml.Linq;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Studies;

namespace Tenfold.Reports.Tests;

public sealed class Study_reports_are_safe_pages
{
    private const string Hostile = "</style></title><script>alert('x')</script>\"& \u001b[31m\u202e ]]> --> é";

    private static readonly Lazy<Dictionary<string, StudyReportModel>> Made = new(() => Inputs()
        .ToDictionary(one => one.Key, one => StudyReportModel.From(one.Value), StringComparer.Ordinal));

    public static TheoryData<string> Samples => new(Inputs().Keys);

    internal static IReadOnlyDictionary<string, StudyReportModel> All => Made.Value;

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_is_well_formed_and_complete(string sample)
    {
        var model = All[sample];
        var html = StudyHtmlReport.Render(model);
        Keep(sample, html);
        var page = Group_reports_are_safe_pages.Parse(html);
        page.Value.ShouldContain(model.Study.Id);
        page.Descendants("table")
            .Where(table => ((string?)table.Attribute("class"))?.StartsWith("runs") == true).Sum(table =>
            table.Element("tbody")!.Elements("tr").Count())
            .ShouldBe(Math.Min(200, model.Trials.Count), "every trial has its row, up to 200");
        string[] places = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "height", "width", "style"];
        string[] broken = ["NaN", "∞", "Infinity", "E"];
        page.Descendants().Attributes().Where(one => places.Contains(one.Name.LocalName))
            .ShouldAllBe(one => !broken.Any(part => one.Value.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_contains_no_scripts_and_loads_nothing(string sample)
    {
        var html = StudyHtmlReport.Render(All[sample]);
        var page = Group_reports_are_safe_pages.Parse(html);
        string[] loading = ["script", "link", "img", "image", "iframe", "object", "embed", "use", "base", "form", "a", "foreignObject"];
        page.Descendants().Select(one => one.Name.LocalName).ShouldNotContain(name => loading.Contains(name));
        page.Descendants().Attributes().Select(one => one.Name.LocalName)
            .ShouldNotContain(name => name == "src" || name == "href" || name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        var style = page.Descendants("style").Single().Value;
        style.ShouldNotContain("url(");
        style.ShouldNotContain("@import");
        page.Descendants("meta").Single(one =>
            (string?)one.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value
            .ShouldStartWith("default-src 'none'; style-src 'unsafe-inline'");
        html.ShouldNotContain("http:", Case.Insensitive);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_chart_has_a_title_and_a_description(string sample)
    {
        var page = Group_reports_are_safe_pages.Parse(StudyHtmlReport.Render(All[sample]));
        var ids = page.Descendants().Attributes("id").Select(one => one.Value).ToHashSet();
        ids.Count.ShouldBe(page.Descendants().Attributes("id").Count(), "ids are unique");
        foreach (var picture in page.Descendants("svg").Where(one => (string?)one.Attribute("role") == "img"))
        {
            foreach (var id in picture.Attribute("aria-labelledby")!.Value.Split(' ')) ids.ShouldContain(id);
            picture.Element("title")!.Value.Length.ShouldBeGreaterThan(5);
            picture.Element("desc")!.Value.Length.ShouldBeGreaterThan(5);
        }
    }

    [Fact]
    public void Hostile_text_is_escaped()
    {
        var html = StudyHtmlReport.Render(All["hostile"]);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("</style></title>");
        html.ShouldNotContain("\u202e");
        html.ShouldNotContain("\u001b");
        var page = Group_reports_are_safe_pages.Parse(html);
        page.Descendants("dt").ShouldContain(cell => cell.Value.StartsWith("</style></title><script>") && cell.Value.Contains('\ufffd'),
            "a parameter's name");
        page.Descendants("td").ShouldContain(cell => ((string?)cell.Attribute("title") ?? "").Contains("␛[31m"), "a parameter's value");
        page.Descendants("td").ShouldContain(cell => cell.Value.Contains("<script>alert('x')</script>"), "a reason");
    }

    [Fact]
    public void Equal_studies_give_equal_pages() =>
        StudyHtmlReport.Render(StudyReportModel.From(Inputs()["confirmed"])).ShouldBe(StudyHtmlReport.Render(All["confirmed"]));

    [Fact]
    public void The_order_of_the_trials_changes_nothing()
    {
        var input = Inputs()["pruned"];
        StudyHtmlReport.Render(StudyReportModel.From(input with
        {
            Trials = [.. input.Trials.Reverse()],
            Rungs = [.. input.Rungs.Reverse()],
            Spans = [.. input.Spans.Reverse()]
        }))
            .ShouldBe(StudyHtmlReport.Render(All["pruned"]));
    }

    [Fact]
    public void Five_thousand_trials_stay_small_enough_to_mail()
    {
        var html = StudyHtmlReport.Render(All["many"]);
        html.Length.ShouldBeLessThan(1_500_000);
        html.ShouldContain("Of 5000 trials, 500 are drawn");
        html.ShouldContain("The best 200 of 5000 trials");
    }

    [Theory]
    [InlineData("empty", "No trial has been suggested yet.")]
    [InlineData("failed", "No trial has a value of accuracy yet.")]
    [InlineData("all-pruned", "No trial has a value of accuracy yet.")]
    [InlineData("one", "There are too few values for a model, so the report can't say which parameters matter.")]
    [InlineData("flat", "The model sees no difference anywhere")]
    [InlineData("many", "Of 5000 trials")]
    public void The_page_says_what_is_missing(string sample, string words) =>
        Group_reports_are_safe_pages.Parse(StudyHtmlReport.Render(All[sample])).Value.ShouldContain(words);

    internal static Dictionary<string, StudyReportInput> Inputs()
    {
        var sixty = StudyFixture.Search(60);
        var empty = sixty with
        {
            Trials = [],
            Spans = [],
            Model = null,
            Study = sixty.Study with { State = StudyState.Running, EndedAt = null }
        };
        TrialRecord[] lost = [.. sixty.Trials
            .Select(trial => trial with { State = TrialState.Failed, Values = [], Why = new Reason.Note("out of memory") })];
        var pruned = StudyFixture.Search(120, isPruned: true);
        var fixedOnly = StudyFixture.Study(new OrderedDictionary<string,
            SearchDimension>
        { ["epochs"] = new FixedDimension(new IntegerValue(40)) });
        return new(StringComparer.Ordinal)
        {
            ["sixty"] = sixty,
            ["confirmed"] = StudyFixture.Confirmed(sixty),
            ["repeated"] = StudyFixture.Search(40, repeat: 3),
            ["pruned"] = pruned,
            ["pruned-confirmed"] = StudyFixture.Confirmed(pruned),
            ["minimise"] = StudyFixture.Confirmed(StudyFixture.Search(80, isPruned: true, MetricGoal.Minimize)),
            ["many"] = StudyFixture.Search(5000) with { Model = null },
            ["empty"] = empty,
            ["running"] = empty with
            {
                Trials = [StudyFixture.Trial(1, sixty.Trials[0].Parameters.GetRawText(), TrialState.Running)],
                Spans = [new(1, Fixture.Start, null)]
            },
            ["one"] = sixty with { Trials = [sixty.Trials[0]], Spans = [sixty.Spans[0]], Model = null },
            ["two"] = sixty with { Trials = [.. sixty.Trials.Take(2)], Spans = [], Model = null },
            ["failed"] = sixty with { Trials = lost, Model = null },
            ["all-pruned"] = pruned with
            {
                Trials = [.. pruned.Trials.Select(trial => trial with { State = TrialState.Pruned, Values = [] })],
                Rungs = [.. pruned.Rungs
                    .Select(rung => rung with { IsPruned = true, Value = rung.Number % 9 == 0 ? double.NaN : rung.Value })],
                Model = null,
            },
            ["flat"] = sixty with
            {
                Trials = [.. sixty.Trials
                .Select(trial => trial with { Values = trial.Values.Count == 0 ? [] : [0.5] })],
                Model = new(_ => 0.5, _ => (0.5, 0))
            },
            ["broken-model"] = sixty with { Model = new(_ => double.NaN, _ => (double.NaN, double.NaN)) },
            ["huge"] = sixty with
            {
                Trials = [.. sixty.Trials
                .Select((trial, i) => trial with { Values = trial.Values.Count == 0 ? [] : [(i % 3 - 1) * 1.7e308] })],
                Model = null
            },
            ["tiny"] = sixty with
            {
                Trials = [.. sixty.Trials
                .Select((trial, i) => trial with { Values = trial.Values.Count == 0 ? [] : [i * 5e-324] })],
                Model = null
            },
            ["fixed-only"] = sixty with { Study = fixedOnly, Model = null },
            ["finalist-failed"] = StudyFixture.Confirmed(sixty) is var done
                ? done with
                {
                    Confirmed = [.. done.Confirmed.Select((one, i) => i == 0
                    ? one with { Runs = one.Runs with { Runs = [.. one.Runs.Runs.Select(run => run with { Metrics = [] })] } } : one)]
                }
                : done,
            ["hostile"] = HostileInput(),
        };
    }

    private static StudyReportInput HostileInput()
    {
        var name = Hostile + string.Concat(Enumerable.Repeat("very-long-name-", 30));
        var space = new OrderedDictionary<string, SearchDimension>(StringComparer.Ordinal)
        {
            [name] = new ChoiceDimension([new TextValue(Hostile), new TextValue("<b>" + new string('x', 3000))], Ordered: false),
            ["on\"load='"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
            ["one"] = new RangeDimension { Min = 1e-300, Max = 1e300, Whole = false, Scale = RangeScale.Log },
            ["near"] = new RangeDimension { Min = 1, Max = 1 + 1e-12, Whole = false, Scale = RangeScale.Log },
        };
        var search = new SearchSpace(space);
        TrialRecord[] trials =
        [
            .. Enumerable.Range(1, 30)
                .Select(i => StudyFixture.Trial(i, search.Decode(search.Snap([i % 2, i / 30.0, 1 - (i / 30.0), 0.5])).ToJson(),
                TrialState.Completed, i) with
            {
                Method = Hostile, Reason = new Reason.Note(Hostile), Why = new Reason.Note(Hostile + new string('y', 4000)),
            }),
            StudyFixture.Trial(31, """{"one": {"not": "a parameter"}}""", TrialState.Completed, 3),
            StudyFixture.Trial(32, "[]", TrialState.Failed),
            StudyFixture.Trial(33, """{"one": 7, "near": "text", "unknown": [1, 2]}""", TrialState.Lost) with { Again = 2 },
        ];
        var study = StudyFixture.Study(space, metric: Hostile);
        var work = study.Spec.Work! with { Command = Hostile };
        return new()
        {
            Study = study with
            {
                Root = Hostile,
                Host = Hostile,
                GitBranch = Hostile,
                Reason = new Reason.Note(Hostile),
                State = StudyState.Cancelled,
                Spec = study.Spec with { Project = Hostile, From = Hostile, Work = work }
            },
            Trials = trials,
            Spans = [.. trials
                .Select(trial => new TrialSpan(trial.Number, trial.AskedAt, trial.EndedAt, Hostile + trial.Number % 3, trial.Number % 2 == 0
                ? 1 : null))],
            Rungs = [.. trials.Select(trial => new RungRecord(trial.Number, 1, trial.Number == 3
                ? double.PositiveInfinity : trial.Number, Fixture.Start, trial.Number > 20, 20))],
            Model = new(point => point[0] + point[1], point => (point[0] + point[1], 0.1)),
            Now = Fixture.Now,
        };
    }

    /// <summary>Stores the page for inspection when <c>TENFOLD_TEST_REPORTS</c> names a folder.</summary>
    private static void Keep(string name, string html)
    {
        if (Environment.GetEnvironmentVariable("TENFOLD_TEST_REPORTS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, $"study-{name}.html"), html);
    }
}
