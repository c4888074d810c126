using Tenfold.App.Pushes;

namespace Tenfold.App.Views;

/// <summary>A delivery, as <c>tenfold hooks list --json</c> shows it.</summary>
public sealed record DeliveryView(
    string Id, string Host, string Event, string Repository, DateTimeOffset ReceivedAt, string State, string? Detail, string? Push,
    bool HasBody, IReadOnlyList<string> Groups, IReadOnlyList<string> Results)
{
    /// <summary>Makes the view.</summary>
    public static DeliveryView Of(DeliveryReport report)
    {
        var delivery = report.Delivery;
        return new DeliveryView(
            delivery.Id, $"{delivery.Host}".ToLowerInvariant(), delivery.Event, delivery.Repository, delivery.ReceivedAt,
            $"{delivery.State}".ToLowerInvariant(), delivery.Detail, delivery.Push, delivery.HasBody,
            [.. report.Push?.Projects.Select(project => project.Group).OfType<string>() ?? []], report.Results());
    }
}
