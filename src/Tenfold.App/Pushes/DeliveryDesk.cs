using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>Shows deliveries, and lets them be read again.</summary>
/// <param name="services">The services of this home.</param>
public sealed class DeliveryDesk(Services services)
{
    private const int AtOnce = 200;

    /// <summary>Lists the newest deliveries, with what they led to.</summary>
    public async Task<IReadOnlyList<DeliveryReport>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var deliveries = await services.Pushes.ListDeliveriesAsync(limit, cancellationToken);
        var pushes = new Dictionary<string, PushRecord>();
        foreach (var ids in deliveries.Select(delivery => delivery.Push).OfType<string>().Chunk(AtOnce))
            foreach (var push in await services.Pushes.FindPushesAsync(ids, cancellationToken)) pushes[push.Id] = push;
        return [.. deliveries.Select(
            delivery => new DeliveryReport(delivery, delivery.Push is { } id ? pushes.GetValueOrDefault(id) : null))];
    }

    /// <summary>Lets a delivery be read again by the server, as if it had just arrived.</summary>
    /// <param name="prefix">A prefix of its id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The delivery; or a refusal: no delivery has that id, several begin with it, or its body was removed.</returns>
    public async Task<Outcome<Delivery>> RedeliverAsync(string prefix, CancellationToken cancellationToken)
    {
        var found = await services.Pushes.FindDeliveriesAsync(prefix, cancellationToken);
        if (found.Count == 0) return Refusal.NotFound($"no delivery has the id {prefix}: see `tenfold hooks list`");
        if (found.Count > 1 && found[0].Id != prefix) return Refusal.NotFound($"several deliveries have ids that begin with {prefix}");
        if (await services.Pushes.RedeliverAsync(found[0].Id, cancellationToken)) return found[0];
        return Refusal.NotFound(
            $"{found[0].Id} can't be read again, since its body was removed because of its age: let the host deliver it again, or push");
    }
}
