using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Output;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <summary>Converts rows to records.</summary>
internal static class Rows
{
    public const string GroupColumns =
        "g.id, g.root, g.target, g.created_at, g.host, g.version, g.base_seed, g.repeat, g.like_run, g.git_commit, g.git_branch, " +
        "g.git_dirty, g.priority, g.spec";

    public const int GroupWidth = 14;

    public const string RunColumns =
        "r.id, r.group_id, r.repeat, r.seed, r.state, r.reason, r.created_at, r.started_at, r.ended_at, r.attempts, " +
        "r.cancel_asked_at, r.cancel_reason, r.warnings";

    public const int RunWidth = 13;

    public const string AttemptColumns =
        "a.id, a.run_id, a.number, a.state, a.reason, a.created_at, a.started_at, a.ended_at, a.exit_code, a.signal, a.host, " +
        "a.peak_memory_bytes, a.cpu_ms, a.warnings, a.resumed, a.admitted_at";

    public const int AttemptWidth = 16;

    public const string MetricColumns = "m.name, m.count, m.non_finite, m.first, m.last, m.min, m.max, m.last_step, m.series, m.pattern";

    public static GroupRecord Group(DbDataReader row, int at = 0) => new()
    {
        Id = row.GetString(at),
        Root = row.GetString(at + 1),
        Target = row.GetString(at + 2),
        CreatedAt = Time(row.GetInt64(at + 3)),
        Host = row.GetString(at + 4),
        Version = row.GetString(at + 5),
        BaseSeed = row.GetInt64(at + 6),
        Repeat = Int(row, at + 7),
        Like = Text(row, at + 8),
        GitCommit = Text(row, at + 9),
        GitBranch = Text(row, at + 10),
        GitDirty = Long(row, at + 11) is { } dirty ? dirty != 0 : null,
        Priority = ToPriority(Text(row, at + 12)),
        Spec = Spec(row.GetString(at + 13), row.GetString(at)),
    };

    public static WorkSpec Spec(string json, string group) =>
        Parse(json, $"group {group}", text => JsonSerializer.Deserialize(text, AttemptJson.Default.WorkSpec)!);

    public static RunRecord Run(DbDataReader row, int at = 0) => new()
    {
        Id = row.GetString(at),
        Group = row.GetString(at + 1),
        Repeat = Int(row, at + 2),
        Seed = row.GetInt64(at + 3),
        State = ToRunState(row.GetString(at + 4)),
        Reason = Reason(row, at + 5),
        CreatedAt = Time(row.GetInt64(at + 6)),
        StartedAt = TimeOrNull(row, at + 7),
        EndedAt = TimeOrNull(row, at + 8),
        Attempts = Int(row, at + 9),
        CancelRequestedAt = TimeOrNull(row, at + 10),
        CancelReason = Reason(row, at + 11),
        Warnings = Warnings(row, at + 12),
    };

    public static AttemptRecord Attempt(DbDataReader row, int at = 0) => new()
    {
        Id = row.GetString(at),
        Run = row.GetString(at + 1),
        Number = Int(row, at + 2),
        State = ToAttemptState(row.GetString(at + 3)),
        Reason = Reason(row, at + 4),
        CreatedAt = Time(row.GetInt64(at + 5)),
        StartedAt = TimeOrNull(row, at + 6),
        EndedAt = TimeOrNull(row, at + 7),
        ExitCode = (int?)Long(row, at + 8),
        Signal = (int?)Long(row, at + 9),
        Host = Text(row, at + 10),
        PeakMemoryBytes = Long(row, at + 11),
        CpuTime = Long(row, at + 12) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        Warnings = Warnings(row, at + 13),
        IsResumed = Long(row, at + 14) is { } resumed ? resumed != 0 : null,
        AdmittedAt = TimeOrNull(row, at + 15),
    };

