using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>A key of an object, with its row on the reference page.</summary>
/// <param name="key">The key.</param>
/// <param name="meaning">What the key means, in one or two sentences.</param>
/// <param name="example">A value as it would be written on the key's line.</param>
internal abstract class Field(string key, string meaning, string example)
{
    public string Key { get; } = key;

    public string Meaning { get; } = meaning;

    public string Example { get; } = example;

    public bool Required { get; init; }

    /// <summary>The default in words, as Markdown.</summary>
    public string DefaultWords { get; init; } = "none";

    public abstract Shape Shape { get; }

    public abstract object? Read(Node node, FaultList faults);
}

/// <inheritdoc/>
internal sealed class Field<T>(string key, Shape<T> shape, string meaning, string example) : Field(key, meaning, example)
{
    public override Shape Shape => shape;

    public override object? Read(Node node, FaultList faults) => shape.Read(node, Key, faults);
}

/// <summary>The values of an object's fields.</summary>
/// <param name="node">The object.</param>
/// <param name="faults">Receives the faults of checks.</param>
internal sealed class FieldValues(MapNode node, FaultList faults)
{
    private readonly Dictionary<Field, object?> _values = [];

    public MapNode Node { get; } = node;

    public FaultList Faults { get; } = faults;

    /// <summary>The keys that misspelt keys were probably meant to be. They are not also reported as missing.</summary>
    public HashSet<string> Meant { get; } = new(StringComparer.Ordinal);

    public void Set(Field field, object? value) => _values[field] = value;

    /// <summary>True when the key is present, even with a faulty value.</summary>
    public bool Has(Field field) => _values.ContainsKey(field);

    /// <summary>The value; null when the key is absent or faulty.</summary>
    public T? Get<T>(Field<T> field)
        where T : class => _values.GetValueOrDefault(field) as T;

    /// <summary>
    /// The value, or the default when the key is absent or faulty. Scalars are boxed, so that ahead-of-time compilation needs no code for
    /// each type.
    /// </summary>
    public T Get<T>(Field<object> field, T absent)
        where T : struct => _values.GetValueOrDefault(field) is T value ? value : absent;

    /// <summary>The value; null when the key is absent.</summary>
    public T? Maybe<T>(Field<object> field)
        where T : struct => _values.GetValueOrDefault(field) is T value ? value : null;

    /// <summary>The position of a value; the position of the object when the key is absent.</summary>
    public Mark MarkOf(Field field) => MarkOf(field.Key);

    /// <inheritdoc cref="MarkOf(Field)"/>
    public Mark MarkOf(string key) => (Node.Find(key) ?? Node).Mark;
}
