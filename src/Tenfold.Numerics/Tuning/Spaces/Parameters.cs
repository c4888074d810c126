using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>The parameters of a run, in the order of their declaration. Immutable. Equality compares names, order and values.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The name says what they are; that they are a dictionary is secondary.")]
public sealed class Parameters : IReadOnlyDictionary<string, ParameterValue>, IEquatable<Parameters>
{
    private readonly OrderedDictionary<string, ParameterValue> _values;

    private Parameters(OrderedDictionary<string, ParameterValue> values) => _values = values;

    /// <summary>No parameters.</summary>
    public static Parameters Empty { get; } = new([]);

    /// <summary>The number of parameters.</summary>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<ParameterValue> Values => _values.Values;

    /// <summary>The names of the parameters that have no value yet.</summary>
    public IEnumerable<string> Missing => _values.Where(pair => pair.Value is RequiredValue).Select(pair => pair.Key);

    /// <inheritdoc/>
    public ParameterValue this[string key] => _values[key];

    /// <summary>Creates parameters from names and values. A repeated name keeps its first position and its last value.</summary>
    public static Parameters From(IEnumerable<KeyValuePair<string, ParameterValue>> pairs)
    {
        var ordered = new OrderedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs) ordered[name] = value;
        return new Parameters(ordered);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a JSON object of parameter values.</exception>
    public static Parameters FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("parameters must be a JSON object");
        return From(document.RootElement.EnumerateObject()
            .Select(member =>
                KeyValuePair.Create(member.Name, ParameterJson.Read(member.Value)
                    ?? throw new JsonException($"parameter {member.Name} has a type that a parameter can't have"))));
    }

    /// <summary>Returns a copy with one parameter set. A new name goes to the end.</summary>
    public Parameters With(string name, ParameterValue value) => From(_values.Append(KeyValuePair.Create(name, value)));

    /// <summary>
    /// Writes the parameters, in their order, as one line of JSON: the text of <c>$TENFOLD_PARAMS</c>.
    /// </summary>
    public string ToJson() => ParameterValue.JsonOf(json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in _values)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ParameterValue value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Parameters? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parameters);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(0, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));
}

/// <summary>Reads parameter values from JSON.</summary>
public static class ParameterJson
{
    /// <summary>Reads a value. Null for JSON that is no parameter value: an object, a nested list, or a number that is too large.</summary>
    public static ParameterValue? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => new BooleanValue(json.GetBoolean()),
        JsonValueKind.String => new TextValue(json.GetString()!),
        JsonValueKind.Number => Number(json),
        JsonValueKind.Null => NullValue.Instance,
        JsonValueKind.Array => List(json),
        _ => null,
    };

    private static ParameterValue? Number(JsonElement json)
    {
        var text = json.GetRawText();
        if (text.AsSpan().ContainsAny('.', 'e', 'E'))
            return double.IsFinite(json.GetDouble()) ? new NumberValue(json.GetDouble(), text) : null;
        return json.TryGetInt64(out var whole) ? new IntegerValue(whole) : null;
    }

    private static ListValue? List(JsonElement json)
    {
        var items = json.EnumerateArray().Select(Read).ToList();
        return items.Exists(item => item is null or ListValue or NullValue) ? null : new ListValue([.. items.OfType<ParameterValue>()]);
    }
}
