using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Versions;

namespace Tenfold.Sql;

/// <summary>Converts rows of versions, routes and experiments to records.</summary>
internal static class VersionRows
{
    public static ModelVersion Version(DbDataReader row)
    {
        var name = $"version {row.GetString(1)} of {row.GetString(0)}";
        var version = Rows.Parse(
            row.GetString(4), name, text => JsonSerializer.Deserialize(text, VersionJson.Default.ModelVersion)!);
        return version with
        {
            State = row.GetString(2) switch
            {
                "active" => VersionState.Active,
                "reverted" => VersionState.Reverted,
                "purged" => VersionState.Purged,
                var word => throw new InvalidDataException($"{name} is in the unknown state '{word}'"),
            },
            ChangedAt = Rows.Time(row.GetInt64(3)),
        };
    }

    // A route that does not cover each bucket once would lose requests.
    public static Route Route(DbDataReader row)
    {
        var name = $"a route of {row.GetString(0)}";
        var route = Rows.Parse(row.GetString(1), name, text => JsonSerializer.Deserialize(text, VersionJson.Default.Route)!);
        var next = 0;
        foreach (var range in route.Ranges)
        {
            if (range.From != next || range.Count < 1) throw new InvalidDataException($"{name} does not cover each bucket once");
            next += range.Count;
        }

        return next == BucketRanges.Buckets ? route : throw new InvalidDataException($"{name} does not cover each bucket once");
    }

    public static Experiment Experiment(DbDataReader row)
    {
        var experiment = Rows.Parse(
            row.GetString(3), $"an experiment of {row.GetString(0)}",
            text => JsonSerializer.Deserialize(text, VersionJson.Default.Experiment)!);
        return experiment with { EndedAt = Rows.TimeOrNull(row, 1), EndReason = Rows.Reason(row, 2) };
    }
}
