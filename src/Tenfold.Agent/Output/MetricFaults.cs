using System.Text;
using System.Text.Json;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Output;

/// <summary>Counts lines that look like metrics and are none, for the warnings of a run. Not safe for several threads at once.</summary>
/// <param name="metric">The metric that decides; null when the project names none.</param>
public sealed class MetricFaults(string? metric)
{
    private const int LongestExcerpt = 120, MaxNames = 100;

    private readonly MetricSearch? _search = metric is null ? null : new MetricSearch(metric);
    private readonly Dictionary<string, (long Lines, string First)> _onStandardError = [];
    private long _ignored, _tooLong;
    private string? _firstIgnored, _firstTooLong;

    /// <summary>True when a line was rewritten so often that not all of its updates counted.</summary>
    public bool HasSkipped { get; set; }

    /// <summary>Counts a line that looks like a metric and can't be read as one.</summary>
    /// <param name="text">The line.</param>
    /// <param name="fault">What is wrong with it.</param>
    public void Ignore(ReadOnlySpan<byte> text, string fault)
    {
        _ignored++;
        _firstIgnored ??= $"{Excerpt(text)} ({fault})";
    }

    /// <summary>Counts an update that is too long.</summary>
    public void CountTooLong(ReadOnlySpan<byte> start)
    {
        _tooLong++;
        _firstTooLong ??= Excerpt(start);
    }

    /// <summary>Checks a line in which no metric was found.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isStandardOutput">False for standard error.</param>
    /// <param name="isRecorded">True for the name of a metric that has values.</param>
    /// <param name="names">Returns a name as a string.</param>
    public void Consider(
        ReadOnlySpan<byte> text, bool isStandardOutput, Func<string, bool> isRecorded, Func<Utf8JsonReader, string> names)
    {
        if (metric is not null && !isRecorded(metric)) _search!.Take(text, isStandardOutput);
        var start = MetricLine.IndexIn(text);
        var end = start < 0 ? -1 : text.LastIndexOf((byte)'}');
        if (end < start || end < 0 || MetricLine.Parse(text[start..(end + 1)], names, out _) is not { } found) return;
        if (isStandardOutput) Ignore(text, "other text stands on its line");
        else if (_onStandardError.TryGetValue(found.Name, out var lines))
            _onStandardError[found.Name] = lines with { Lines = lines.Lines + 1 };
        else if (_onStandardError.Count < MaxNames) _onStandardError.Add(found.Name, (1, Excerpt(text)));
    }

    /// <summary>The warnings so far.</summary>
    /// <param name="isRecorded">True for the name of a metric that has values.</param>
    /// <param name="hasSucceeded">True when the attempt has ended well, so that a metric that is missing now never comes.</param>
    public IEnumerable<Warning> ToWarnings(Func<string, bool> isRecorded, bool hasSucceeded)
    {
        var suggestion = hasSucceeded && metric is not null && !isRecorded(metric) ? _search?.Best : null;
        if (suggestion is not null)
            yield return new Warning.MetricNotFound(metric!, suggestion.Line, suggestion.Pattern, !suggestion.IsStandardOutput);
        // A line that a script prints on both streams is found on one of them.
        var missed = _onStandardError.Where(name => !isRecorded(name.Key) && (suggestion is null || name.Key != metric)).ToList();
        var lines = _ignored + missed.Sum(name => name.Value.Lines);
        if (lines > 0)
            yield return new Warning.MetricsNotUnderstood(
                lines, _firstIgnored ?? $"{missed[0].Value.First} (it is on standard error, and metrics are read from standard output)");
        if (_tooLong > 0) yield return new Warning.LinesTooLong(_tooLong, UpdateSplitter.MaxBytes, _firstTooLong!);
        if (HasSkipped) yield return new Warning.UpdatesSkipped(RewriteSampler.AllUpTo);
    }

    private static string Excerpt(ReadOnlySpan<byte> text)
    {
        var start = PlainText.Start(text, LongestExcerpt);
        return PlainText.Of(Encoding.UTF8.GetString(start)) + (start.Length < text.Length ? "…" : "");
    }
}
