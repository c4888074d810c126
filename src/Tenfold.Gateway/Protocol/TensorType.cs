using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Gateway.Protocol;

/// <summary>A data type of the Open Inference Protocol: how its elements are written as JSON, and as little-endian bytes.</summary>
/// <param name="Name">Its name in the protocol.</param>
/// <param name="SizeBytes">The size of an element; 0 for BYTES, whose elements have a length of four bytes before them.</param>
internal sealed record TensorType(string Name, int SizeBytes)
{
    private static readonly TensorType[] All =
    [
        new("BOOL", 1), new("UINT8", 1), new("UINT16", 2), new("UINT32", 4), new("UINT64", 8), new("INT8", 1), new("INT16", 2),
        new("INT32", 4), new("INT64", 8), new("FP16", 2), new("FP32", 4), new("FP64", 8), new("BYTES", 0),
    ];

    /// <summary>The type of a name; null for an unknown name.</summary>
    public static TensorType? Find(string? name) => Array.Find(All, type => type.Name == name);

    /// <summary>True when a value of JSON can be an element.</summary>
    public bool Takes(JsonElement value) => Name switch
    {
        "BOOL" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "BYTES" => value.ValueKind == JsonValueKind.String,
        "FP16" or "FP32" or "FP64" => value.ValueKind == JsonValueKind.Number,
        "UINT8" => IsWithin(value, 0, byte.MaxValue),
        "UINT16" => IsWithin(value, 0, ushort.MaxValue),
        "UINT32" => IsWithin(value, 0, uint.MaxValue),
        "UINT64" => IsWithin(value, 0, ulong.MaxValue),
        "INT8" => IsWithin(value, sbyte.MinValue, sbyte.MaxValue),
        "INT16" => IsWithin(value, short.MinValue, short.MaxValue),
        "INT32" => IsWithin(value, int.MinValue, int.MaxValue),
        _ => IsWithin(value, long.MinValue, long.MaxValue),
    };

    /// <summary>Reads the elements of a binary tensor.</summary>
    /// <returns>The elements as JSON; null when the bytes don't fit the type.</returns>
    public List<JsonNode?>? Decode(ReadOnlySpan<byte> bytes)
    {
        var elements = new List<JsonNode?>();
        if (SizeBytes == 0) return DecodeTexts(bytes, elements) ? elements : null;
        if (bytes.Length % SizeBytes != 0) return null;
        for (; bytes.Length > 0; bytes = bytes[SizeBytes..])
        {
            if (DecodeOne(bytes) is not { } element) return null;
            elements.Add(element);
        }

        return elements;
    }

    /// <summary>Writes an element as bytes.</summary>
    public void Encode(JsonElement value, List<byte> bytes)
    {
        Span<byte> one = stackalloc byte[8];
        switch (Name)
        {
            case "BYTES":
                var text = System.Text.Encoding.UTF8.GetBytes(value.GetString()!);
                BinaryPrimitives.WriteInt32LittleEndian(one, text.Length);
                bytes.AddRange(one[..4]);
                bytes.AddRange(text);
                return;
            case "BOOL": one[0] = value.GetBoolean() ? (byte)1 : (byte)0; break;
            case "FP64": BinaryPrimitives.WriteDoubleLittleEndian(one, value.GetDouble()); break;
            case "FP32": BinaryPrimitives.WriteSingleLittleEndian(one, value.GetSingle()); break;
            case "FP16": BinaryPrimitives.WriteHalfLittleEndian(one, (Half)value.GetDouble()); break;
            case "UINT64": BinaryPrimitives.WriteUInt64LittleEndian(one, value.GetUInt64()); break;
            default: BinaryPrimitives.WriteInt64LittleEndian(one, value.GetInt64()); break;
        }

        bytes.AddRange(one[..SizeBytes]);
    }

    private static bool DecodeTexts(ReadOnlySpan<byte> bytes, List<JsonNode?> elements)
    {
        while (bytes.Length > 0)
        {
            if (bytes.Length < 4) return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0 || length > bytes.Length - 4) return false;
            var text = bytes.Slice(4, length);
            // JSON has only text, so other bytes can't be given to the model as they are.
            if (!System.Text.Unicode.Utf8.IsValid(text)) return false;
            elements.Add(JsonValue.Create(System.Text.Encoding.UTF8.GetString(text)));
            bytes = bytes[(4 + length)..];
        }

        return true;
    }

    private JsonNode? DecodeOne(ReadOnlySpan<byte> bytes) => Name switch
    {
        "BOOL" => bytes[0] switch { 0 => JsonValue.Create(false), 1 => JsonValue.Create(true), _ => null },
        "UINT8" => JsonValue.Create(bytes[0]),
        "INT8" => JsonValue.Create((sbyte)bytes[0]),
        "UINT16" => JsonValue.Create(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        "INT16" => JsonValue.Create(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        "UINT32" => JsonValue.Create(BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        "INT32" => JsonValue.Create(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        "UINT64" => JsonValue.Create(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        "INT64" => JsonValue.Create(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        // The shortest text of each precision, so that 0.1 stays 0.1.
        "FP16" => Number(BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        "FP32" => Number(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        _ => Number(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
    };

    // JSON has neither infinity nor "not a number".
    private static JsonNode? Number<T>(T value)
        where T : System.Numerics.IFloatingPointIeee754<T> =>
        T.IsFinite(value) ? JsonNode.Parse(value.ToString("R", CultureInfo.InvariantCulture)) : null;

    private static bool IsWithin(JsonElement value, decimal least, decimal most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number >= least && number <= most
        && number == decimal.Truncate(number);
}
