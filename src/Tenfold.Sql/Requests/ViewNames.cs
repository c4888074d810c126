using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Sql.Requests;

/// <summary>The views with the inputs and outputs of one version, by names that are safe in SQL.</summary>
/// <param name="Schema">The schema, on PostgreSQL.</param>
/// <param name="Inputs">The name of the view of inputs.</param>
/// <param name="Outputs">The name of the view of outputs.</param>
internal sealed record ViewNames(string Schema, string Inputs, string Outputs)
{
    // PostgreSQL cuts longer names silently, and then they collide.
    private const int MaxBytes = 63;
    private const int HashLetters = 16;

    /// <summary>The names on PostgreSQL: <c>"iris"."inputs_1.0"</c>.</summary>
    public static ViewNames OnPostgres(string model, string version)
    {
        var isReserved = model.StartsWith("pg_", StringComparison.OrdinalIgnoreCase) || model is "information_schema" or "";
        return new ViewNames(Fitting(isReserved ? $"model_{model}" : model), Fitting($"inputs_{version}"), Fitting($"outputs_{version}"));
    }

    /// <summary>The names on SQLite, which has no schemas: <c>"iris.inputs_1.0"</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="isUnique">True to append a hash, because another version's names differ only in upper and lower case.</param>
    public static ViewNames OnSqlite(string model, string version, bool isUnique = false)
    {
        var prefix = model.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) ? $"model_{model}" : model;
        var (inputs, outputs) = ($"{prefix}.inputs_{version}", $"{prefix}.outputs_{version}");
        return new ViewNames("main", Fitting(inputs, isUnique), Fitting(outputs, isUnique));
    }

    /// <summary>Quotes a name.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes a text value.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // A long name keeps its beginning and gets a hash of the whole.
    private static string Fitting(string name, bool isHashed = false)
    {
        name = Statement.Storable(name);
        if (!isHashed && Encoding.UTF8.GetByteCount(name) <= MaxBytes) return name;
        var beginning = new StringBuilder();
        var bytes = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes - HashLetters - 1) break;
            beginning.Append(rune);
        }

        return $"{beginning}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLetters]}";
    }
}
