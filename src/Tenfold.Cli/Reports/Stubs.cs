using Tenfold.Core.Ledger;
using Tenfold.Core.Statistics;
namespace Tenfold.Cli.Reports;
internal static class ValueStrip {
    public static IReadOnlyList<string> Render(Summary s, int width, bool ascii) => [];
    public static IReadOnlyList<string> Compare(IReadOnlyList<(string, Summary)> s, int width, bool ascii) => [];
}
internal sealed record ReportModel { public static ReportModel From(IReadOnlyList<(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs)> g, string? metric, MetricGoal? goal, DateTimeOffset now) => new(); }
internal static class HtmlReport { public const string Generator = "tenfold"; public static string Render(ReportModel m) => ""; }
