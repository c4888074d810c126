using System.Data.Common;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tenfold.Core.Ledger;

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
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Convert(reader, read));
        return rows;
    }

    /// <summary>Reads a list, and leaves the rows out that can't be read.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Converts a row; null for one that is left out without a word.</param>
    /// <param name="name">The kind and name of a row's record, for people.</param>
    /// <param name="damaged">Is told of each row that is left out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="parameters">The parameters.</param>
    public static async Task<List<T>> ReadReadableAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T?> read, Func<DbDataReader, string> name, DamagedRecords damaged,
        CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
        where T : class =>
        [.. (await connection.ReadAsync(sql, row => ReadOrLeaveOut(row, read, name, damaged), cancellationToken, parameters)).OfType<T>()];

    /// <summary>Converts a row.</summary>
    /// <exception cref="InvalidDataException">The row has values that the ledger can't have written.</exception>
    public static T Convert<T>(DbDataReader row, Func<DbDataReader, T> read)
    {
        try
        {
            return read(row);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or ArithmeticException or ArgumentException
            or JsonException or NotSupportedException or (InvalidOperationException and not ObjectDisposedException))
        {
            throw new InvalidDataException($"a row has a value that can't be read ({e.Message})", e);
        }
    }

    private static T? ReadOrLeaveOut<T>(
        DbDataReader row, Func<DbDataReader, T?> read, Func<DbDataReader, string> name, DamagedRecords damaged)
        where T : class
    {
        try
        {
            return Convert(row, read);
        }
        catch (InvalidDataException e)
        {
            damaged.Add(NameOf(row, name), e.Message);
            return null;
        }
    }

    private static string NameOf(DbDataReader row, Func<DbDataReader, string> name)
    {
        try
        {
            return Convert(row, name);
        }
        catch (InvalidDataException)
        {
            return "a record without a name";
        }
    }
}
