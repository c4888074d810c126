using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>A delivery, and what it led to.</summary>
/// <param name="Delivery">The delivery, without its body.</param>
/// <param name="Push">The push to which it led; null for none.</param>
public sealed record DeliveryReport(Delivery Delivery, PushRecord? Push)
{
    /// <summary>What became of the delivery, in one line for each project; never empty.</summary>
    public IReadOnlyList<string> Results() => (Delivery, Push) switch
    {
        ({ State: DeliveryState.Waiting }, _) => ["it waits to be read"],
        (_, null) => [Delivery.Detail ?? "nothing ran"],
        (_, { } push) => PushText.Results(push),
    };
}
