using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <content>The tags that tell the work of this home's user from other work.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> AdoptAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<string>>(async (connection, transaction) =>
    {
        var foreign = new List<string>();
        foreach (var chunk in runs.Distinct().Chunk(NamesAtOnce))
        {
            var tagged = await FindTaggedAsync(connection, transaction, chunk, cancellationToken);
            foreign.AddRange(tagged.Where(run => run.IsLive && !IsOwn(run)).Select(run => run.Work.Run));
        }

        foreach (var chunk in foreign.Chunk(NamesAtOnce)) await SignAsync(connection, transaction, chunk, cancellationToken);
        foreach (var run in foreign) await EventAsync(connection, transaction, at, run, "adopted", detail: null, cancellationToken);
        return foreign;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AdoptStudyAsync(string study, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        if (await FindTaggedStudyAsync(connection, transaction, study, cancellationToken) is not { } found) return false;
        if (_key.CoversStudy(found.Tag, study, found.Spec)) return false;
        await connection.ExecuteAsync(
            transaction, "UPDATE studies SET tag = @tag WHERE id = @id", cancellationToken,
            ("@id", study), ("@tag", _key.SignStudy(study, found.Spec)));
        await EventAsync(connection, transaction, at, study, "adopted", detail: null, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExtendStudyAsync(string study, int trials, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        if (await FindTaggedStudyAsync(connection, transaction, study, cancellationToken) is not { } found
            || !_key.CoversStudy(found.Tag, study, found.Spec))
            return false;
        var spec = Statement.Storable(JsonSerializer.Serialize(
            found.Study.Spec with { Trials = trials, ToleratesFailures = true }, StudyJson.Default.StudySpec));
        var changed = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE studies SET spec = @spec, tag = @tag, state = 'running', reason = NULL, ended_at = NULL
            WHERE id = @id AND state IN ('running', 'finished') AND NOT EXISTS (SELECT 1 FROM groups WHERE id >= @from AND id < @to)
            """,
            cancellationToken,
            ("@id", study), ("@spec", spec), ("@tag", _key.SignStudy(study, spec)), ("@from", study + "-c"), ("@to", study + "-d"));
        if (changed == 0) return false;
        await EventAsync(connection, transaction, at, study, "extended", $"to {trials} trials", cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<StudyRecord?> FindOwnStudyAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        var found = await FindTaggedStudyAsync(connection, null, id, cancellationToken);
        return found is not null && _key.CoversStudy(found.Tag, id, found.Spec) ? found.Study : null;
    }, cancellationToken);

    private static async Task<TaggedStudy?> FindTaggedStudyAsync(
        DbConnection connection, DbTransaction? transaction, string id, CancellationToken cancellationToken) =>
        (await connection.ReadAsync(
            transaction, $"SELECT {StudyRows.StudyColumns}, s.tag FROM studies s WHERE s.id = @id",
            row => new TaggedStudy(StudyRows.Study(row), row.GetString(StudyRows.StudyWidth - 1), Rows.Text(row, StudyRows.StudyWidth)),
            cancellationToken, ("@id", id))).FirstOrDefault();

    private static Task<List<TaggedRun>> FindTaggedAsync(
        DbConnection connection, DbTransaction? transaction, string[] runs, CancellationToken cancellationToken)
    {
        var (names, values) = Names(runs);
        return connection.ReadAsync(
            transaction,
            $"""
            SELECT r.id, r.group_id, r.repeat, r.seed, g.spec, r.attempts, r.state, r.tag
            FROM runs r JOIN groups g ON g.id = r.group_id WHERE r.id IN ({names})
            """,
            row => new TaggedRun(
                new SignedRun(
                    row.GetString(0), row.GetString(1), Rows.Int(row, 2), row.GetInt64(3), WorkKey.Digest(row.GetString(4))),
                Rows.Spec(row.GetString(4), row.GetString(1)), Rows.Int(row, 5), !Rows.ToRunState(row.GetString(6)).IsFinal(),
                Rows.Text(row, 7)),
            cancellationToken, values);
    }

    private bool IsOwn(TaggedRun run) => _key.Covers(run.Tag, run.Work, run.Attempts, run.Spec.Resources.MoreAttempts);

    private async Task SignAsync(
        DbConnection connection, DbTransaction transaction, string[] runs, CancellationToken cancellationToken)
    {
        var statements = new Batch(connection, transaction);
        foreach (var run in await FindTaggedAsync(connection, transaction, runs, cancellationToken))
        {
            statements.Add(
                "UPDATE runs SET tag = @tag WHERE id = @run", ("@run", run.Work.Run), ("@tag", _key.Sign(run.Work, run.Attempts)));
        }

        await statements.RunAsync(cancellationToken);
    }

    private sealed record TaggedRun(SignedRun Work, WorkSpec Spec, int Attempts, bool IsLive, string? Tag);

    private sealed record TaggedStudy(StudyRecord Study, string Spec, string? Tag);
}
