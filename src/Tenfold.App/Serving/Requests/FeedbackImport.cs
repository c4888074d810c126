using System.Globalization;
using Tenfold.Core.Input;
using Tenfold.Core.Requests;

namespace Tenfold.App.Serving.Requests;

/// <summary>Imports outcomes of requests from a table, as a nightly join writes it.</summary>
/// <remarks>
/// The first line names the columns: <c>request_id</c>, <c>metric</c>, <c>value</c> and, if there is one, <c>at</c> (ISO 8601 with a time
/// zone, not in the future). The file is checked completely before anything is imported, and an import can be repeated.
/// </remarks>
/// <param name="services">The services of this home.</param>
public sealed class FeedbackImport(Services services)
{
    /// <summary>How many rows travel at once to a log that another machine writes: each call takes a second or two.</summary>
    public const int RemoteRows = 20_000;

    private const int FaultsShown = 20;

    /// <summary>How many rows are imported at once; default: 1,000.</summary>
    public int RowsAtOnce { get; init; } = 1000;

    /// <summary>Imports a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="metric">The metric of every row, for a file without that column; null for none.</param>
    /// <param name="cancellationToken">Stops it; the next import completes it.</param>
    /// <returns>What became of the rows; or BadInput with every fault and its line, NotFound without the file.</returns>
    public async Task<Outcome<FeedbackCounts>> RunAsync(string file, string? metric, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) return Refusal.NotFound($"there is no file {file}");
        var now = services.Time.GetUtcNow();
        var faults = new List<string>();
        foreach (var row in Read(file, metric, now))
        {
            if (row.Fault is not null) faults.Add(row.Fault);
            if (faults.Count >= FaultsShown) break;
        }

        if (faults.Count > 0)
            return Refusal.BadInput($"{string.Join("\n", faults)}\nNothing was imported. Correct the file and import it again");
        var counts = FeedbackCounts.None;
        foreach (var rows in Read(file, metric, now).Chunk(RowsAtOnce))
            counts += await services.Requests.AddFeedbackAsync([.. rows.Select(row => row.Feedback!)], cancellationToken);
        return counts;
    }

    private static IEnumerable<Row> Read(string file, string? metric, DateTimeOffset now)
    {
        using var text = new StreamReader(file);
        var csv = new CsvReader(text);
        if (csv.Read() is not { } header)
        {
            yield return new Row(null, $"{file}: the file is empty; its first line must name the columns request_id, metric and value");
            yield break;
        }

        var columns = new Columns(header);
        if (columns.Fault(metric) is { } fault)
        {
            yield return new Row(null, $"{file}:{csv.Line}: {fault}");
            yield break;
        }

        while (csv.Read() is { } fields)
        {
            var (feedback, wrong) = columns.Parse(fields, metric, now);
            yield return new Row(feedback, wrong is null ? null : $"{file}:{csv.Line}: {wrong}");
        }
    }

    private sealed record Row(Feedback? Feedback, string? Fault);

    private sealed class Columns(List<string> header)
    {
        private readonly int _id = header.IndexOf("request_id"), _metric = header.IndexOf("metric"), _value = header.IndexOf("value"),
            _at = header.IndexOf("at");

        public string? Fault(string? metric) =>
            _id < 0 ? "the column request_id is missing"
            : _value < 0 ? "the column value is missing"
            : _metric < 0 && metric is null ? "the column metric is missing: add it, or name the metric with --metric"
            : _metric >= 0 && metric is not null ? "the file has a column metric, so --metric can't be used"
            : null;

        public (Feedback? Feedback, string? Fault) Parse(List<string> fields, string? metric, DateTimeOffset now)
        {
            if (fields.Count != header.Count) return (null, $"the line has {fields.Count} fields, and the first line {header.Count}");
            if (!Guid.TryParse(fields[_id], out var id)) return (null, $"request_id is not the id of a request: {Excerpt.Of(fields[_id])}");
            if (!double.TryParse(fields[_value], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                return (null, $"value is not a number: {Excerpt.Of(fields[_value])}");
            var name = metric ?? fields[_metric];
            if (Feedback.Check(name, value) is { } fault) return (null, fault);
            var at = now;
            if (_at >= 0 && fields[_at].Length > 0 && FeedbackTime.Fault(fields[_at], now, out at) is { } wrong) return (null, wrong);
            return (new Feedback { RequestId = id, Metric = name, Value = value, At = at }, null);
        }
    }
}
