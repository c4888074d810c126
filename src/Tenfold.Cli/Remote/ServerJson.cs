using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tenfold.Cli.Remote;

/// <summary>Reads the views that a server sends, and nothing that only looks like one: a value that a view must have is there.</summary>
internal static class ServerJson
{
    private static readonly ConcurrentDictionary<JsonSerializerOptions, JsonSerializerOptions> Strict = [];

    /// <summary>Reads a view.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="type">What it must be.</param>
    /// <exception cref="JsonException">It is something else.</exception>
    public static T Read<T>(string text, JsonTypeInfo<T> type)
    {
        var options = Strict.GetOrAdd(type.Options, StrictOf);
        try
        {
            var view = JsonSerializer.Deserialize(text, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
            CheckInside(view, options);
            return view!;
        }
        // The types of views read their own fields, and say in many ways that they can't.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException
            or OverflowException)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static JsonSerializerOptions StrictOf(JsonSerializerOptions options) => new(options)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = options.TypeInfoResolver!.WithAddedModifier(Require),
    };

    // A nullable value may be left out: a server of an earlier version may not know it.
    private static void Require(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false } parameter
                && (property.PropertyType.IsValueType
                    ? Nullable.GetUnderlyingType(property.PropertyType) is null : !parameter.IsNullable))
                property.IsRequired = true;
        }
    }

    // The serializer checks the properties of views. What lists, maps and free JSON hold, it does not.
    private static void CheckInside(object? value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case null:
                throw new JsonException("null stands where a value is required");
            case JsonElement element when element.ValueKind != JsonValueKind.Object:
                throw new JsonException("no object stands where one is required");
            case JsonElement element:
                CheckText(element);
                break;
            case string or ValueType:
                break;
            case IDictionary map:
                foreach (var one in map.Values) CheckInside(one, options);
                break;
            case IEnumerable list:
                foreach (var one in list) CheckInside(one, options);
                break;
            case var view when options.TryGetTypeInfo(view.GetType(), out var type):
                foreach (var property in type.Properties)
                    if (property.Get?.Invoke(view) is { } part) CheckInside(part, options);
                break;
        }
    }

    // Free JSON is parsed without its texts. One with half a letter could not be printed later.
    private static void CheckText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckText(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var one in element.EnumerateArray()) CheckText(one);
                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
