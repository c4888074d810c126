using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// The value of a parameter with its type: a whole number (64 bits), a number (double), true or false, a text, a list of these, or null.
/// <see cref="RequiredValue"/> marks a value that is still missing.
/// </summary>
public abstract record ParameterValue
{
    private protected ParameterValue()
    {
    }

    /// <summary>
    /// The value as text for a command line or an environment variable; a list is JSON. The text doesn't depend on the culture.
    /// </summary>
    public abstract string Text { get; }

    /// <summary>The type in words for a message, with its article, such as <c>a whole number</c>.</summary>
    public abstract string TypeWords { get; }

    /// <summary>Writes the value as JSON. A number is written as its text is, so <c>1e5</c> and <c>100000.0</c> differ there.</summary>
    public abstract void WriteTo(Utf8JsonWriter json);

    /// <inheritdoc/>
    public sealed override string ToString() => Text;

    /// <summary>Returns the JSON that <paramref name="write"/> writes.</summary>
    public static string JsonOf(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

/// <summary>A whole number.</summary>
/// <param name="Value">The number.</param>
public sealed record IntegerValue(long Value) : ParameterValue
{
    /// <inheritdoc/>
    public override string Text => Value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string TypeWords => "a whole number";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteNumberValue(Value);
}

/// <summary>
/// A finite number that need not be whole. Its text parses to the same double, and always has a point or an exponent: <c>60.0</c>. Two
/// numbers are equal when their values are, however they are written.
/// </summary>
/// <param name="Value">The number.</param>
public sealed partial record NumberValue(double Value) : ParameterValue
{
    private readonly string? _written;

    /// <summary>
    /// A number that keeps its text, so that a script gets <c>1e5</c> or <c>1.10</c> as the user wrote it. A text that JSON would not
    /// read as this kind of number, such as <c>.5</c>, is not kept.
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="written">The text that was read as this number.</param>
    public NumberValue(double value, string written)
        : this(value) => _written = written.AsSpan().ContainsAny('.', 'e', 'E') && JsonNumber().IsMatch(written) ? written : null;

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            if (_written is not null) return _written;
            var shortest = Value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
            return shortest.AsSpan().ContainsAny('.', 'e') ? shortest : shortest + ".0";
        }
    }

    /// <inheritdoc/>
    public override string TypeWords => "a number";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteRawValue(Text, skipInputValidation: true);

    /// <summary>True for the same number, in whatever form it was written.</summary>
    public bool Equals(NumberValue? other) => other is not null && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    // Source: RFC 8259, section 6.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}

/// <summary>True or false.</summary>
/// <param name="Value">The value.</param>
public sealed record BooleanValue(bool Value) : ParameterValue
{
    /// <inheritdoc/>
    public override string Text => Value ? "true" : "false";

    /// <inheritdoc/>
    public override string TypeWords => "true or false";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteBooleanValue(Value);
}

/// <summary>A text.</summary>
/// <param name="Value">The text.</param>
public sealed record TextValue(string Value) : ParameterValue
{
    /// <inheritdoc/>
    public override string Text => Value;

    /// <inheritdoc/>
    public override string TypeWords => "text";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteStringValue(Value);
}

/// <summary>A list of values, none of them a list.</summary>
/// <param name="Items">The values in their order.</param>
public sealed record ListValue(IReadOnlyList<ParameterValue> Items) : ParameterValue
{
    /// <inheritdoc/>
    public override string Text => JsonOf(WriteTo);

    /// <inheritdoc/>
    public override string TypeWords => "a list";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var item in Items) item.WriteTo(json);
        json.WriteEndArray();
    }

    /// <summary>True for a list of equal values in the same order.</summary>
    public bool Equals(ListValue? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);
}

/// <summary>Null: a value that says that there is none. A script does not get the parameter as an argument.</summary>
public sealed record NullValue : ParameterValue
{
    private NullValue()
    {
    }

    /// <summary>The only instance.</summary>
    public static NullValue Instance { get; } = new();

    /// <inheritdoc/>
    public override string Text => "null";

    /// <inheritdoc/>
    public override string TypeWords => "null";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteNullValue();
}

/// <summary>
/// The missing value of a parameter that is declared without a default. Written as JSON and read again, it is <see cref="NullValue"/>.
/// </summary>
public sealed record RequiredValue : ParameterValue
{
    private RequiredValue()
    {
    }

    /// <summary>The only instance.</summary>
    public static RequiredValue Instance { get; } = new();

    /// <inheritdoc/>
    public override string Text => "";

    /// <inheritdoc/>
    public override string TypeWords => "any value";

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter json) => json.WriteNullValue();
}
