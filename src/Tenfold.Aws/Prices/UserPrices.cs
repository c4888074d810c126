using System.Text.Json;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Prices;

/// <summary>
/// The user's own prices, which precede the table's: <c>prices.json</c> in Tenfold's home folder, for example
/// <c>{ "eu-west-1": { "g5.xlarge": 0.79 } }</c>.
/// </summary>
/// <param name="file">The file, which need not exist.</param>
internal sealed class UserPrices(string file)
{
    /// <summary>The user's price of an hour in US dollars; null when the file has none.</summary>
    /// <exception cref="TargetException">The file can't be read.</exception>
    public decimal? UsdPerHour(string region, string type)
    {
        if (!File.Exists(file)) return null;
        try
        {
            var prices = JsonSerializer.Deserialize(
                File.ReadAllBytes(file), PriceJson.Default.DictionaryStringDictionaryStringDecimal);
            return prices?.GetValueOrDefault(region)?.TryGetValue(type, out var usd) == true && usd >= 0 ? usd : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TargetException(
                $"{file} can't be read: {e.Message.TrimEnd('.')}. " +
                "Write it as { \"eu-west-1\": { \"g5.xlarge\": 0.79 } }, or remove it.", e);
        }
    }
}
