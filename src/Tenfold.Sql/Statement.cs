using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Tenfold.Sql;

/// <summary>Runs a statement with its parameters in one call.</summary>
internal static class Statement
{
    public static DbCommand Of(
        this DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters) command.Parameters.Add(Fill(command.CreateParameter(), name, value));
        return command;
    }

    /// <summary>Gives a parameter its name and value.</summary>
    public static DbParameter Fill(DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = value switch
        {
            null => DBNull.Value,
            DateTimeOffset time => time.ToUnixTimeMilliseconds(),
            bool flag => flag ? 1 : 0,
            double.NaN => DBNull.Value,
            string text => Storable(text),
            // SQLite's driver would write upper-case letters.
            Guid id when parameter is SqliteParameter => id.ToString(),
            _ => value,
        };
        return parameter;
    }

    /// <summary>Replaces NUL characters and unpaired surrogates, which PostgreSQL refuses; commands and clients may send both.</summary>
    internal static string Storable(string text)
    {
        var isPlain = true;
        foreach (var letter in text) isPlain &= letter != '\0' && !char.IsSurrogate(letter);
        if (isPlain) return text;
        var stored = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) stored.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return stored.ToString();
    }

    public static async Task<int> ExecuteAsync(
        this DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Of(transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; null when the value is NULL or there is no row.</summary>
    public static async Task<object?> ScalarAsync(
        this DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Of(transaction, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? value : null;
    }

    public static Task<List<T>> ReadAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters) =>
        connection.ReadAsync(null, sql, read, cancellationToken, parameters);

    public static async Task<List<T>> ReadAsync<T>(
        this DbConnection connection, DbTransaction? transaction, string sql, Func<DbDataReader, T> read,
        CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Of(transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }
}
