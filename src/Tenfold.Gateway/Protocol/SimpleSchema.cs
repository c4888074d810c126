using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Tenfold.Gateway.Protocol;

/// <summary>
/// A schema of the most common form: an object whose members are numbers, texts, truth values, or lists of them. Such a body is checked
/// while it is read, without allocation; anything else is left to the full validator.
/// </summary>
/// <remarks>It only ever accepts. What it does not accept is checked again by the full validator, which then explains the fault.</remarks>
internal sealed class SimpleSchema
{
    private static readonly FrozenSet<string> Annotations = FrozenSet.Create(
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated");

    private readonly (byte[] Name, Member Member)[] _members;
    private readonly ulong _required;
    private readonly bool _isOpen;

    private SimpleSchema((byte[] Name, Member Member)[] members, ulong required, bool isOpen) =>
        (_members, _required, _isOpen) = (members, required, isOpen);

    /// <summary>Compiles a schema; null when it has another form.</summary>
    public static SimpleSchema? Compile(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || Tensor.TextOf(schema, "type") != "object") return null;
        var (members, required, isOpen) = (new List<(byte[] Name, Member Member)>(), new List<string>(), true);
        foreach (var keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "type" or "$defs": continue;
                case "properties" when keyword.Value.ValueKind == JsonValueKind.Object:
                    foreach (var property in keyword.Value.EnumerateObject())
                    {
                        if (Member.Compile(property.Value, mayBeList: true) is not { } member) return null;
                        members.Add((Encoding.UTF8.GetBytes(property.Name), member));
                    }

                    continue;
                case "required" when keyword.Value.ValueKind == JsonValueKind.Array:
                    required.AddRange(keyword.Value.EnumerateArray().Select(name => name.GetString() ?? ""));
                    continue;
                case "additionalProperties" when keyword.Value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    isOpen = keyword.Value.GetBoolean();
                    continue;
                default:
                    if (Annotations.Contains(keyword.Name)) continue;
                    return null;
            }
        }

        if (members.Count > 64) return null;
        var bits = 0UL;
        foreach (var name in required)
        {
            var index = members.FindIndex(member => member.Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(name)));
            if (index < 0) return null;
            bits |= 1UL << index;
        }

        return new SimpleSchema([.. members], bits, isOpen);
    }

    /// <summary>True when the body certainly matches.</summary>
    public bool Accepts(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            var seen = 0UL;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // An escaped name is left to the full validator, and so is a name that occurs twice.
                if (reader.ValueIsEscaped) return false;
                var index = IndexOf(reader.ValueSpan);
                if (index < 0 && (!_isOpen || !Utf8.IsValid(reader.ValueSpan))) return false;
                if (!reader.Read()) return false;
                if (index < 0)
                {
                    // The validity of an unknown member's text is not checked here.
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.String) return false;
                    continue;
                }

                if ((seen & (1UL << index)) != 0 || !_members[index].Member.Accepts(ref reader)) return false;
                seen |= 1UL << index;
            }

            return reader.TokenType == JsonTokenType.EndObject && (seen & _required) == _required && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _members.Length; i++)
            if (name.SequenceEqual(_members[i].Name)) return i;
        return -1;
    }

    /// <summary>What one member of the object may be.</summary>
    private sealed record Member(JsonTokenType Type, bool IsWhole, double Least, double Most, Member? Elements, int Fewest, int Longest)
    {
        /// <summary>Compiles the schema of a member; null when it has another form.</summary>
        public static Member? Compile(JsonElement schema, bool mayBeList)
        {
            if (schema.ValueKind != JsonValueKind.Object) return null;
            var (type, least, most, fewest, longest) = ("", double.NegativeInfinity, double.PositiveInfinity, 0, int.MaxValue);
            Member? elements = null;
            foreach (var keyword in schema.EnumerateObject())
            {
                var number = keyword.Value.ValueKind == JsonValueKind.Number ? keyword.Value.GetDouble() : double.NaN;
                switch (keyword.Name)
                {
                    case "type" when keyword.Value.ValueKind == JsonValueKind.String: type = keyword.Value.GetString()!; continue;
                    case "minimum" when !double.IsNaN(number): least = number; continue;
                    case "maximum" when !double.IsNaN(number): most = number; continue;
                    case "minItems" when number is >= 0 and < int.MaxValue: fewest = (int)number; continue;
                    case "maxItems" when number is >= 0 and < int.MaxValue: longest = (int)number; continue;
                    case "items" when mayBeList && (elements = Compile(keyword.Value, mayBeList: false)) is not null: continue;
                    default:
                        if (Annotations.Contains(keyword.Name)) continue;
                        return null;
                }
            }

            return type switch
            {
                "number" => new Member(JsonTokenType.Number, false, least, most, null, 0, 0),
                "integer" => new Member(JsonTokenType.Number, true, least, most, null, 0, 0),
                "string" => new Member(JsonTokenType.String, false, 0, 0, null, 0, 0),
                "boolean" => new Member(JsonTokenType.True, false, 0, 0, null, 0, 0),
                "array" when elements is not null => new Member(JsonTokenType.StartArray, false, 0, 0, elements, fewest, longest),
                _ => null,
            };
        }

        /// <summary>True when the value that the reader is at certainly matches; the reader is then at its end.</summary>
        public bool Accepts(ref Utf8JsonReader reader)
        {
            if (Type == JsonTokenType.True) return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            if (reader.TokenType != Type) return false;
            if (Type == JsonTokenType.Number) return AcceptsNumber(ref reader);
            if (Type == JsonTokenType.String) return !reader.ValueIsEscaped && Utf8.IsValid(reader.ValueSpan);
            var count = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!Elements!.Accepts(ref reader)) return false;
                count++;
            }

            return count >= Fewest && count <= Longest;
        }

        // A whole number may be written 1.0 or 1e3: the full validator decides about such spellings. It also decides about numbers at a
        // bound, to which a number just beyond the bound may have been rounded.
        private bool AcceptsNumber(ref Utf8JsonReader reader)
        {
            if (IsWhole && !reader.TryGetInt64(out _)) return false;
            return reader.TryGetDouble(out var number) && double.IsFinite(number) && number > Least && number < Most;
        }
    }
}
