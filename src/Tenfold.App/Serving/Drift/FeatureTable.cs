using System.Globalization;
using System.Text.Json;
using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.App.Serving.Drift;

/// <summary>
/// The features of JSON bodies: a number, a text or a truth value at a path such as <c>input.petal.width</c> or <c>output[0]</c>. Values
/// below the sixth level, arrays of more than 32 items, and features after the first 200 are ignored.
/// </summary>
internal sealed class FeatureTable
{
    private const int MostFeatures = 200, DeepestLevel = 6, LongestArray = 32;

    private readonly Dictionary<string, (List<double> Numbers, List<string> Categories)> _columns = [];

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The names of the features, in the order in which they were seen.</summary>
    public IReadOnlyCollection<string> Names => _columns.Keys;

    /// <summary>Begins a row; what it lacks is missing.</summary>
    public void BeginRow() => Rows++;

    /// <summary>Adds the features of a body to the row. A body that is no JSON has none.</summary>
    public void Add(string prefix, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            Add(prefix, document.RootElement, 0);
        }
        catch (JsonException)
        {
            // The request log keeps bodies of any kind.
        }
    }

    /// <summary>Adds a feature that is written as text, as in a CSV file: a number if it is one. Empty is missing.</summary>
    public void AddText(string name, string text)
    {
        if (text.Length == 0) return;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            ColumnOf(name)?.Numbers.Add(number);
        else ColumnOf(name)?.Categories.Add(text);
    }

    /// <summary>The values of a feature. A row without it counts as missing.</summary>
    public FeatureSample SampleOf(string name)
    {
        var (numbers, categories) = _columns.GetValueOrDefault(name, ([], []));
        return new(numbers, categories, Math.Max(0, Rows - numbers.Count - categories.Count));
    }

    private void Add(string path, JsonElement value, int level)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when level < DeepestLevel:
                foreach (var member in value.EnumerateObject()) Add($"{path}.{member.Name}", member.Value, level + 1);
                break;
            case JsonValueKind.Array when level < DeepestLevel && value.GetArrayLength() <= LongestArray:
                foreach (var (index, item) in value.EnumerateArray().Index()) Add($"{path}[{index}]", item, level + 1);
                break;
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number):
                ColumnOf(path)?.Numbers.Add(number);
                break;
            case JsonValueKind.String:
                ColumnOf(path)?.Categories.Add(value.GetString()!);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                ColumnOf(path)?.Categories.Add(value.GetRawText());
                break;
            default:
                break;
        }
    }

    private (List<double> Numbers, List<string> Categories)? ColumnOf(string name)
    {
        if (_columns.TryGetValue(name, out var column)) return column;
        if (_columns.Count >= MostFeatures) return null;
        return _columns[name] = ([], []);
    }
}
