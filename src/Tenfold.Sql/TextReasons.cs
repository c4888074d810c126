using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Tenfold.Core.Reasons;

namespace Tenfold.Sql;

/// <summary>Converts the reasons of ledgers up to version 3, which were text with the warnings on lines of their own.</summary>
/// <remarks>Only those texts are parsed on which the program's behaviour depends: pruned trials and warnings. Every other text becomes a
/// note.</remarks>
internal static partial class TextReasons
{
    private const string WarningPrefix = "warning: ", RetriedPrefix = "is tried again after: ";
    private const int RowsAtOnce = 1000;

    private static readonly string[] Fractions = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    /// <summary>Converts all rows in chunks, so that a large ledger fits in memory.</summary>
    public static async Task ConvertAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await ConvertAsync(connection, transaction, "attempts", "reason", hasWarnings: true, cancellationToken);
        await ConvertAsync(connection, transaction, "runs", "reason", hasWarnings: true, cancellationToken);
        await ConvertAsync(connection, transaction, "runs", "cancel_reason", hasWarnings: false, cancellationToken);
        await ConvertAsync(connection, transaction, "studies", "reason", hasWarnings: false, cancellationToken);
        foreach (var study in await connection.ReadAsync(transaction, "SELECT id FROM studies", row => row.GetString(0), cancellationToken))
            await ConvertTrialsAsync(connection, transaction, study, cancellationToken);
    }

    /// <summary>Converts a text to a reason; null for an empty text.</summary>
    internal static Reason? ToReason(string text)
    {
        if (text.Length == 0) return null;
        if (text.StartsWith(RetriedPrefix, StringComparison.Ordinal))
            return new Reason.Retried(ToReason(text[RetriedPrefix.Length..]) ?? new Reason.Note(""));
        return Pruned(text) is { } pruned ? pruned : new Reason.Note(text);
    }

    /// <summary>Splits a text into its reason and its warnings, which are the last lines.</summary>
    internal static (Reason? Reason, IReadOnlyList<Warning> Warnings) Separate(string text)
    {
        var lines = text.Split('\n');
        var end = lines.Length;
        while (end > 0 && lines[end - 1].StartsWith(WarningPrefix, StringComparison.Ordinal)) end--;
        var warnings = lines[end..].Select(line => new Warning.Note(line[WarningPrefix.Length..]));
        return (ToReason(string.Join('\n', lines[..end])), [.. warnings]);
    }

    private static async Task ConvertAsync(
        DbConnection connection, DbTransaction transaction, string table, string column, bool hasWarnings,
        CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            var rows = await connection.ReadAsync(
                transaction, $"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id > @last ORDER BY id LIMIT {RowsAtOnce}",
                row => new TextRow(row.GetString(0), row.GetString(1)), cancellationToken, ("@last", last));
            if (rows.Count == 0) return;
            var statements = new Batch(connection, transaction);
            foreach (var (id, text) in rows)
            {
                var (reason, warnings) = hasWarnings ? Separate(text) : (ToReason(text), []);
                statements.Add($"UPDATE {table} SET {column} = @reason WHERE id = @id", ("@id", id), ("@reason", ReasonJson.Write(reason)));
                if (warnings.Count > 0)
                    statements.Add(
                        $"UPDATE {table} SET warnings = @warnings WHERE id = @id", ("@id", id), ("@warnings", WarningJson.Write(warnings)));
            }

            await statements.RunAsync(cancellationToken);
            last = rows[^1].Id;
        }
    }

    private static async Task ConvertTrialsAsync(
        DbConnection connection, DbTransaction transaction, string study, CancellationToken cancellationToken)
    {
        var rows = await connection.ReadAsync(
            transaction, "SELECT number, why FROM trials WHERE study_id = @study AND why IS NOT NULL",
            row => (Number: row.GetInt64(0), Why: row.GetString(1)), cancellationToken, ("@study", study));
        var statements = new Batch(connection, transaction);
        foreach (var (number, why) in rows)
        {
            statements.Add(
                "UPDATE trials SET why = @why WHERE study_id = @study AND number = @number",
                ("@study", study), ("@number", number), ("@why", ReasonJson.Write(ToReason(why))));
        }

        await statements.RunAsync(cancellationToken);
    }

    private static Reason.Pruned? Pruned(string text)
    {
        if (PrunedByRank().Match(text) is { Success: true } rank && FactorOf(rank.Groups["part"].Value) is { } factor)
            return new Reason.PrunedByRank(
                Whole(rank, "step"), Value(rank, "value"), Finite(Value(rank, "bound")), factor, (int)Whole(rank, "count"));
        if (PrunedByMedian().Match(text) is { Success: true } median)
            return new Reason.PrunedByMedian(
                Whole(median, "step"), Value(median, "value"), Finite(Value(median, "bound")), (int)Whole(median, "others"));
        return null;
    }

    private static int? FactorOf(string part) =>
        Array.IndexOf(Fractions, part) is >= 0 and var index ? index + 2
        : part.StartsWith("1/", StringComparison.Ordinal)
            && int.TryParse(part[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var factor) ? factor
        : null;

    private static long Whole(Match match, string group) =>
        long.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static double Value(Match match, string group) =>
        double.TryParse(match.Groups[group].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : double.NaN;

    private static double? Finite(double value) => double.IsNaN(value) ? null : value;

    [GeneratedRegex(
        @"^pruned at step (?<step>[0-9]{1,18}): (?<value>\S+), not among the best " +
        @"(?<part>\S+) of (?<count>[0-9]{1,9}) \((?<bound>\S+) or better\)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex PrunedByRank();

    [GeneratedRegex(
        @"^pruned at step (?<step>[0-9]{1,18}): (?<value>\S+), worse than the median of (?<others>[0-9]{1,9}) others \((?<bound>\S+)\)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex PrunedByMedian();

    private sealed record TextRow(string Id, string Text);
}
