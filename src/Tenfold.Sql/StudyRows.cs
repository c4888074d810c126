using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <summary>Converts rows of studies, trials and rungs to records.</summary>
internal static class StudyRows
{
    public const string StudyColumns =
        "s.id, s.root, s.target, s.created_at, s.host, s.version, s.git_commit, s.git_branch, s.git_dirty, s.state, s.reason, " +
        "s.ended_at, s.spec";

    public const int StudyWidth = 13;

    public const string TrialColumns =
        "t.study_id, t.number, t.parameters, t.method, t.reason, t.seed, t.asked_at, t.group_id, t.again, t.state, " +
        "t.results, t.why, t.ended_at, t.lease_ms, t.lease_until, t.replaced";

    public const string RungColumns = "trial, rung, value, at, is_pruned, against";

    public static StudyRecord Study(DbDataReader row)
    {
        var name = $"study {row.GetString(0)}";
        return new StudyRecord
        {
            Id = row.GetString(0),
            Root = row.GetString(1),
            Target = row.GetString(2),
            CreatedAt = Rows.Time(row.GetInt64(3)),
            Host = row.GetString(4),
            Version = row.GetString(5),
            GitCommit = Rows.Text(row, 6),
            GitBranch = Rows.Text(row, 7),
            GitDirty = Rows.Long(row, 8) is { } dirty ? dirty != 0 : null,
            State = ToStudyState(row.GetString(9), name),
            Reason = Rows.Reason(row, 10),
            EndedAt = Rows.TimeOrNull(row, 11),
            Spec = Rows.Parse(row.GetString(12), name, Spec),
        };
    }

    public static TrialRecord Trial(DbDataReader row)
    {
        var (study, number) = (row.GetString(0), Rows.Int(row, 1));
        var values = Values(row.GetString(10), study, number);
        var trial = new TrialRecord
        {
            Study = study,
            Number = number,
            Parameters = Parameters(row.GetString(2), study, number),
            Method = row.GetString(3),
            Reason = ReasonJson.Read(row.GetString(4))!,
            Seed = row.GetInt64(5),
            AskedAt = Rows.Time(row.GetInt64(6)),
            Group = Rows.Text(row, 7),
            Again = (int?)Rows.Long(row, 8),
            State = ToTrialState(row.GetString(9), study, number),
            Values = values.Length > 0 ? values[0] : [],
            Others = values.Length > 1 ? values[1..] : [],
            Why = Rows.Reason(row, 11),
            EndedAt = Rows.TimeOrNull(row, 12),
            Lease = Rows.Long(row, 13) is { } lease ? TimeSpan.FromMilliseconds(lease) : null,
            LeaseUntil = Rows.TimeOrNull(row, 14),
            Replaced = Replaced(Rows.Text(row, 15), study, number),
        };
        return trial is { State: TrialState.Completed, Values.Count: 0 } || !values.All(one => one.All(double.IsFinite))
            ? throw new InvalidDataException($"trial {RunNames.Trial(study, number)} has impossible values") : trial;
    }

    /// <summary>Writes a trial's values: a list; or a list of lists, one for each objective, where there are several.</summary>
    public static string Write(TrialTell tell) => tell.Others.Count == 0
        ? JsonSerializer.Serialize([.. tell.Values], StudyJson.Default.DoubleArray)
        : JsonSerializer.Serialize(
            [[.. tell.Values], .. tell.Others.Select(values => values.ToArray())], StudyJson.Default.DoubleArrayArray);

    /// <summary>Writes what corrections have replaced; null for nothing.</summary>
    public static string? Write(IReadOnlyList<ReplacedResult> replaced) => replaced.Count == 0 ? null : JsonSerializer.Serialize(
        [.. replaced.Select(one => new StoredResult(
            Rows.Word(one.State), [.. one.Values], one.At.ToUnixTimeMilliseconds(), ReasonJson.Write(one.Why),
            one.Others.Count == 0 ? null : [.. one.Others.Select(values => values.ToArray())]))],
        StoredResults.Default.StoredResultArray);

    public static RungRecord Rung(DbDataReader row) => new(
        Rows.Int(row, 0), row.GetInt64(1), Rows.Number(row, 2), Rows.Time(row.GetInt64(3)), row.GetInt64(4) != 0,
        row.IsDBNull(5) ? null : row.GetDouble(5));

    // Reads the space too, so that damage is found here: a study is useless without it.
    private static StudySpec Spec(string json)
    {
        var spec = JsonSerializer.Deserialize(json, StudyJson.Default.StudySpec)!;
        spec?.ReadSpace();
        return spec!;
    }

    private static JsonElement Parameters(string json, string study, int number)
    {
        try
        {
            var parameters = JsonElement.Parse(json);
            if (parameters.ValueKind == JsonValueKind.Object) return parameters;
        }
        catch (JsonException)
        {
            // reported below
        }

        throw new InvalidDataException($"the parameters of trial {RunNames.Trial(study, number)} are not a JSON object");
    }

    // For each objective, a value for each run that counts.
    private static double[][] Values(string json, string study, int number) => json == "[]"
        ? [] : Rows.Parse(json, $"trial {RunNames.Trial(study, number)}", ReadValues);

    // Null, which Parse reports, where a list is missing.
    private static double[][] ReadValues(string json)
    {
        if (json.StartsWith("[[", StringComparison.Ordinal))
        {
            var all = JsonSerializer.Deserialize(json, StudyJson.Default.DoubleArrayArray)!;
            return Array.TrueForAll(all, values => values is not null) ? all : null!;
        }

        var only = JsonSerializer.Deserialize(json, StudyJson.Default.DoubleArray);
        return only is null ? null! : [only];
    }

    private static ReplacedResult[] Replaced(string? json, string study, int number) => json is null
        ? []
        : Rows.Parse<ReplacedResult[]>(
            json, $"trial {RunNames.Trial(study, number)}",
            text =>
            [
                .. JsonSerializer.Deserialize(text, StoredResults.Default.StoredResultArray)!.Select(one => new ReplacedResult(
                    ToTrialState(one.State, study, number), one.Values, ReasonJson.Read(one.Why), Rows.Time(one.At))
                {
                    Others = one.Others ?? [],
                }),
            ]);

    private static StudyState ToStudyState(string word, string name) => word switch
    {
        "running" => StudyState.Running,
        "confirming" => StudyState.Confirming,
        "finished" => StudyState.Finished,
        "cancelled" => StudyState.Cancelled,
        _ => throw new InvalidDataException($"{name} is in the unknown state '{word}'"),
    };

    private static TrialState ToTrialState(string word, string study, int number) => word switch
    {
        "running" => TrialState.Running,
        "completed" => TrialState.Completed,
        "infeasible" => TrialState.Infeasible,
        "pruned" => TrialState.Pruned,
        "failed" => TrialState.Failed,
        "lost" => TrialState.Lost,
        "cancelled" => TrialState.Cancelled,
        _ => throw new InvalidDataException($"trial {RunNames.Trial(study, number)} is in the unknown state '{word}'"),
    };
}

/// <summary>A replaced result as its column holds it.</summary>
internal sealed record StoredResult(string State, double[] Values, long At, string? Why = null, double[][]? Others = null);

/// <summary>How replaced results are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredResult[]))]
internal sealed partial class StoredResults : JsonSerializerContext;
