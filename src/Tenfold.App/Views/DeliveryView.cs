using Tenfold.Core.Pushes;

namespace Tenfold.App.Views;

/// <summary>A delivery, as <c>tenfold hooks list --json</c> shows it.</summary>
public sealed record DeliveryView(
    string Id, string Host, string Event, string Repository, DateTimeOffset ReceivedAt, string State, string? Detail, string? Push)
{
    /// <summary>Makes the view.</summary>
    public static DeliveryView Of(Delivery delivery) => new(
        delivery.Id, $"{delivery.Host}".ToLowerInvariant(), delivery.Event, delivery.Repository, delivery.ReceivedAt,
        $"{delivery.State}".ToLowerInvariant(), delivery.Detail, delivery.Push);
}
