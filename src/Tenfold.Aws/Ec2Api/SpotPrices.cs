using System.Collections.Concurrent;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ec2Api;

/// <summary>Finds what an hour of a spot machine costs now.</summary>
/// <param name="ec2">EC2, which has the current prices.</param>
/// <param name="time">The clock.</param>
internal sealed class SpotPrices(IEc2 ec2, TimeProvider time)
{
    // Spot prices change slowly: by a few percent a day.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (decimal? Usd, long At)> _known = [];

    /// <summary>Finds the price of an hour in the most expensive zone, since the zone isn't known before the launch.</summary>
    /// <returns>US dollars; null when the region has no such machines, or the user may not ask.</returns>
    /// <exception cref="AwsException">EC2 does not answer.</exception>
    public async Task<decimal?> FindAsync(string type, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(type, out var known) && time.GetElapsedTime(known.At) < Validity) return known.Usd;
        decimal? usd;
        try
        {
            var prices = await ec2.ListSpotPricesAsync(type, cancellationToken);
            usd = prices.Count > 0 ? prices.Max() : null;
        }
        catch (AwsException e) when (e.Fault is AwsFault.Denied or AwsFault.Invalid)
        {
            usd = null;
        }

        _known[type] = (usd, time.GetTimestamp());
        return usd;
    }
}
