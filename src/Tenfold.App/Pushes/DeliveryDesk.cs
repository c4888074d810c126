using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>Shows deliveries, and lets them be read again.</summary>
/// <param name="services">The services of this home.</param>
public sealed class DeliveryDesk(Services services)
{
    /// <summary>Lists the newest deliveries.</summary>
    public Task<IReadOnlyList<Delivery>> ListAsync(int limit, CancellationToken cancellationToken) =>
        services.Pushes.ListDeliveriesAsync(limit, cancellationToken);

    /// <summary>Lets a delivery be read again by the server, as if it had just arrived.</summary>
    /// <param name="prefix">A prefix of its id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The delivery; or a refusal: no delivery has that id, or several begin with it.</returns>
    public async Task<Outcome<Delivery>> RedeliverAsync(string prefix, CancellationToken cancellationToken)
    {
        var found = await services.Pushes.FindDeliveriesAsync(prefix, cancellationToken);
        if (found.Count == 0) return Refusal.NotFound($"no delivery has the id {prefix}: see `tenfold hooks list`");
        if (found.Count > 1 && found[0].Id != prefix) return Refusal.NotFound($"several deliveries have ids that begin with {prefix}");
        await services.Pushes.RedeliverAsync(found[0].Id, cancellationToken);
        return found[0];
    }
}
