using System.Xml;
using System.Xml.Linq;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;

namespace Tenfold.Reports.Tests;

public sealed class Group_reports_are_safe_pages
{
    private const string Hostile = "</style></title><script>alert('x')</script>\"&\u0000\u001b[31m\u202e\ud800 ]]> --> é";

    public static TheoryData<string> Samples => new(All.Keys);

    private static Dictionary<string, ReportModel> All { get; } = new(StringComparer.Ordinal)
    {
        ["one"] = Fixture.One(),
        ["two"] = Fixture.Two(),
        ["four"] = Fixture.Four(),
        ["single"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", 0.97)),
        ["equal"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", 0.97, 0.97, 0.97), Fixture.OfValues("bbbbbbbb", 0.96, 0.96, 0.96)),
        ["huge"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", 1e300, -1.7e308, 1.7e308, 3), Fixture.OfValues("bbbbbbbb", 1, 2, 1e308, -5)),
        ["tiny"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", 1e-310, 2e-310, 3.3e-310), Fixture.OfValues("bbbbbbbb", 5e-324, 0, 1e-309)),
        ["offset"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", 1e9 + 0.001, 1e9 + 0.002, 1e9 + 0.004)),
        ["nan"] = Fixture.Model(
            Fixture.OfValues("aaaaaaaa", double.NaN, double.PositiveInfinity), Fixture.OfValues("bbbbbbbb", 0.9, double.NaN, 0.8)),
        ["none"] = Fixture.Model(Fixture.OfValues("aaaaaaaa", null, null)),
        ["no-runs"] = Fixture.Model(new GroupRuns(Fixture.Group("aaaaaaaa"), [])),
        ["no-metric"] = ReportModel.From([Fixture.OfValues("aaaaaaaa", null, 0.9), Fixture.OfValues("bbbbbbbb", 1)], null, Fixture.Now),
        ["many"] = Fixture.Model(
            Fixture.Training("aaaaaaaa", """{"a":1}""", 500, epochs: 256),
            Fixture.Training("bbbbbbbb", """{"a":2}""", 500, 0.9553, 256)),
        ["metrics"] = Fixture.Model(new GroupRuns(
            Fixture.Group("aaaaaaaa"),
            [Fixture.Run("aaaaaaaa", 1, [.. Enumerable.Range(1, 20).Select(i => Fixture.Metric($"metric_{i}", i, i * 2, 3))])])),
        ["hostile"] = HostileModel(),
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_is_well_formed_and_complete(string sample)
    {
        var html = HtmlReport.Render(All[sample]);
        Keep(sample, html);
        var page = Parse(html);
        var text = page.Value;
        foreach (var group in All[sample].Groups) text.ShouldContain(group.Group.Id);
        page.Descendants("table").Where(table => (string?)table.Attribute("class") == "runs")
            .Sum(table => table.Element("tbody")!.Elements("tr").Count())
            .ShouldBe(All[sample].Groups.Sum(group => group.Runs.Count), "every run has its row");
        string[] places = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "height", "style"];
        string[] broken = ["NaN", "∞", "Infinity", "E"];
        page.Descendants().Attributes().Where(one => places.Contains(one.Name.LocalName))
            .ShouldAllBe(one => !broken.Any(part => one.Value.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_contains_no_scripts_and_loads_nothing(string sample)
    {
        var page = Parse(HtmlReport.Render(All[sample]));
        string[] loading = ["script", "link", "img", "image", "iframe", "object", "embed", "use", "base", "form", "a", "foreignObject"];
        page.Descendants().Select(one => one.Name.LocalName).ShouldNotContain(name => loading.Contains(name));
        page.Descendants().Attributes().Select(one => one.Name.LocalName)
            .ShouldNotContain(name => name == "src" || name == "href" || name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        var style = page.Descendants("style").Single().Value;
        style.ShouldNotContain("url(");
        style.ShouldNotContain("@import");
        var policy = page.Descendants("meta").Single(one => (string?)one.Attribute("http-equiv") == "Content-Security-Policy");
        policy.Attribute("content")!.Value.ShouldStartWith("default-src 'none'; style-src 'unsafe-inline'");
        HtmlReport.Render(All[sample]).ShouldNotContain("http:", Case.Insensitive);
    }

    [Fact]
    public void Hostile_text_is_escaped()
    {
        var html = HtmlReport.Render(All["hostile"]);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("</style></title>");
        html.ShouldNotContain("\u202e");
        html.ShouldNotContain("\u001b");
        var page = Parse(html);
        page.Value.ShouldContain("<script>alert('x')</script>");
        page.Descendants("td").ShouldContain(cell =>
            cell.Value.StartsWith("</style></title><script>") && cell.Value.Contains("␀␛[31m\ufffd\ufffd"));
    }

    [Fact]
    public void Every_chart_has_a_title_and_a_description()
    {
        var page = Parse(HtmlReport.Render(All["four"]));
        var ids = page.Descendants().Attributes("id").Select(one => one.Value).ToArray();
        ids.ShouldBeUnique();
        var pictures = page.Descendants("svg").Where(one => (string?)one.Attribute("role") == "img").ToArray();
        pictures.Length.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var picture in pictures)
            foreach (var id in picture.Attribute("aria-labelledby")!.Value.Split(' ')) ids.ShouldContain(id);
        pictures.ShouldAllBe(one => one.Element("title")!.Value.Length > 5 && one.Element("desc")!.Value.Length > 5);
    }

    [Fact]
    public void Equal_models_give_equal_pages() => HtmlReport.Render(Fixture.Four()).ShouldBe(HtmlReport.Render(Fixture.Four()));

    [Fact]
    public void Five_hundred_runs_stay_small_enough_to_mail() => HtmlReport.Render(All["many"]).Length.ShouldBeLessThan(6_000_000);

    internal static XElement Parse(string html)
    {
        html.ShouldStartWith("<!DOCTYPE html>");
        using var reader = XmlReader.Create(new StringReader(html), new() { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader).Root!;
    }

    private static ReportModel HostileModel()
    {
        var name = string.Concat(Enumerable.Repeat("very-long-name-", 40)) + Hostile;
        var key = System.Text.Json.JsonSerializer.Serialize(name.Replace("\ud800", ""));
        var parameters = $$"""{ {{key}}: "</script><img src=x onerror=alert(1)>" }""";
        var run = Fixture.Run("aaaaaaaa", 1, Fixture.Metric(name, 1, 2, 3));
        var failed = Fixture.Run("aaaaaaaa", 2);
        failed = failed with
        {
            Run =
            failed.Run with { State = RunState.Failed, Reason = new Reason.Note(Hostile + new string('x', 5000)) }
        };
        var group = Fixture.Group("aaaaaaaa", parameters);
        var data = new Dictionary<string, DataSpec> { [Hostile] = new(Hostile, "0", 1) };
        group = group with
        {
            Root = Hostile,
            Host = Hostile,
            GitBranch = Hostile,
            Version = Hostile,
            Target = Hostile,
            Spec = group.Spec with { Project = Hostile, Command = Hostile, Data = data },
        };
        var other = Fixture.Group("bbbbbbbb", "{}") with { GitDirty = true };
        return ReportModel.From(
            [
                new(group, [run, failed]),
                new(other, [Fixture.Run("bbbbbbbb", 1, Fixture.Metric(name, 2, 3, 4))]),
            ],
            new(name, MetricGoal.Minimize), Fixture.Now, labels: ["aaaaaaaa " + Hostile, "bbbbbbbb " + Hostile + new string('y', 300)]);
    }

    /// <summary>Stores the page for inspection when <c>TENFOLD_TEST_REPORTS</c> names a folder.</summary>
    private static void Keep(string name, string html)
    {
        if (Environment.GetEnvironmentVariable("TENFOLD_TEST_REPORTS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".html"), html);
    }
}