    public static EventRecord Event(DbDataReader row)
    {
        var reason = Reason(row, 4);
        return new EventRecord(
            Time(row.GetInt64(0)), row.GetString(1), row.GetString(2), Text(row, 3) is { } detail ? PlainText.Of(detail)
                : ReasonText.Of(reason, Warnings(row, 5)), reason);
    }

    public static MetricSummary Metric(DbDataReader row, int at = 0) => new()
    {
        Name = row.GetString(at),
        Count = row.GetInt64(at + 1),
        NonFinite = row.GetInt64(at + 2),
        First = Number(row, at + 3),
        Last = Number(row, at + 4),
        Min = Number(row, at + 5),
        Max = Number(row, at + 6),
        LastStep = row.GetInt64(at + 7),
        Series = Parse(
            row.GetString(at + 8), $"the metric {row.GetString(at)}",
            text => JsonSerializer.Deserialize(text, AttemptJson.Default.ListMetricPoint)!),
        Pattern = Text(row, at + 9),
    };

    public static DateTimeOffset Time(long milliseconds) => milliseconds is >= 0 and < 100_000_000_000_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw new InvalidDataException($"a row has the impossible time {milliseconds} ms");

    public static double Number(DbDataReader row, int at) => row.IsDBNull(at) ? double.NaN : row.GetDouble(at);

    public static string? Text(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    public static Reason? Reason(DbDataReader row, int at) => ReasonJson.Read(Text(row, at));

    public static IReadOnlyList<Warning> Warnings(DbDataReader row, int at) =>
        WarningJson.Read(Text(row, at)) is var warnings && warnings.Any(warning => warning is null)
            ? throw new InvalidDataException("a row has an empty warning") : warnings;

    /// <summary>A 32-bit integer; a larger number means that the row is damaged.</summary>
    public static int Int(DbDataReader row, int at) =>
        row.GetInt64(at) is >= int.MinValue and <= int.MaxValue and var number
            ? (int)number
            : throw new InvalidDataException($"a row has the impossible number {row.GetInt64(at)} in {row.GetName(at)}");

    public static long? Long(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetInt64(at);

    public static string Word<T>(T state)
        where T : struct, Enum => state.ToString().ToLowerInvariant();

    // Not Enum.Parse, which would add a millisecond to the start of every command.
    public static RunState ToRunState(string word) => word switch
    {
        "queued" => RunState.Queued,
        "running" => RunState.Running,
        "succeeded" => RunState.Succeeded,
        "failed" => RunState.Failed,
        "cancelled" => RunState.Cancelled,
        _ => throw new InvalidDataException($"a run is in the unknown state '{word}'"),
    };

    public static AttemptState ToAttemptState(string word) => word switch
    {
        "pending" => AttemptState.Pending,
        "queued" => AttemptState.Queued,
        "running" => AttemptState.Running,
        "succeeded" => AttemptState.Succeeded,
        "failed" => AttemptState.Failed,
        "cancelled" => AttemptState.Cancelled,
        "lost" => AttemptState.Lost,
        _ => throw new InvalidDataException($"an attempt is in the unknown state '{word}'"),
    };

    // A priority of a newer version counts as normal.
    private static RunPriority ToPriority(string? word) => word switch
    {
        "high" => RunPriority.High,
        "low" => RunPriority.Low,
        _ => RunPriority.Normal,
    };

    /// <summary>Parses a JSON column; an invalid one means that the row is damaged.</summary>
    /// <param name="json">The column's text.</param>
    /// <param name="of">What the JSON belongs to, for the message.</param>
    /// <param name="read">Parses the text.</param>
    public static T Parse<T>(string json, string of, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(json) ?? throw new InvalidDataException($"{of} is empty");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidDataException($"{of} can't be read ({e.Message})", e);
        }
    }

    public static DateTimeOffset? TimeOrNull(DbDataReader row, int at) => row.IsDBNull(at) ? null : Time(row.GetInt64(at));
}
