using System.Text.Json;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Prices;

/// <summary>
/// The user's own prices, which precede the table's: <c>prices.json</c> in Tenfold's home folder, for example
/// <c>{ "eu-west-1": { "g5.xlarge": 0.79 } }</c>.
/// </summary>
/// <param name="file">The file, which need not exist.</param>
internal sealed class UserPrices(string file)
{
    /// <summary>Finds the user's price of an hour.</summary>
    /// <returns>The price, without a value when the file has none; or BadInput: the file can't be read.</returns>
    public Outcome<HourlyPrice> Find(string region, string type)
    {
        if (!File.Exists(file)) return new HourlyPrice(null);
        try
        {
            var prices = JsonSerializer.Deserialize(
                File.ReadAllBytes(file), PriceJson.Default.DictionaryStringDictionaryStringDecimal);
            return new HourlyPrice(
                prices?.GetValueOrDefault(region)?.TryGetValue(type, out var usd) == true && usd >= 0 ? usd : null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return Refusal.BadInput(
                $"{file} can't be read: {e.Message.TrimEnd('.')}. " +
                "Write it as { \"eu-west-1\": { \"g5.xlarge\": 0.79 } }, or remove it.");
        }
    }
}
