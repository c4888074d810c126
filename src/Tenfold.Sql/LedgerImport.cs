using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <summary>
/// Imports one ledger into another: its groups and studies, with everything that belongs to them. Each group and each study is copied in
/// a transaction of its own, so an interrupted import can simply be repeated. Records that exist in the other ledger stay unchanged.
/// </summary>
/// <param name="from">The ledger to read. Its records stay unchanged; it only gets a note of where they went
/// (<see cref="SqlLedger.ImportedIntoAsync"/>).</param>
/// <param name="into">The ledger to add to.</param>
/// <param name="key">
/// The key of this home, by which the imported work that its user asked for stays this home's own; null: all imported work is foreign.
/// </param>
public sealed class LedgerImport(SqliteDatabase from, Database into, WorkKey? key = null)
{
    private const string Units =
        "SELECT id, created_at FROM studies UNION ALL SELECT id, created_at FROM groups WHERE study_id IS NULL ORDER BY created_at, id";
    private const string OfGroups = "IN (SELECT id FROM groups WHERE id = @unit OR study_id = @unit)";
    private const string OfRuns = $"IN (SELECT id FROM runs WHERE group_id {OfGroups})";

    /// <summary>
    /// The tables, in an order in which rows refer only to rows of earlier tables; each with its columns, and the condition that selects
    /// the rows of a group or study.
    /// </summary>
    internal static IReadOnlyList<(string Table, string[] Columns, string Where)> Tables { get; } =
    [
        ("studies",
            ["id", "project", "root", "target", "created_at", "host", "version", "git_commit", "git_branch", "git_dirty", "state",
                "reason", "ended_at", "spec", "tag"],
            "id = @unit"),
        ("groups",
            ["id", "project", "root", "target", "created_at", "host", "version", "base_seed", "repeat", "like_run", "git_commit",
                "git_branch", "git_dirty", "metric", "priority", "spec", "study_id"],
            "id = @unit OR study_id = @unit ORDER BY seq"),
        ("runs",
            ["id", "group_id", "repeat", "seed", "state", "reason", "created_at", "started_at", "ended_at", "attempts", "cancel_asked_at",
                "cancel_reason", "warnings", "tag"],
            $"group_id {OfGroups} ORDER BY seq"),
        ("attempts",
            ["id", "run_id", "number", "state", "reason", "created_at", "started_at", "ended_at", "exit_code", "signal", "host",
                "peak_memory_bytes", "cpu_ms", "warnings", "resumed", "admitted_at"],
            $"run_id {OfRuns}"),
        ("metrics",
            ["attempt_id", "name", "count", "non_finite", "first", "last", "min", "max", "last_step", "series", "pattern"],
            $"attempt_id IN (SELECT id FROM attempts WHERE run_id {OfRuns})"),
        ("trials",
            ["study_id", "number", "parameters", "method", "reason", "seed", "asked_at", "group_id", "again", "state", "results", "why",
                "ended_at", "lease_ms", "lease_until", "replaced"],
            "study_id = @unit ORDER BY number"),
        ("reports", ["study_id", "trial", "step", "value", "at"], "study_id = @unit"),
        ("rungs", ["study_id", "trial", "rung", "value", "at", "is_pruned", "against"], "study_id = @unit"),
        ("events",
            ["at", "subject", "kind", "detail", "reason", "warnings"],
            "subject = @unit OR (subject >= @unit || '-' AND subject < @unit || '.') ORDER BY seq"),
        ("looks", ["baseline", "candidate", "metric", "spec"], "candidate = @unit ORDER BY seq"),
    ];

    /// <summary>Runs the import.</summary>
    /// <param name="store">The store's URL for groups that name no store: the files in the home of the imported ledger.</param>
    /// <param name="here">The target for groups that name no target: this machine. So this machine, and no other, continues to control
    /// them.</param>
    /// <param name="imported">Called with the name of each imported group and study; may be null.</param>
    /// <param name="cancellationToken">Stops the import between two groups; the imported ones stay.</param>
    public async Task<ImportReport> RunAsync(string store, TargetSpec here, Action<string>? imported, CancellationToken cancellationToken)
    {
        // Check first that the other ledger can be opened. Write the note before copying, so that a killed import leaves one too.
        await new SqlLedger(into).ReadIdAsync(cancellationToken);
        await NoteAsync(cancellationToken);
        return await CopyAsync(store, here, imported, cancellationToken);
    }

