using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>A metric as a script prints it: <c>{"metric":"accuracy","value":0.93,"step":4}</c>.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Value">Its value; <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> may stand bare, as Python prints them, or in
/// quotes.</param>
/// <param name="Step">The step; null when the script gives none.</param>
public readonly partial record struct MetricLine(string Name, double Value, long? Step)
{
    /// <summary>A metric's name has at most this many characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>True when the line may be a metric: a cheap check, so that ordinary output costs little.</summary>
    public static bool MayBe(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        return line.Length > 0 && line[0] == '{' && line.IndexOf("\"metric\""u8) >= 0;
    }

    /// <summary>
    /// Where the JSON begins in a line that has text before it, such as the time that a logger puts there; -1 when there is none.
    /// </summary>
    public static int IndexIn(ReadOnlySpan<byte> line)
    {
        var name = line.IndexOf("\"metric\""u8);
        return name < 0 || line.IndexOf("\"value\""u8) < 0 ? -1 : line[..name].LastIndexOf((byte)'{');
    }

    /// <summary>Reads a line that <see cref="MayBe"/> one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="names">Returns a name as a string; the same string object for the same name.</param>
    /// <param name="fault">What is wrong with it, when null is returned; or why its step does not count. Empty when nothing is
    /// wrong.</param>
    public static MetricLine? Parse(ReadOnlySpan<byte> line, Func<Utf8JsonReader, string> names, out string fault)
    {
        fault = "";
        try
        {
            return Read(line, names, ref fault);
        }
        catch (JsonException) when (line.IndexOf("NaN"u8) >= 0 || line.IndexOf("Infinity"u8) >= 0)
        {
            // This is not JSON, but Python's json.dumps prints it.
            try
            {
                return Read(Encoding.UTF8.GetBytes(QuoteNumbers(Encoding.UTF8.GetString(line))), names, ref fault);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                fault = "it is not JSON";
                return null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            fault = "it is not JSON";
            return null;
        }
    }

    // Quotes the numbers that JSON does not have. Strings stay as they are.
    private static string QuoteNumbers(string line)
    {
        var parts = Text().Split(line);
        for (var i = 0; i < parts.Length; i += 2)
            parts[i] = parts[i].Replace("-Infinity", "\"-inf\"").Replace("Infinity", "\"inf\"").Replace("NaN", "\"nan\"");
        return string.Concat(parts);
    }

    // The capture group makes Split keep the strings, at the odd indices.
    [GeneratedRegex("""("(?:[^"\\]|\\.)*")""", RegexOptions.CultureInvariant)]
    private static partial Regex Text();

    private static MetricLine? Read(ReadOnlySpan<byte> line, Func<Utf8JsonReader, string> names, ref string fault)
    {
        var reader = new Utf8JsonReader(line);
        string? name = null;
        double? value = null;
        long? step = null;
        var hasBadStep = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isMetric, isValue, isStep) =
                (reader.ValueTextEquals("metric"u8), reader.ValueTextEquals("value"u8), reader.ValueTextEquals("step"u8));
            reader.Read();
            if (isMetric && reader.TokenType == JsonTokenType.String) name = names(reader);
            else if (isValue) value = Number(ref reader);
            else if (isStep && reader.TokenType != JsonTokenType.Null) (step, hasBadStep) = ReadStep(ref reader);
            else reader.Skip();
        }

        // Two processes that print at once may put two metrics on one line. Read throws when anything follows.
        reader.Read();
        if (name is null) fault = "\"metric\" is not a text";
        else if (value is null) fault = "\"value\" is not a number";
        else if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
            fault = $"the metric's name is empty, longer than {MaxNameLength} characters, or has control characters";
        if (fault.Length > 0) return null;
        if (hasBadStep) fault = "\"step\" is not a whole number, so the values are counted";
        return new MetricLine(name!, value!.Value, step);
    }

    private static double? Number(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String => MetricNumber.Parse(reader.GetString()!),
        _ => Skip(ref reader),
    };

    private static double? Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static (long? Step, bool IsBad) ReadStep(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return (null, true);
        }

        if (reader.TryGetInt64(out var whole)) return (whole, false);
        return reader.TryGetDouble(out var real) && Math.Abs(real) < 9e15 && Math.Floor(real) == real ? ((long)real, false) : (null, true);
    }
}
