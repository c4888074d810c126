using System.Text.Json.Serialization;
using Tenfold.App.Cancelling;
using Tenfold.Core.Input;
using Tenfold.Core.Keys;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.App.Views;

// The shapes of what belongs to the server. Views.cs says what may change.
#pragma warning disable MA0048

/// <summary>An API key of the server; <c>Role</c> is <c>read</c>, <c>run</c> or <c>admin</c>.</summary>
public sealed record ServerKeyView(string Name, string Role, DateTimeOffset CreatedAt, bool Own)
{
    /// <summary>The view of a key.</summary>
    public static ServerKeyView Of(ServerKey key) => new(key.Name, key.Role.ToString().ToLowerInvariant(), key.CreatedAt, key.IsOwn);
}

/// <summary>A key that was just made. It can't be shown again.</summary>
public sealed record AddedKeyView(string Name, string Key);

/// <summary>What a server does.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="Role">What the key of the request allows.</param>
/// <param name="LastRoundAt">When the last round of the control loop ended; null before the first one.</param>
/// <param name="Live">How many attempts had not ended then.</param>
/// <param name="Faults">Why what the server tells may be outdated, in sentences.</param>
public sealed record StatusView(string Version, string Role, DateTimeOffset? LastRoundAt, int Live, IReadOnlyList<string> Faults);

/// <summary>What an id names; <c>Kind</c> is <c>study</c>, <c>group</c> or <c>run</c>.</summary>
public sealed record IdView(string Id, string Kind);

/// <summary>Why a request was refused, in the form of RFC 9457.</summary>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened, why, and what to do next.</param>
/// <param name="Code">The kind of problem as a word that stays, such as <c>not-found</c>.</param>
public sealed record ProblemView(string Title, int Status, string Detail, string Code)
{
    /// <summary>Always <c>about:blank</c>: <see cref="Code"/> tells the kinds of problems apart.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "about:blank";

    /// <summary>The faults of a <c>tenfold.yaml</c>; left out for another problem.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FaultView>? Faults { get; init; }
}

/// <summary>A fault of a file. Lines and columns count from 1; 0 when there is none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
/// <param name="Message">What is wrong, and what to do.</param>
/// <param name="Suggestion">The value that was probably meant; null when none is near.</param>
public sealed record FaultView(string Path, int Line, int Column, string Message, string? Suggestion)
{
    /// <summary>The view of a fault.</summary>
    public static FaultView Of(Fault fault) => new(fault.Path, fault.Line, fault.Column, fault.Message, fault.Suggestion);
}

/// <summary>A metric of a run with a thinned series of its values.</summary>
public sealed record MetricSeriesView(MetricView Metric, IReadOnlyList<PointView> Series)
{
    /// <summary>The view of a record.</summary>
    public static MetricSeriesView Of(MetricSummary metric) =>
        new(MetricView.Of(metric), [.. metric.Series.Select(point => new PointView(point.Step, point.Value))]);
}

/// <summary>A value of a metric.</summary>
public sealed record PointView(long Step, double Value);

/// <summary>The runs that a request changed, and what to know of them, in sentences.</summary>
public sealed record ChangeView(IReadOnlyList<string> Runs, IReadOnlyList<string> Notes)
{
    /// <summary>The view of what was cancelled.</summary>
    public static ChangeView Of(CancelResult result) => new(result.Runs,
    [
        .. result.Studies.Select(study => study.State is StudyState.Running or StudyState.Confirming
            ? $"{study.Id} asks for no more trials" : $"{study.Id} had already ended: {study.State.ToString().ToLowerInvariant()}"),
        .. result.Faults.Select(fault => $"cancel requested, but not delivered yet: {fault}"),
        .. result.OtherControllers.Select(other => $"cancel requested; another controller delivers it: {other}"),
    ]);

    /// <summary>The view of what is retried.</summary>
    public static ChangeView Of(RetryResult result) => new(result.Runs,
    [
        .. result.NotOwn is { } others ? [others] : Array.Empty<string>(),
        .. result.Groups.Select(group => group.Note).OfType<string>().Distinct().Select(note => $"note: {note}"),
        .. result.Groups.Select(group => group.Foreign).OfType<string>()
            .Select(work => $"note: another home recorded these runs, or their record has changed since: {work}"),
        .. result.Groups.Select(group => group.WhyNotHere).OfType<string>()
            .Select(why => $"recorded, but not submitted from here: {why}"),
    ]);
}
