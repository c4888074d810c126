using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tenfold.Sql.Optuna;

/// <summary>Reads the studies in an SQLite file of Optuna's <c>RDBStorage</c>, and changes nothing.</summary>
/// <remarks>
/// Source: the models and migrations in <c>optuna/storages/_rdb</c>. Before 2.4 a study had one direction and a trial one value. From 3.0
/// on a value says whether it is infinite; before, infinity was the largest number of 32 bits.
/// </remarks>
/// <param name="path">The file.</param>
public sealed class OptunaFile(string path)
{
    private const double Infinite = 3.4028234e38;

    /// <summary>True when the file is an SQLite database.</summary>
    /// <param name="path">The file, which exists.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static bool IsDatabase(string path)
    {
        Span<byte> start = stackalloc byte[16];
        using var file = File.OpenRead(path);
        var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..count].SequenceEqual("SQLite format 3\0"u8);
    }

    /// <summary>Reads the studies, ordered by name, without their trials. Null when the database is not Optuna's.</summary>
    /// <exception cref="DbException">The database is damaged or in use.</exception>
    public async Task<IReadOnlyList<OptunaStudy>?> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        if (!await HasAsync(connection, "studies", "study_name", cancellationToken)
            || !await HasAsync(connection, "trial_params", "distribution_json", cancellationToken))
            return null;
        var directions = await HasAsync(connection, "study_directions", "direction", cancellationToken)
            ? "SELECT s.study_id, s.study_name, d.direction FROM studies s LEFT JOIN study_directions d ON d.study_id = s.study_id " +
                "ORDER BY s.study_name, d.objective"
            : "SELECT study_id, study_name, direction FROM studies ORDER BY study_name";
        var rows = await connection.ReadAsync(
            directions, row => (Id: row.GetInt64(0), Name: row.GetString(1), Direction: Rows.Text(row, 2)), cancellationToken);
        return
        [
            .. rows.GroupBy(row => (row.Id, row.Name)).Select(study => new OptunaStudy(
                study.Key.Id, study.Key.Name, [.. study.Select(row => row.Direction).OfType<string>()])),
        ];
    }

    /// <summary>Reads the trials of a study, ordered by number.</summary>
    /// <param name="study">The study's id in the file.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DbException">The database is damaged or in use.</exception>
    public async Task<IReadOnlyList<OptunaTrial>> ReadTrialsAsync(long study, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var hasTypes = await HasAsync(connection, "trial_values", "value_type", cancellationToken);
        var values = !await HasAsync(connection, "trial_values", "objective", cancellationToken)
            ? "SELECT trial_id, value, NULL FROM trials WHERE study_id = @study AND value IS NOT NULL"
            : $"SELECT v.trial_id, v.value, {(hasTypes ? "v.value_type" : "NULL")} FROM trial_values v " +
                "JOIN trials t ON t.trial_id = v.trial_id WHERE t.study_id = @study ORDER BY v.trial_id, v.objective";
        var byTrial = (await connection.ReadAsync(
            values, row => (Trial: row.GetInt64(0), Value: Value(row)), cancellationToken, ("@study", study)))
            .ToLookup(row => row.Trial, row => row.Value);
        var parameters = (await connection.ReadAsync(
            "SELECT p.trial_id, p.param_name, p.param_value, p.distribution_json FROM trial_params p " +
            "JOIN trials t ON t.trial_id = p.trial_id WHERE t.study_id = @study ORDER BY p.param_id",
            row => (Trial: row.GetInt64(0), Setting: new OptunaSetting(row.GetString(1), Rows.Number(row, 2), row.GetString(3))),
            cancellationToken, ("@study", study))).ToLookup(row => row.Trial, row => row.Setting);
        return await connection.ReadAsync(
            "SELECT trial_id, number, state FROM trials WHERE study_id = @study ORDER BY number, trial_id",
            row => new OptunaTrial(
                Rows.Int(row, 1), row.GetString(2), [.. byTrial[row.GetInt64(0)]], [.. parameters[row.GetInt64(0)]]),
            cancellationToken, ("@study", study));
    }

    private static double Value(DbDataReader row) => Rows.Text(row, 2) switch
    {
        "INF_POS" => double.PositiveInfinity,
        "INF_NEG" => double.NegativeInfinity,
        null when !row.IsDBNull(1) && Math.Abs(row.GetDouble(1)) >= Infinite =>
            row.GetDouble(1) > 0 ? double.PositiveInfinity : double.NegativeInfinity,
        _ => Rows.Number(row, 1),
    };

    private static async Task<bool> HasAsync(
        DbConnection connection, string table, string column, CancellationToken cancellationToken) => await connection.ScalarAsync(
        null, "SELECT 1 FROM pragma_table_info(@table) WHERE name = @column", cancellationToken, ("@table", table), ("@column", column))
        is not null;

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}

/// <summary>A study in a file of Optuna.</summary>
/// <param name="Id">Its id in the file.</param>
/// <param name="Name">Its name.</param>
/// <param name="Directions">The direction of each objective: <c>MINIMIZE</c>, <c>MAXIMIZE</c> or <c>NOT_SET</c>.</param>
public sealed record OptunaStudy(long Id, string Name, IReadOnlyList<string> Directions);

/// <summary>A trial in a file of Optuna.</summary>
/// <param name="Number">Its number in the study, from 0.</param>
/// <param name="State">Its state, such as <c>COMPLETE</c>, <c>PRUNED</c>, <c>FAIL</c>, <c>RUNNING</c> or <c>WAITING</c>.</param>
/// <param name="Values">The value of each objective, which may be infinite or NaN; empty without a result.</param>
/// <param name="Settings">Its parameters.</param>
public sealed record OptunaTrial(int Number, string State, IReadOnlyList<double> Values, IReadOnlyList<OptunaSetting> Settings)
{
    /// <summary>True when it has ended with its values.</summary>
    public bool IsComplete => State == "COMPLETE";
}

/// <summary>A parameter of a trial in a file of Optuna.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The value; of a categorical parameter, the index of the choice.</param>
/// <param name="Distribution">The distribution as JSON.</param>
public sealed record OptunaSetting(string Name, double Value, string Distribution);
