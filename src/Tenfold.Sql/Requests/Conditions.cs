namespace Tenfold.Sql.Requests;

/// <summary>Collects the conditions of a query with their values.</summary>
internal sealed class Conditions
{
    private readonly List<string> _conditions = [];
    private readonly List<(string Name, object? Value)> _values = [];

    /// <summary>The values, for the statement.</summary>
    public (string Name, object? Value)[] Values => [.. _values];

    /// <summary>Adds a comparison with a value; none when the value is null.</summary>
    public Conditions Add(string column, string comparison, object? value)
    {
        if (value is null) return this;
        var name = $"@p{_values.Count}";
        _conditions.Add($"{column} {comparison} {name}");
        return Name(name, value is int number ? (long)number : value);
    }

    /// <summary>Requires one of the values; requires nothing when there are none.</summary>
    public Conditions AddAny(string column, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return this;
        var names = values.Select((_, i) => $"@p{_values.Count + i}").ToList();
        _conditions.Add($"{column} IN ({string.Join(", ", names)})");
        foreach (var (name, value) in names.Zip(values)) Name(name, value);
        return this;
    }

    /// <summary>Adds a condition as it is; its values are added by <see cref="Name"/>.</summary>
    public Conditions AddText(string condition)
    {
        _conditions.Add(condition);
        return this;
    }

    /// <summary>Adds a value.</summary>
    public Conditions Name(string name, object? value)
    {
        _values.Add((name, value));
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" AND ", _conditions);
}
