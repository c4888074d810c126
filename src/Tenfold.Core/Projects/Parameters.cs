using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Tenfold.Core.Projects;

/// <summary>Parameters of a run in the order they were declared. Immutable; equal when names, order and values are.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "They are a run's parameters first, and a dictionary second.")]
public sealed class Parameters : IReadOnlyDictionary<string, ParameterValue>, IEquatable<Parameters>
{
    private readonly OrderedDictionary<string, ParameterValue> values;

    private Parameters(OrderedDictionary<string, ParameterValue> values) => this.values = values;

    /// <summary>No parameters.</summary>
    public static Parameters Empty { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => values.Keys;

    /// <inheritdoc/>
    public IEnumerable<ParameterValue> Values => values.Values;

    /// <summary>The names declared without a value and not given one since.</summary>
    public IEnumerable<string> Missing => values.Where(pair => pair.Value is RequiredValue).Select(pair => pair.Key);

    /// <inheritdoc/>
    public ParameterValue this[string key] => values[key];

    /// <summary>Parameters from names and values; a name that comes twice keeps its first place and its last value.</summary>
    public static Parameters From(IEnumerable<KeyValuePair<string, ParameterValue>> pairs)
    {
        var ordered = new OrderedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs) ordered[name] = value;
        return new Parameters(ordered);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It isn't an object of such values.</exception>
    public static Parameters FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("parameters must be a JSON object");
        return From(document.RootElement.EnumerateObject()
            .Select(member =>
                KeyValuePair.Create(member.Name, ParameterJson.Read(member.Value)
                    ?? throw new JsonException($"parameter {member.Name} is of no type of ours"))));
    }

    /// <summary>The environment variable that carries a parameter: <c>learning-rate</c> → <c>TENFOLD_PARAM_LEARNING_RATE</c>.</summary>
    public static string EnvironmentName(string name) => "TENFOLD_PARAM_" + EnvironmentSuffix(name);

    /// <summary>The same parameters with one set; a new name goes to the end.</summary>
    public Parameters With(string name, ParameterValue value) => From(values.Append(KeyValuePair.Create(name, value)));

    /// <summary>
    /// Sets values from <c>-p name=value</c> arguments, each checked against the declared name and type. A value still missing
    /// afterwards is a fault.
    /// </summary>
    /// <param name="arguments">What followed each <c>-p</c>.</param>
    /// <param name="anyName">True when undeclared names are welcome, as without a <c>tenfold.yaml</c>.</param>
    public Checked<Parameters> Merge(IEnumerable<string> arguments, bool anyName = false)
    {
        var merged = ParameterArguments.Apply(this, arguments, anyName, out var faults);
        faults.AddRange(merged.Missing.Select(name =>
            new Fault($"-p {name}", 0, 0, $"parameter '{name}' has no value in tenfold.yaml; give one: -p {name}=…")));
        return faults.Count == 0 ? Checked<Parameters>.Of(merged) : Checked<Parameters>.Of(faults);
    }

    /// <summary>Like <see cref="Merge"/>, but values may stay missing: a sweep is still to give them.</summary>
    public Checked<Parameters> Override(IEnumerable<string> arguments)
    {
        var merged = ParameterArguments.Apply(this, arguments, anyName: false, out var faults);
        return faults.Count == 0 ? Checked<Parameters>.Of(merged) : Checked<Parameters>.Of(faults);
    }

    /// <summary>The parameters as one line of JSON in their order: the content of <c>$TENFOLD_PARAMS</c>, and what is hashed.</summary>
    public string ToJson() => ParameterValue.JsonOf(json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in values)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public bool ContainsKey(string key) => values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ParameterValue value) => values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Parameters? other) => other is not null && values.SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parameters);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(0, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));

    /// <summary>A parameter's or channel's name as the end of a variable's: upper case, and <c>_</c> for what may not stand there.</summary>
    public static string EnvironmentSuffix(string name)
    {
        var suffix = new StringBuilder(name.Length);
        foreach (var c in name) suffix.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        return suffix.ToString();
    }
}

/// <summary>Parameter values from JSON.</summary>
internal static class ParameterJson
{
    /// <summary>The value; null for what is no parameter: an object, a list in a list, a number too large.</summary>
    public static ParameterValue? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => new BooleanValue(json.GetBoolean()),
        JsonValueKind.String => new TextValue(json.GetString()!),
        JsonValueKind.Number => Number(json),
        JsonValueKind.Null => RequiredValue.Instance,
        JsonValueKind.Array => List(json),
        _ => null,
    };

    private static ParameterValue? Number(JsonElement json)
    {
        if (json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'))
            return double.IsFinite(json.GetDouble()) ? new NumberValue(json.GetDouble()) : null;
        return json.TryGetInt64(out var whole) ? new IntegerValue(whole) : null;
    }

    private static ListValue? List(JsonElement json)
    {
        var items = json.EnumerateArray().Select(Read).ToList();
        return items.Exists(item => item is null or ListValue or RequiredValue) ? null : new ListValue([.. items.OfType<ParameterValue>()]);
    }
}