    // A read-only copy of a ledger can be imported without the note, because nobody works with it.
    private async Task NoteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await from.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync(
                    transaction,
                    "INSERT INTO facts (name, value) VALUES ('imported into', @place) " +
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    cancellationToken, ("@place", into.Place)),
                cancellationToken);
        }
        catch (LedgerException e) when (!e.IsUnreadable)
        {
        }
    }

    private Task<ImportReport> CopyAsync(
        string store, TargetSpec here, Action<string>? imported, CancellationToken cancellationToken) =>
        from.ReadAsync(async source =>
    {
        // One transaction, so that all reads see the same state. Later records come with the next import.
        await using var reading = ((SqliteConnection)source).BeginTransaction(deferred: true);
        var versions = await source.ScalarAsync(reading, "SELECT COUNT(*) FROM versions", cancellationToken);
        var report = new ImportReport { VersionsLeft = (int)(long)versions! };
        foreach (var unit in await source.ReadAsync(reading, Units, row => row.GetString(0), cancellationToken))
        {
            var rows = await ReadAsync(source, reading, unit, store, here, cancellationToken);
            var isAdded = await into.WriteAsync(
                (connection, transaction) => AddAsync(connection, transaction, unit, rows, cancellationToken), cancellationToken);
            if (isAdded)
            {
                report = report.With(rows);
                imported?.Invoke(unit);
            }
            else
            {
                report = report with { Present = report.Present + 1 };
            }
        }

        return report;
    }, cancellationToken);

    private async Task<IReadOnlyList<IReadOnlyList<object?[]>>> ReadAsync(
        DbConnection source, DbTransaction reading, string unit, string store, TargetSpec here, CancellationToken cancellationToken)
    {
        var all = new List<IReadOnlyList<object?[]>>();
        foreach (var (table, columns, where) in Tables)
        {
            all.Add(await source.ReadAsync(reading, $"SELECT {string.Join(", ", columns)} FROM {table} WHERE {where}", row =>
            {
                var values = new object?[columns.Length];
                for (var i = 0; i < columns.Length; i++) values[i] = row.IsDBNull(i) ? null : row.GetValue(i);
                return values;
            }, cancellationToken, ("@unit", unit)));
        }

        Relocate(all, store, here);
        return all;
    }

    // The specifications change, and so do the tags over them. What this home's key did not sign before stays without a tag.
    private void Relocate(List<IReadOnlyList<object?[]>> all, string store, TargetSpec here)
    {
        foreach (var study in all[0])
        {
            var (id, spec, tag) = ((string)study[0]!, Array.IndexOf(Tables[0].Columns, "spec"), Array.IndexOf(Tables[0].Columns, "tag"));
            var isOwn = key?.CoversStudy((string?)study[tag], id, (string)study[spec]!) == true;
            study[spec] = Located("studies", id, (string)study[spec]!, store, here);
            study[tag] = isOwn ? key!.SignStudy(id, (string)study[spec]!) : null;
        }

        var groups = new Dictionary<string, (string Before, string After, long More)>();
        foreach (var group in all[1])
        {
            var (id, spec) = ((string)group[0]!, Array.IndexOf(Tables[1].Columns, "spec"));
            var before = (string)group[spec]!;
            group[spec] = Located("groups", id, before, store, here);
            groups[id] = (WorkKey.Digest(before), WorkKey.Digest((string)group[spec]!), Rows.Spec(before, id).Resources.MoreAttempts);
        }

        foreach (var run in all[2])
        {
            object? Value(string column) => run[Array.IndexOf(Tables[2].Columns, column)];
            var (before, after, more) = groups[(string)Value("group_id")!];
            var work = new SignedRun(
                (string)Value("id")!, (string)Value("group_id")!, (int)(long)Value("repeat")!, (long)Value("seed")!, before);
            var attempts = (int)(long)Value("attempts")!;
            run[Array.IndexOf(Tables[2].Columns, "tag")] = key?.Covers((string?)Value("tag"), work, attempts, more) == true
                ? key.Sign(work with { SpecDigest = after }, attempts) : null;
        }
    }

    // A store or target that the laptop's ledger leaves out meant this laptop's own.
    private static string Located(string table, string id, string json, string store, TargetSpec here)
    {
        WorkSpec Of(WorkSpec work) => work with { Store = work.Store ?? store, Target = work.Target ?? here };
        if (table == "groups")
            return JsonSerializer.Serialize(
                Of(Rows.Parse(json, $"group {id}", text => JsonSerializer.Deserialize(text, AttemptJson.Default.WorkSpec)!)),
                AttemptJson.Default.WorkSpec);
        var study = Rows.Parse(json, $"study {id}", text => JsonSerializer.Deserialize(text, StudyJson.Default.StudySpec)!);
        return JsonSerializer.Serialize(study.Work is null ? study : study with { Work = Of(study.Work) }, StudyJson.Default.StudySpec);
    }

    private static async Task<bool> AddAsync(
        DbConnection connection, DbTransaction transaction, string unit, IReadOnlyList<IReadOnlyList<object?[]>> rows,
        CancellationToken cancellationToken)
    {
        var existing = await connection.ScalarAsync(
            transaction, "SELECT 1 FROM studies WHERE id = @unit UNION ALL SELECT 1 FROM groups WHERE id = @unit", cancellationToken,
            ("@unit", unit));
        if (existing is not null) return false;
        var statements = new Batch(connection, transaction);
        for (var i = 0; i < Tables.Count; i++)
        {
            var (table, columns, _) = Tables[i];
            var sql = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES " +
                $"({string.Join(", ", columns.Select(column => "@" + column))})";
            foreach (var row in rows[i]) statements.Add(sql, [.. columns.Zip(row, (column, value) => ("@" + column, value))]);
        }

        await statements.RunAsync(cancellationToken);
        return true;
    }
}

/// <summary>The numbers of records that an import added.</summary>
public sealed record ImportReport
{
    /// <summary>Studies.</summary>
    public int Studies { get; init; }

    /// <summary>Groups, including those of studies.</summary>
    public int Groups { get; init; }

    /// <summary>Runs.</summary>
    public int Runs { get; init; }

    /// <summary>Attempts.</summary>
    public int Attempts { get; init; }

    /// <summary>Imported runs that had not ended.</summary>
    public int Live { get; init; }

    /// <summary>Groups (outside studies) and studies that existed already, and were left unchanged.</summary>
    public int Present { get; init; }

    /// <summary>Deployed versions, which stay in the imported ledger: their files and requests are on its machine.</summary>
    public int VersionsLeft { get; init; }

    internal ImportReport With(IReadOnlyList<IReadOnlyList<object?[]>> rows)
    {
        var state = Array.IndexOf(LedgerImport.Tables[2].Columns, "state");
        return this with
        {
            Studies = Studies + rows[0].Count,
            Groups = Groups + rows[1].Count,
            Runs = Runs + rows[2].Count,
            Attempts = Attempts + rows[3].Count,
            Live = Live + rows[2].Count(run => run[state] is "queued" or "running"),
        };
    }
}
