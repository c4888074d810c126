using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>Writes the sections of a report with charts: verdicts, values, curves and durations.</summary>
public static class ReportSections
{
    private const int MaxMetrics = 12;
    private const int MaxTitleLength = 36;

    /// <summary>Writes the verdict of each candidate and a chart of the differences; nothing without a comparison.</summary>
    public static void Verdicts(Markup page, ReportModel model)
    {
        if (model.Comparisons.Count == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Is the difference real?");
        VerdictCards(page, model);
        var exaggerated = model.Comparisons.Any(comparison => comparison.Verdict != Verdict.NotShown)
            ? "A difference that is shown is exaggerated on average, because a smaller one would not have been shown." : null;
        if (VerdictText.OfProject(model.MadeInProject, model.Options.Alpha) is var made && (made ?? exaggerated) is not null)
            page.Element("p", PageText.Of(string.Join(' ', new[] { exaggerated, made }.OfType<string>())), ("class", "note"));
        Differences(page, model);
    }

    /// <summary>Writes a card for each comparison: the verdict, the numbers behind it, and the notes.</summary>
    internal static void VerdictCards(Markup page, ReportModel model)
    {
        var isFamily = model.Comparisons.Count > 1;
        foreach (var (i, comparison) in model.Comparisons.Index())
        {
            var group = model.Groups[i + 1];
            var word = VerdictText.Word(comparison);
            using var verdict = page.Open("div", ("class", $"card verdict g{(i + 1) % 6} {word.Replace(' ', '-')}"));
            using (page.Open("p", ("class", "sentence")))
            {
                page.Element("span", word, ("class", "badge"));
                page.Text(" ");
                foreach (var phrase in VerdictText.Phrases(comparison, model.Metric!))
                {
                    if (phrase.Role == PhraseRole.Words) page.Text(PageText.Of(phrase.Text));
                    else if (phrase.Role == PhraseRole.Candidate) page.Element("b", group.Label);
                    else page.Element("b", model.Groups[0].Label, ("class", "g0"));
                }
            }

            using (page.Open("dl", ("class", "facts")))
            {
                foreach (var (name, value) in VerdictText.Facts(comparison, isFamily, model.Options.Power))
                    ReportPage.Fact(page, name, value);
                if (model.BadRuns[i] is { } bad) ReportPage.Fact(page, "Runs that failed or diverged", VerdictText.Words(bad));
            }

            if (comparison.Notes.Count == 0) continue;
            using var notes = page.Open("ul", ("class", "notes"));
            foreach (var note in comparison.Notes) page.Element("li", PageText.Of(NoteText.Sentence(note)));
        }

        if (isFamily)
        {
            page.Element("p",
                "Several groups are compared with one baseline, so p-values are adjusted by Holm's method, and each interval is drawn at "
                + "the level of its test. The chance of even one false verdict stays at "
                + PageText.Of($"{Numbers.Percent(model.Options.Alpha)}."), ("class", "note"));
        }
    }

    /// <summary>Writes the values of each group; nothing without a metric.</summary>
    public static void Values(Markup page, ReportModel model)
    {
        if (model.Metric is not { } metric) return;
        using var section = page.Open("section");
        page.Element("h2", $"Values of {ParameterText.Cut(metric, MaxTitleLength)}");
        double[] ends =
        [
            .. model.Groups.Where(group => group.Summary is not null).SelectMany(group => new[]
            {
                group.Summary!.Min, group.Summary.Max,
                group.Location?.Interval?.Low ?? group.Summary.Mean, group.Location?.Interval?.High ?? group.Summary.Mean,
            }),
        ];
        if (ends.Length == 0)
        {
            var counts = model.Groups.Select(group => $"{group.Label}: {CountText.Of(group.Results, hasMetric: true)}.");
            page.Element("p", $"No run has a value of {metric} that counts. {string.Join(" ", counts)}", ("class", "card"));
            return;
        }

        var isPaired = model.Comparisons.Any(comparison => comparison.Method == ComparisonMethod.Paired);
        var rows = model.Groups.Index().Select(group => ValueRow(group.Item, group.Index, model.Spread, isPaired)).ToArray();
        var name = StatisticText.Name(model.Options.Statistic);
        using var figure = page.Open("figure", ("class", "card"));
        StripChart.Draw(page, $"Values of {metric}", Description(rows), rows, ChartAxis.Linear(ends.Min(), ends.Max()),
            $"{ParameterText.Cut(metric, MaxTitleLength)} ({(model.Goal == MetricGoal.Maximize ? "higher" : "lower")} is better)");
        page.Element("figcaption",
            PageText.Of($"Each dot is one run. The diamond is the {name}, and the bar is its "
                + $"{Numbers.Percent(model.Options.Confidence)} interval: where the {name} of endlessly many repeats plausibly lies.")
            + (model.Variance is null ? "" : " Only runs with new draws of all sources are shown.")
            + (isPaired ? " Thin lines join runs with the same seed." : "") + NotCounted(model), ("class", "note"));
    }

    /// <summary>Writes the learning curves, starting with the deciding metric; nothing when no metric was reported.</summary>
    public static void Curves(Markup page, ReportModel model)
    {
        var names = model.Groups.SelectMany(group => group.Runs).SelectMany(run => run.Metrics).Select(metric => metric.Name).Distinct()
            .OrderBy(name => name != model.Metric).ToArray();
        if (names.Length == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Learning curves");
        var charts = names.Select(name => (Name: name, Chart: CurveChart.Of(name, model.Groups))).ToArray();
        CurveChart[] drawn = [.. charts.Where(panel => panel.Chart is not null).Take(MaxMetrics).Select(panel => panel.Chart!)];
        if (drawn.FirstOrDefault()?.SecondHalf() is { } closer) drawn = [drawn[0], closer, .. drawn[1..]];
        if (drawn.Length > 0)
        {
            using var card = page.Open("div", ("class", "card"));
            if (model.Groups.Count > 1)
            {
                using var legend = page.Open("ul", ("class", "legend"));
                foreach (var (i, group) in model.Groups.Index())
                    page.Element("li", group.Label, ("class", $"g{i % 6}{(i >= 6 ? " second" : "")}"), ("title", group.Label));
            }

            using (page.Open("div", ("class", drawn.Length == 1 ? "panels one" : "panels")))
                foreach (var chart in drawn) chart.Draw(page, model.Groups);
            page.Element("p",
                "The horizontal axis is the step. A thin line is one run, a thick line is the mean of a group, and its band is one "
                + "standard deviation up and down. Mean and band are drawn where at least half of the group's runs have a value. Between "
                + "the points that the ledger stores (at most 256 for each run), values are interpolated linearly.", ("class", "note"));
        }

        var (flat, curved) = (charts.Where(panel => panel.Chart is null), charts.Where(panel => panel.Chart is not null));
        ListUndrawn(page, "reported only once in each run, without a curve", [.. flat.Select(panel => panel.Name)]);
        ListUndrawn(page, $"not drawn ({MaxMetrics} are shown)", [.. curved.Skip(MaxMetrics).Select(panel => panel.Name)]);
    }

    /// <summary>Writes how long the runs took, and how they ended.</summary>
    public static void Durations(Markup page, ReportModel model)
    {
        var longest = model.Groups.SelectMany(group => group.Runs).Max(run => run.Duration);
        using var section = page.Open("section");
        page.Element("h2", "Durations");
        if (longest is null)
        {
            page.Element("p", "No run has started.", ("class", "card"));
            return;
        }

        var rows = model.Groups.Index().Select(group => DurationRow(group.Item, group.Index)).ToArray();
        using var figure = page.Open("figure", ("class", "card"));
        StripChart.Draw(page, "Durations of the runs", Description(rows), rows, ChartAxis.Time(longest.Value), "from first start to end");
        page.Element("figcaption",
            "Each mark is one run, with all its attempts and the waits between them: ● succeeded, ○ took several attempts, "
            + "× failed or cancelled, dashed: not ended yet.", ("class", "note"));
    }

    /// <summary>Makes a row of dots from the values of a group, with mean and interval.</summary>
    internal static StripRow ValueRow(ReportGroup group, int colour, double? spread, bool isPaired)
    {
        Dot[] dots =
        [
            .. group.Sample.Where(run => run.Value is not null)
                .Select(run => new Dot(
                    run.Value!.Value,
                    $"{run.Record.Id}, seed {run.Record.Seed}: {Numbers.Format(run.Value.Value, spread)}",
                    Pair: isPaired ? run.Record.Seed : null)),
        ];
        if (group.Summary is not { } summary) return new(group.Label, $"no value that counts · {Counted(group)}", colour, dots);
        var location = group.Location ?? new(LocationStatistic.Mean, summary.Mean, summary.Interval);
        var interval = location.Interval is { } ends ? $" ({Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)})" : "";
        var mean = $"{StatisticText.Name(location.Statistic)} {Numbers.Format(location.Value, spread)}{interval}";
        var facts = PageText.Of($"{mean} · {Counted(group)}");
        return new(group.Label, facts, colour, dots, location.Value, location.Interval, PageText.Of(mean));
    }

    private static string Description(IEnumerable<StripRow> rows) => string.Join(" ", rows.Select(row => $"{row.Label}: {row.Facts}."));

    private static string Counted(ReportGroup group) =>
        $"n = {group.Summary?.N ?? 0}" + (group.Sample.All(run => run.Result.Missing is null) ? "" : $" of {group.Sample.Count}");

    /// <summary>Sentences about the runs that have no dot.</summary>
    private static string NotCounted(ReportModel model) => string.Concat(model.Groups
        .Where(group => group.Results.Any(run => run.Missing is not null))
        .Select(group => $" {group.Group.Id}: {CountText.Of(group.Results, hasMetric: true)}."));

    private static void Differences(Markup page, ReportModel model)
    {
        var rows = new List<StripRow>();
        foreach (var (i, comparison) in model.Comparisons.Index())
        {
            if (comparison is not { Difference: { } difference, Method: { } method }) continue;
            var spread = comparison.Interval is { } ends ? ends.High / 2 - ends.Low / 2 : Math.Abs(difference);
            var facts = $"{VerdictText.Word(comparison)} · {PageText.Of(Numbers.WithSign(difference, spread))}"
                + (comparison.Interval is { } range
                    ? PageText.Of($" ({Numbers.WithSign(range.Low, spread)} to {Numbers.WithSign(range.High, spread)})") : "");
            var candidate = model.Groups[i + 1];
            var dots = method == ComparisonMethod.Paired ? PairDots(model.Groups[0], candidate, spread) : [];
            rows.Add(new(candidate.Label, facts, i + 1, dots, difference, comparison.Interval, facts));
        }

        if (rows.Count == 0) return;
        double[] all =
        [
            0,
            .. rows.SelectMany(row => row.Dots.Select(dot => dot.Value)),
            .. rows.SelectMany(row => new[] { row.Mean!.Value, row.Interval?.Low ?? 0, row.Interval?.High ?? 0 }),
        ];
        using var figure = page.Open("figure", ("class", "card"));
        StripChart.Draw(page, "Differences from the baseline", Description(rows), rows, ChartAxis.Linear(all.Min(), all.Max()),
            $"difference in {ParameterText.Cut(model.Metric!, MaxTitleLength)} from the baseline", 0);
        page.Element("figcaption", "The bar is the interval of the difference. When it excludes zero, the verdict is better or worse."
            + (rows.Exists(row => row.Dots.Count > 0) ? " Each dot is the difference of two runs with the same seed." : ""),
            ("class", "note"));
    }

    private static Dot[] PairDots(ReportGroup baseline, ReportGroup candidate, double spread) =>
    [
        .. candidate.Runs.Where(run => run.Value is not null)
            .Join(
                baseline.Runs.Where(run => run.Value is not null),
                run => run.Record.Seed,
                partner => partner.Record.Seed,
                (run, partner) => PairDot(run, partner, spread)),
    ];

    private static Dot PairDot(ReportRun run, ReportRun partner, double spread)
    {
        var difference = Math.Clamp(run.Value!.Value - partner.Value!.Value, double.MinValue, double.MaxValue);
        return new(difference, $"{run.Record.Id} minus {partner.Record.Id}: {PageText.Of(Numbers.WithSign(difference, spread))}");
    }

    private static StripRow DurationRow(ReportGroup group, int colour)
    {
        ReportRun[] started = [.. group.Runs.Where(run => run.Duration is not null)];
        double[] seconds = [.. started.Where(run => run.Record.State.IsFinal()).Select(run => run.Duration!.Value.TotalSeconds)];
        Dot[] dots = [.. started.Select(run => new Dot(run.Duration!.Value.TotalSeconds, DurationText(run), KindOf(run.Record)))];
        var retried = group.Runs.Count(run => run.Record.Attempts > 1);
        var states = group.Runs.Where(run => run.Record.State != RunState.Succeeded)
            .GroupBy(run => run.Record.State)
            .OrderBy(state => state.Key)
            .Select(state => $" · {state.Count()} {state.Key.ToString().ToLowerInvariant()}");
        var unknown = group.Runs.Count - started.Length;
        var median = seconds.Length == 0
            ? "none has ended" : $"median {Numbers.Duration(TimeSpan.FromSeconds(Summary.Of(seconds).Median))}";
        var others = (retried > 0 ? $" · {retried} retried" : "") + (unknown > 0 ? $" · {unknown} without a duration" : "");
        return new(group.Label, median + string.Concat(states) + others, colour, dots);
    }

    private static string DurationText(ReportRun run)
    {
        var state = run.Record.State.ToString().ToLowerInvariant();
        return $"{run.Record.Id}: {Numbers.Duration(run.Duration!.Value)}, {state}, {Numbers.Count(run.Record.Attempts, "attempt")}";
    }

    private static DotKind KindOf(RunRecord run) => run switch
    {
        { State: RunState.Failed or RunState.Cancelled } => DotKind.Cross,
        { State: RunState.Queued or RunState.Running } => DotKind.Open,
        { Attempts: > 1 } => DotKind.Ring,
        _ => DotKind.Filled,
    };

    private static void ListUndrawn(Markup page, string why, string[] names)
    {
        if (names.Length == 0) return;
        var count = $"{Numbers.Count(names.Length, "metric")} {(names.Length == 1 ? "is" : "are")}";
        page.Element("p", $"{count} {why}: {string.Join(", ", names)}.", ("class", "note"));
    }
}
