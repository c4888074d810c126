using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.Prices;

/// <summary>
/// Common types of machines and what an hour of them costs, from a dated table (<c>ec2.json</c>, which <c>tools/ec2-prices.py</c> writes).
/// A type or region that the table lacks has no known price: none is guessed.
/// </summary>
internal sealed class InstanceCatalog
{
    // Decides which of two types is cheaper in a region that the table lacks. Every type of the table has a price there.
    private const string ReferenceRegion = "us-east-1";

    private static readonly Lazy<InstanceCatalog> FromTable = new(() => Load("ec2.json")), FromTraining = new(() => Load("sagemaker.json"));

    private readonly Dictionary<string, InstanceType> _types;
    private readonly PriceTable _table;

    private InstanceCatalog(PriceTable table)
    {
        _table = table;
        _types = table.Types.ToDictionary(
            type => type.Key, type => new InstanceType(type.Key, type.Value.Vcpus, type.Value.MemoryGiB, type.Value.Gpus));
    }

    /// <summary>The table of this version.</summary>
    public static InstanceCatalog Shared => FromTable.Value;

    /// <summary>The machines of SageMaker's training jobs, which have prices of their own.</summary>
    public static InstanceCatalog Training => FromTraining.Value;

    /// <summary>When the prices held.</summary>
    public DateOnly Date => _table.Date;

    /// <summary>Where the prices are from.</summary>
    public string Source => _table.Source;

    /// <summary>The types of the table.</summary>
    public IEnumerable<InstanceType> Types => _types.Values;

    /// <summary>A type; null when the table lacks it.</summary>
    public InstanceType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>
    /// The cheapest type for a run in a region. Types with graphics processors serve only runs that need them, and a run that states no
    /// memory gets at least 4 GiB for each processor.
    /// </summary>
    /// <returns>Null when no type of the table is large enough.</returns>
    public InstanceType? CheapestFor(ResourceSpec resources, string region)
    {
        var prices = _table.UsdPerHour.GetValueOrDefault(region) ?? _table.UsdPerHour[ReferenceRegion];
        var needed = resources with { MemoryBytes = resources.MemoryBytes ?? (long)(Math.Max(resources.Cpus ?? 0, 2) * 4 * (1L << 30)) };
        return _types.Values.Where(type => !type.IsBurstable && !InstanceType.IsArm(type.Name) && prices.ContainsKey(type.Name))
            .Where(type => type.Fits(needed) && type.Gpus > 0 == resources.Gpus > 0)
            // Equal prices are common between generations. The newer generation is the faster one.
            .OrderBy(type => prices[type.Name]).ThenByDescending(type => type.Name, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>The list price of an hour in US dollars, on demand with Linux; null when it isn't known.</summary>
    public decimal? UsdPerHour(string region, string type) =>
        _table.UsdPerHour.GetValueOrDefault(region)?.TryGetValue(type, out var usd) == true ? usd : null;

    private static InstanceCatalog Load(string table)
    {
        using var resource = typeof(InstanceCatalog).Assembly.GetManifestResourceStream(table)
            ?? throw new InvalidOperationException($"the assembly has no {table}");
        return new InstanceCatalog(JsonSerializer.Deserialize(resource, PriceJson.Default.PriceTable)!);
    }
}

/// <summary>The table's file.</summary>
/// <param name="Date">When the prices held.</param>
/// <param name="Source">Where the prices are from.</param>
/// <param name="Types">Type to what it has.</param>
/// <param name="UsdPerHour">Region to type to price.</param>
internal sealed record PriceTable(
    DateOnly Date, string Source, IReadOnlyDictionary<string, PriceTableType> Types,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, decimal>> UsdPerHour);

/// <summary>What a type in the table's file has.</summary>
internal sealed record PriceTableType(int Vcpus, [property: JsonPropertyName("memoryGiB")] double MemoryGiB, int Gpus);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PriceTable))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, decimal>>))]
internal sealed partial class PriceJson : JsonSerializerContext;
