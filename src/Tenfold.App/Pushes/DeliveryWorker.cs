using System.Text.Json;
using Tenfold.App.Pushes.Webhooks;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Pushes;

/// <summary>
/// Reads recorded deliveries, and records the pushes to which they lead. Any number of servers may do so at the same time.
/// </summary>
/// <param name="ledger">The record.</param>
/// <param name="repositories">The repositories of <c>server.yaml</c>, by name.</param>
public sealed class DeliveryWorker(IPushLedger ledger, IReadOnlyDictionary<string, ServedRepository> repositories)
{
    private const int AtOnce = 100;

    /// <summary>Reads every delivery that waits.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="Core.Ledger.LedgerException">The record can't be read or written.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        while (await ledger.ListWaitingDeliveriesAsync(AtOnce, cancellationToken) is { Count: > 0 } waiting)
        {
            await ledger.CompleteDeliveriesAsync([.. waiting.Select(Complete)], cancellationToken);
            count += waiting.Count;
        }

        return count;
    }

    private CompletedDelivery Complete(Delivery delivery)
    {
        var read = Read(delivery, out var fault);
        if (read is not { Ref: { } place, Commit: { } commit })
        {
            return new CompletedDelivery(delivery with
            {
                State = fault is null ? DeliveryState.Ignored : DeliveryState.Failed,
                Detail = fault ?? read?.Ignored,
            }, Push: null);
        }

        var push = new PushRecord
        {
            Id = RunNames.NewGroup(),
            Repository = delivery.Repository,
            Ref = place,
            Commit = commit,
            Before = read.Before,
            ReceivedAt = delivery.ReceivedAt,
            KeepsEarlier = repositories.GetValueOrDefault(delivery.Repository) is { Coalesces: false },
        };
        return new CompletedDelivery(delivery with { State = DeliveryState.Done, Detail = $"{place} at {commit[..10]}" }, push);
    }

    private static ReadPayload? Read(Delivery delivery, out string? fault)
    {
        try
        {
            using var json = JsonDocument.Parse(delivery.Body);
            fault = null;
            return PayloadReader.Read(delivery.Host, delivery.Event, json.RootElement);
        }
        catch (JsonException e)
        {
            fault = $"the body is no JSON: {e.Message}";
            return null;
        }
    }
}
