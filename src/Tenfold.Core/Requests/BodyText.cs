using System.Text.Json;
using System.Text.Unicode;

namespace Tenfold.Core.Requests;

/// <summary>Decides whether a body is JSON text that databases accept as it is.</summary>
public static class BodyText
{
    // PostgreSQL checks nested JSON recursively, with a limited stack.
    private const int MaxDepth = 512;

    /// <summary>True for one JSON value in UTF-8 without NUL characters. Escapes, duplicate keys and huge numbers are fine.</summary>
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body.Contains((byte)0) || !Utf8.IsValid(body)) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Only the syntax matters.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
